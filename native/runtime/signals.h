#pragma once
// Signals that both sides want. The watcher's libuv handle keeps libuv's handler in place, so that
// Node's listeners hear a signal whatever Python does; Python is told by calling the C handler that
// it would have installed itself.
//
//   1. Outside Python, Node's rules hold: Ctrl-C raises KeyboardInterrupt only while the main
//      thread is inside Python.
//   2. A handler of the user's in Python (signal.signal) runs on Python's main thread: in the call
//      that is running there, or as an errand of its event loop.
//   3. Node's own default for SIGINT is displaced by ours: where nobody listens, the process dies
//   of
//      the signal. (docs/threads.md, rules 12 to 15)

#include "runtime/dispositions.h"

namespace pybridge::signals {

// What Python does with a signal.
enum class Handling : int { by_default = 0, ignore = 1, interrupt = 2, call = 3 };

// Right after Python started on `main`, whose handlers ours go through. Without `shared`, Python
// keeps what it wants to itself and Ctrl-C is Node's.
void start(Thread& main, bool shared);

// Has the main thread run wake_signal's handler soon, if it is inside Python. A signal that comes
// just before a system call begins wakes nobody: it is sent again until the handler says `woken`.
bool wake_main();
void woken();

// After a call of the original signal.signal, before which keep_disposition was called: what Python
// does with it now.
void handled(int signal, Handling handling);

// How many listeners JavaScript has.
void set_listeners(int signal, int count);

// Asks the main environment to run Python's handlers from its event loop.
inline void (*run_handlers_later)() = nullptr;

}  // namespace pybridge::signals
