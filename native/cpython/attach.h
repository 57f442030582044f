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
#include "cpython/schedule.h"

namespace pybridge {

// Why no thread may attach any more.
enum class Gate : int { open, ended, forked };
inline std::atomic<Gate> gate{Gate::open};

inline bool is_forked() { return gate.load(std::memory_order_relaxed) == Gate::forked; }

// Ends a child of os.fork (runtime/end.h), attached.
inline void (*leave_forked)() = [] {};

// Before V8 is asked for anything: in such a child its first allocation may crash.
inline void stay_out_of_javascript() {
  if (is_forked()) [[unlikely]]
    leave_forked();
}

// Throws ENDED or FORKED.
[[noreturn]] void refuse_entry();

// A thread that uses Python.
//
//   3. A signal that wakes it is sent only while it is `inside` Python, and a thread that leaves
//      waits until no sender is on its way: no such signal ever lands in JavaScript, where
//      fs.readSync would fail with EINTR. (docs/threads.md, rule 7)
struct Thread {
  PyThreadState* state = nullptr;
  unsigned long identity = 0;  // Python's
  long number = 0;             // the kernel's
  bool attached = false;
  bool stays_attached = false;               // python.attached: also while JavaScript runs
  std::atomic<bool> inside{false};           // in Python, not in JavaScript that Python called
  std::atomic<int> wakers{0};                // senders on their way
  std::atomic<bool> attention{false};        // something waits for it:
  std::atomic<bool> interrupted{false};      // Interrupted is to be raised (runtime/interrupts.h)
  std::atomic<bool> terminated{false};       // and again, until it has left Python for good
  std::atomic<bool> was_interrupted{false};  // and what interrupted it has not ended
  std::atomic<bool> waits{false};  // for a function of another thread: it looks for itself

  // Makes this the Thread of the thread that runs.
  void settle_here();
};

// Called after attaching: libc's environment may have moved (runtime/seed.h).
inline void (*follow_environment)() = nullptr;

// Called when a thread comes back to Python and something waits for it.
inline void (*come_back)(Thread&) = [](Thread&) {};

// False once Waker makes every thread pass a barrier: then leaving needs none of its own.
inline std::atomic<bool> needs_fence{true};

void wait_for_wakers(const Thread& thread);

inline void go_inside(Thread& thread) {
  thread.inside.store(true, std::memory_order_relaxed);
  if (needs_fence.load(std::memory_order_acquire)) [[unlikely]]
    std::atomic_thread_fence(std::memory_order_seq_cst);
  else
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

// Rule 3. The other half is in Waker.
inline void leave_inside(Thread& thread) {
  thread.inside.store(false, std::memory_order_relaxed);
  if (needs_fence.load(std::memory_order_acquire)) [[unlikely]]
    std::atomic_thread_fence(std::memory_order_seq_cst);
  else
    std::atomic_signal_fence(std::memory_order_seq_cst);
  if (thread.wakers.load(std::memory_order_relaxed) != 0) [[unlikely]]
    wait_for_wakers(thread);
}

// Any thread: while a Waker lives, the other thread, if `inside`, stays inside the bridge.
class Waker {
 public:
  explicit Waker(Thread& thread);
  ~Waker() { thread_.wakers.fetch_sub(1); }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  bool inside() const { return thread_.inside.load(); }

 private:
  Thread& thread_;
};

// Leaving is cheap where the kernel can make all threads pass a barrier (system_thread.h). Asking
// for that waits for every processor, up to 20 ms: a thread of its own does it, and until then
// fences do.
void prepare_wakers();

class Attached {
 public:
  explicit Attached(Thread& thread)
      : thread_(thread),
        attached_(thread.attached),
        inside_(thread.inside.load(std::memory_order_relaxed)) {
    if (!attached_) {
      if (gate.load(std::memory_order_acquire) != Gate::open) [[unlikely]]
        refuse_entry();
      schedule_point("attach");
      PyEval_RestoreThread(thread.state);
      thread.attached = true;
      if (follow_environment != nullptr) follow_environment();
    }
    go_inside(thread);
    if (thread.attention.load(std::memory_order_relaxed)) [[unlikely]]
      come_back(thread);
  }
  ~Attached() {
    leave();
    if (attached_) return;
    thread_.attached = false;
    PyEval_SaveThread();
    schedule_point("detached");
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

  // From here on no signal comes: what is to be settled can be.
  void leave() {
    if (!inside_) leave_inside(thread_);
  }

 private:
  Thread& thread_;
  bool attached_;
  bool inside_;
};

class Detached {
 public:
  explicit Detached(Thread& thread) : thread_(thread), stays_(thread.stays_attached) {
    stay_out_of_javascript();
    leave_inside(thread);
    if (stays_) return;
    thread.attached = false;
    PyEval_SaveThread();
    schedule_point("detached");
  }
  ~Detached() {
    if (!stays_) {
      schedule_point("attach");
      PyEval_RestoreThread(thread_.state);
      thread_.attached = true;
      if (follow_environment != nullptr) follow_environment();
    }
    go_inside(thread_);
    if (thread_.attention.load(std::memory_order_relaxed)) [[unlikely]]
      come_back(thread_);
  }
  Detached(const Detached&) = delete;
  Detached& operator=(const Detached&) = delete;

 private:
  Thread& thread_;
  bool stays_;
};

}  // namespace pybridge
