#pragma once
// One Node environment: the main thread's, or a worker's. It outlives every instance of the addon
// that it loads, and owns the thread state that they share.

#include <node_api.h>

#include <thread>

#include "cpython/attach.h"

namespace pybridge {

struct Environment {
  napi_env env = nullptr;
  Thread thread;
  std::thread::id owner;
  const char* stack_limit = nullptr;  // below this address no call may begin
  bool ending = false;

  bool is_current() const { return owner == std::this_thread::get_id(); }
};

// The environment of this thread, made at the first call. It ends with Node's clean-up hooks, after
// those that were added later.
Environment& environment_of(napi_env env);

// Gives the thread its state, if Python runs. Throws START_ON_MAIN.
void join_python(Environment& environment);

// Throws STACK_EXHAUSTED: V8 watches its own part of the stack, and Python needs some below it.
void check_stack(const Environment& environment);

}  // namespace pybridge
