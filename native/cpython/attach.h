#pragma once
// This thread may (attached) or may not (detached) touch Python. A thread keeps one thread state
// for life: PyGILState_* frees it and leaves pybind11 extensions with dangling pointers
// (pybind/pybind11#2888).
//
//   1. A thread is detached whenever JavaScript of the user's runs.
//   2. The interpreter is never finalised in process: a thread that enters after Py_FinalizeEx
//      crashes. After the end the gate is closed instead.

#include <atomic>

#include "cpython/library.h"

namespace pybridge {

// Why no thread may attach any more.
enum class Gate : int { open, ended, forked };
inline std::atomic<Gate> gate{Gate::open};

// Throws ENDED or FORKED.
[[noreturn]] void refuse_entry();

// A thread that uses Python, and whether it is attached just now.
struct Thread {
  PyThreadState* state = nullptr;
  bool attached = false;
};

// Called after attaching: libc's environment may have moved (runtime/seed.h).
inline void (*follow_environment)() = nullptr;

class Attached {
 public:
  explicit Attached(Thread& thread) : thread_(thread), nested_(thread.attached) {
    if (nested_) return;
    if (gate.load(std::memory_order_acquire) != Gate::open) [[unlikely]]
      refuse_entry();
    PyEval_RestoreThread(thread.state);
    thread.attached = true;
    if (follow_environment != nullptr) follow_environment();
  }
  ~Attached() {
    if (nested_) return;
    thread_.attached = false;
    PyEval_SaveThread();
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  Thread& thread_;
  bool nested_;
};

class Detached {
 public:
  explicit Detached(Thread& thread) : thread_(thread) {
    thread_.attached = false;
    PyEval_SaveThread();
  }
  ~Detached() {
    PyEval_RestoreThread(thread_.state);
    thread_.attached = true;
    if (follow_environment != nullptr) follow_environment();
  }
  Detached(const Detached&) = delete;
  Detached& operator=(const Detached&) = delete;

 private:
  Thread& thread_;
};

}  // namespace pybridge
