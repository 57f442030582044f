#include "cpython/attach.h"

#include <system_error>
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

namespace {

std::atomic<bool> passes_barrier{false};

// A Waker that came too early for the barrier counted itself before it read `passes_barrier`, so
// whoever reads a `needs_fence` that was cleared after that sees it, and waits.
void prepare_barrier() {
  if (!prepare_barrier_for_all()) return;
  passes_barrier.store(true);
  needs_fence.store(false);
}

}  // namespace

void prepare_wakers() {
  try {
    std::thread([] {
      leave_signals_to_others();
      prepare_barrier();
    }).detach();
  } catch (const std::system_error&) {
    // There is no thread to be had: fences do.
  }
}

Waker::Waker(Thread& thread) : thread_(thread) {
  thread.wakers.fetch_add(1);
  if (passes_barrier.load()) barrier_for_all();
  schedule_point("wake");
}

}  // namespace pybridge
