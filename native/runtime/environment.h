#pragma once
// One JavaScript thread: the main one, or a worker's. Every instance of the addon on it shares its
// thread state: two copies of lib/ have two instances, and so has an addon that is loaded again.

#include <functional>
#include <memory>
#include <thread>

#include "cpython/attach.h"

namespace pybridge {

struct Environment {
  Thread thread;
  std::thread::id owner;
  const char* stack_limit = nullptr;  // below this address no call may begin
  bool ending = false;
  size_t shares = 0;
  std::atomic<long> js_thread{-1};  // `threadId` of node:worker_threads, 0 for the main thread

  // runtime/slow_calls.h
  std::atomic<uint64_t> calls{0};
  uint64_t seen_call = 0;  // the watcher's
  double seen_since = 0;   // the watcher's: when, in milliseconds
  std::atomic<double> held_for{0};

  bool is_current() const { return owner == std::this_thread::get_id(); }
};

// The environment of this thread, made for the first instance and ended with the last one.
std::shared_ptr<Environment> share_environment();
void give_up_environment(Environment& environment);

class EnvironmentShare {
 public:
  EnvironmentShare() : environment(share_environment()) {}
  ~EnvironmentShare() { give_up_environment(*environment); }
  EnvironmentShare(const EnvironmentShare&) = delete;
  EnvironmentShare& operator=(const EnvironmentShare&) = delete;

  const std::shared_ptr<Environment> environment;
};

// The environment of this thread, if it is one of JavaScript's.
Environment* environment_of_this_thread();

// Any thread. Nobody else is held up while `look` runs: it must not wait.
void for_each_environment(const std::function<void(const std::shared_ptr<Environment>&)>& look);

// Gives the thread its state, if Python runs. Throws START_FAILED where it does not.
void join_python(Environment& environment);

// Throws STACK_EXHAUSTED: V8 watches its own part of the stack, and Python needs some below it.
[[noreturn]] void throw_stack_exhausted();
inline void check_stack(const Environment& environment) {
  if (static_cast<const char*>(__builtin_frame_address(0)) < environment.stack_limit) [[unlikely]]
    throw_stack_exhausted();
}

}  // namespace pybridge
