#pragma once
// How the system ends a process: exit_*.cpp. What is to happen then is in runtime/end.h.

namespace pybridge {

// Runs before the destructors of everything loaded so far.
void at_exit(void (*run)(int status));

// Where the system does not say what the status is, JavaScript has.
void tell_exit_status(int status);

// Whether the system has ended every other thread before it runs what at_exit was given.
bool exits_alone();

// At once, without destructors.
[[noreturn]] void exit_now(int status);

}  // namespace pybridge
