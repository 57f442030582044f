#include "cpython/attach.h"

#include <thread>

#include "errors/bridge_error.h"

#if defined(__linux__)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace pybridge {
namespace {

#if defined(__linux__) && defined(SYS_membarrier)
long membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }
#endif

void make_all_threads_pass_a_barrier() {
#if defined(__linux__) && defined(SYS_membarrier)
  if (!needs_fence) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
#endif
}

}  // namespace

void refuse_entry() { throw BridgeError(gate.load() == Gate::forked ? Code::FORKED : Code::ENDED); }

void Thread::settle_here() {
  handle = pthread_self();
#if defined(__linux__)
  number = syscall(SYS_gettid);
#endif
}

void wait_for_wakers(const Thread& thread) {
  while (thread.wakers.load() != 0) std::this_thread::yield();
}

void prepare_wakers() {
#if defined(__linux__) && defined(SYS_membarrier)
  needs_fence = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0;
#endif
}

Waker::Waker(Thread& thread) : thread_(thread) {
  thread.wakers.fetch_add(1);
  make_all_threads_pass_a_barrier();
  schedule_point("wake");
}

}  // namespace pybridge
