#pragma once
// One JavaScript thread: the main one, or a worker's. Every instance of the addon on it shares its
// thread state: two copies of lib/ have two instances, and so has an addon that is loaded again.

#include <thread>

#include "cpython/attach.h"

namespace pybridge {

struct Environment {
  Thread thread;
  std::thread::id owner;
  const char* stack_limit = nullptr;  // below this address no call may begin
  bool ending = false;
  size_t shares = 0;

  bool is_current() const { return owner == std::this_thread::get_id(); }
};

// The environment of this thread, made for the first instance and ended with the last one.
Environment& share_environment();
void give_up_environment(Environment& environment);

// Gives the thread its state, if Python runs. Throws START_ON_MAIN.
void join_python(Environment& environment);

// Throws STACK_EXHAUSTED: V8 watches its own part of the stack, and Python needs some below it.
void check_stack(const Environment& environment);

}  // namespace pybridge
