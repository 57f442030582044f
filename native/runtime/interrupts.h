#pragma once
// Raising `pybridge.Interrupted` in Python code that runs on another thread.
//
//   1. On Python's main thread by the wake signal: bytecode, `sleep`, locks and `select` end at
//   once.
//   2. On any other thread by PyThreadState_SetAsyncExc: at the next bytecode. A system call there
//      cannot be ended, only waited for.
//   3. Nothing is raised inside importlib, which would keep its lock for ever: it is tried again a
//      few milliseconds later.
//   4. An interrupt belongs to one call: when it ends, whatever is still pending is taken back, so
//      that it never hits the next one (docs/threads.md, rule 17).

#include <cstdint>
#include <memory>

#include "cpython/attach.h"

namespace pybridge::interrupts {

// The class that is raised; set when the package is loaded.
inline PyObject* interrupted_type = nullptr;

// Any thread, without waiting for Python.
void interrupt(const std::shared_ptr<Thread>& thread);

// The same again every few milliseconds until it has left Python for good: it is to end.
void terminate(const std::shared_ptr<Thread>& thread);

// On the thread itself, attached. `raise_due` sets Interrupted, and says so, where it is due;
// `take_back` makes sure that nothing is pending, and `must_wait` is rule 3 for the main thread.
bool raise_due(Thread& thread);
void take_back(Thread& thread);
bool must_wait(const Thread& thread, PyObject* frame);

// On the thread itself, attached for the last time: nobody will interrupt it, or who gets its
// identity after it. The state is no longer the Thread's.
void forget(Thread& thread);

// A limit on one call: `reach` interrupts it, a deadline does so by itself. Any thread may reach
// it; `end` says whether somebody did. Then its interrupt is taken back, and with it perhaps that
// of a limit around it: `interrupt_again` is for those, and for what JavaScript caught.
uint64_t begin(const std::shared_ptr<Thread>& thread, double milliseconds);
void reach(uint64_t limit);
bool end(uint64_t limit);
void interrupt_again(const std::shared_ptr<Thread>& thread);

// What waits for a thread when it comes back to Python, and when it leaves (may throw PythonError).
void come_back(Thread& thread);
void settle(Thread& thread);

}  // namespace pybridge::interrupts
