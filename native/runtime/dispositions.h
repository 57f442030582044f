#pragma once
// What the process does with each signal, as the C library keeps it: dispositions_*.cpp. What is to
// come of a signal is decided in runtime/signals.h.
//
//   1. Python sets a handler of its own; its address is learnt, and what was there is put back.
//      Calling it then tells Python of a signal exactly as the system would.

#include "cpython/attach.h"

namespace pybridge::signals {

// The disposition of every signal, to be put back after Python changed it.
class Kept {
 public:
  Kept();
  ~Kept();
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  struct Dispositions;
  Dispositions* kept_;
};

// Rule 1, around a change of Python's.
void keep_disposition(int signal);
void learn_python_handler(int signal);
void put_disposition_back(int signal);

// Tells Python of a signal.
void trip(int signal);

// The signal that wakes Python's main thread from a system call, with a handler in Python that
// serves it.
int wake_signal();

// Sends it to that thread, which is inside Python.
void send_wake_signal(const Thread& thread);

// What the system does with a signal that nobody handles.
bool ends_the_process(int signal);

// Not those that the processor raises, which belong to whoever handles them at once, nor those that
// nobody can handle.
bool can_be_shared(int signal);

// Whether Node cannot do without its own disposition, also where nobody listens.
bool is_needed_by_node(int signal);

// The process ends as if nobody had handled the signal.
[[noreturn]] void die_of(int signal);

}  // namespace pybridge::signals
