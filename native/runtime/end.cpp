#include "runtime/end.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "cpython/attach.h"

namespace pybridge {
namespace {

// True until somebody has looked: an exit may come before that.
std::atomic<bool> threads_running{true};

void leave(int status) {
  Gate open = Gate::open;
  gate.compare_exchange_strong(open, Gate::ended);
  if (!threads_running.load() || gate.load() == Gate::forked) return;
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

void watch_exit() {
  static std::atomic<bool> registered{false};
  if (registered.exchange(true)) return;
#if defined(__GLIBC__)
  on_exit([](int status, void*) { leave(status); }, nullptr);
#endif
}

void set_threads_running(bool running) { threads_running.store(running); }

}  // namespace pybridge
