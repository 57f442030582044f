#pragma once
// A thread of our own with a loop of its own (runtime/watch_loop.h), for what must happen while
// every other thread may be busy: signals, deadlines, and the look for calls that hold an event
// loop. It never waits for Python.

#include <cstdint>
#include <functional>

namespace pybridge::watcher {

using Action = std::function<void()>;

// Starts it, once. All of what follows can be called from any thread. Throws START_FAILED where
// descriptors or threads have run out.
void start();

// Whoever else handles a watched signal hears it too. `arrived` runs on the watcher's thread.
void watch_signals(void (*arrived)(int signal));
void watch(int signal);
void unwatch(int signal);

// JavaScript begins or ends to listen: the runtime has changed its handler, or is about to, so that
// the loop is told now and a moment later.
void listened_to(int signal, bool listeners);

// Runs `action` on the watcher's thread after so many milliseconds; `cancel` says whether it came
// before that.
uint64_t after(uint64_t milliseconds, Action action);
bool cancel(uint64_t timer);

}  // namespace pybridge::watcher
