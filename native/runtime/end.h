#pragma once
// Leaving the process. The interpreter is never finalised; static destructors under live Python
// threads hang or crash, so after Node's own exit hooks the process leaves by _exit(code) where
// such threads run. Where none do, it ends as any process: sanitizers and coverage write their
// reports.

#include "cpython/library.h"

namespace pybridge {

// Registers the handler, once. It runs before the destructors of everything loaded so far.
void watch_exit();

// Whether Python threads were running when the process began to end.
void set_threads_running(bool running);

// Whether threads of our own may be in Python.
inline bool (*others_running)() = [] { return false; };

// The process is to end as if this signal had killed it: Ctrl-C, and nobody caught it.
void set_leaving_signal(int signal);

// A child of os.fork that comes back to JavaScript: its copy of V8 has lost every thread but this
// one, so JavaScript never runs there. It ends as a script of Python's ends: what is uncaught
// (null: nothing) is printed, the streams are flushed, and it leaves by _exit. Attached.
[[noreturn]] void leave_child(PyObject* uncaught);

// For who handles a C++ exception: that is what is uncaught.
[[noreturn]] void leave_child_throwing();

// pybridge._boot.end_child, which prints, flushes, and gives the status.
inline PyObject* end_child = nullptr;

// What is left to do where no JavaScript thread ended Python: a keeper's.
inline void (*end_without_javascript)() = nullptr;

}  // namespace pybridge
