#pragma once
// The thread that runs, as the system knows it: system_thread_*.cpp.

#include <cstddef>

namespace pybridge {

// What Python's `threading` calls the identity of this thread, and the kernel's number of it.
unsigned long identity_of_this_thread();
long kernel_number_of_this_thread();

// For debuggers and `top`; at most 15 characters.
void name_this_thread(const char* name);

// Signals that are sent to the process go to other threads.
void leave_signals_to_others();

struct Stack {
  const char* low = nullptr;  // null where nobody can tell
  size_t size = 0;
};
Stack stack_of_this_thread();

// Makes every thread of the process pass a memory barrier: what a thread wrote before, others see,
// and it sees what they wrote. `prepare` says whether that is possible.
bool prepare_barrier_for_all();
void barrier_for_all();

// In each child of fork, before anything else of ours runs there.
void at_fork_in_child(void (*run)());

}  // namespace pybridge
