#include <pthread.h>
#include <signal.h>

#include "cpython/system_thread.h"

namespace pybridge {

unsigned long identity_of_this_thread() { return (unsigned long)pthread_self(); }

void leave_signals_to_others() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void at_fork_in_child(void (*run)()) { pthread_atfork(nullptr, nullptr, run); }

}  // namespace pybridge
