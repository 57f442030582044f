#include "cpython/attach.h"

#include <thread>

#include "cpython/system_thread.h"
#include "errors/bridge_error.h"

namespace pybridge {

void refuse_entry() { throw BridgeError(gate.load() == Gate::forked ? Code::FORKED : Code::ENDED); }

void Thread::settle_here() {
  identity = identity_of_this_thread();
  number = kernel_number_of_this_thread();
}

void wait_for_wakers(const Thread& thread) {
  while (thread.wakers.load() != 0) std::this_thread::yield();
}

void prepare_wakers() { needs_fence = !prepare_barrier_for_all(); }

Waker::Waker(Thread& thread) : thread_(thread) {
  thread.wakers.fetch_add(1);
  if (!needs_fence) barrier_for_all();
  schedule_point("wake");
}

}  // namespace pybridge
