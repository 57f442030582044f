#pragma once
// The one interpreter of this process: started once, never finalised.

#include <string>

#include "cpython/attach.h"

namespace pybridge {

struct StartOptions {
  std::string library;
  std::string executable;  // argv[0]: CPython finds the prefix and a venv from it
  std::string package;     // the folder of the Python package `pybridge`
  bool layouts = true;     // false: only C functions (PYBRIDGE_LAYOUTS=off)
};

struct Started {
  std::string version;  // Py_GetVersion()
  bool deepbind = false;
  double load_milliseconds = 0;
  double initialize_milliseconds = 0;
};

// Opens libpython, initialises it on this thread, and leaves it attached. Throws BridgeError.
Started start_python(const StartOptions& options, Thread& thread);

// What pybridge itself has there is ready as well: other threads may join.
void let_others_join();
bool python_started();

// Called, attached, when a thread other than Python's main one comes to use it for the first time.
inline void (*welcome_other_thread)() = [] {};

// The state of the thread that started Python, and whether this is that thread.
PyThreadState* main_thread_state();
bool is_main_python_thread();

}  // namespace pybridge
