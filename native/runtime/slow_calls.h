#pragma once
// Which call holds an event loop for too long. The watcher looks every so often while calls are
// made, and sleeps while there are none: a call costs one comparison.

#include <atomic>

#include "runtime/environment.h"

namespace pybridge::slow_calls {

inline std::atomic<bool> looking{false};

// 0: nobody wants to know.
void set_limit(double milliseconds);

void look();

// Every call begins here, on its own thread.
inline void begin(Environment& environment) {
  environment.calls.store(environment.calls.load(std::memory_order_relaxed) + 1,
                          std::memory_order_relaxed);
  if (!looking.load(std::memory_order_relaxed)) [[unlikely]]
    look();
}

// For how many milliseconds the call that just ended was seen to hold the loop; 0 for most. At
// least so long: the watcher looks every so often.
double take(Environment& environment);

}  // namespace pybridge::slow_calls
