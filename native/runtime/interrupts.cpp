#include "runtime/interrupts.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "cpython/check.h"
#include "cpython/system_thread.h"
#include "runtime/signals.h"
#include "runtime/start.h"
#include "runtime/watcher.h"

namespace pybridge::interrupts {
namespace {

using Target = std::shared_ptr<Thread>;

// Without a GIL, what takes an interrupt back and what raises it must not meet.
std::mutex raising_mutex;

constexpr auto repeat_after = std::chrono::milliseconds(5);

bool is_main(const Thread& thread) { return thread.state == main_thread_state(); }

// Where an exception from outside would leave the import lock taken for ever.
bool is_importing(PyObject* frame) {
  if (frame == nullptr || frame == Py_None) return false;
  Ref code = attribute(frame, "f_code");
  return utf8(attribute(code.get(), "co_filename").get()).rfind("<frozen importlib", 0) == 0;
}

Ref current_frames() { return call(attribute(import("sys").get(), "_current_frames").get(), {}); }

PyObject* frame_of(const Thread& thread, PyObject* frames) {
  Ref key = steal(check(PyLong_FromLongLong(static_cast<long long>(thread.identity))));
  PyObject* frame = PyDict_GetItemWithError(frames, key.get());
  check_no_error();
  return frame;
}

// False where it is to be tried again: the thread is in JavaScript, or in importlib, or looks for
// itself, or it is to end and has not yet.
bool raise_there(Thread& thread, PyObject* frames) {
  std::lock_guard lock(raising_mutex);
  if (thread.state == nullptr) return true;  // ended
  const bool terminated = thread.terminated.load();
  if (!terminated && !thread.interrupted.load()) return true;
  if (!thread.inside.load()) return false;
  if (thread.waits.load()) {
    thread.interrupted.store(true);
    thread.attention.store(true);
    return false;
  }
  if (is_importing(frame_of(thread, frames))) return false;
  PyThreadState_SetAsyncExc(thread.identity, interrupted_type);
  thread.interrupted.store(false);
  thread.was_interrupted.store(true);
  return !terminated;
}

// SetAsyncExc needs Python's lock, for which the watcher must not wait: so a thread of its own
// does.
class Interrupter {
 public:
  void ask(const Target& target) {
    std::lock_guard lock(mutex_);
    targets_.push_back(target);
    if (!std::exchange(running_, true)) std::thread([this] { run(); }).detach();
    asked_.notify_one();
  }

 private:
  [[noreturn]] void run() {
    name_this_thread("pybridge-interr");
    Thread self;
    self.settle_here();
    self.state = PyThreadState_New(PyInterpreterState_Main());
    for (;;) {
      std::vector<Target> targets;
      {
        std::unique_lock lock(mutex_);
        asked_.wait(lock, [this] { return !targets_.empty(); });
        targets.swap(targets_);
      }
      std::vector<Target> again;
      try {
        Attached attached(self);
        const Ref frames = current_frames();
        for (const Target& target : targets) {
          if (!raise_there(*target, frames.get())) again.push_back(target);
        }
      } catch (...) {
        again.clear();  // Python has ended
      }
      if (again.empty()) continue;
      std::this_thread::sleep_for(repeat_after);
      std::lock_guard lock(mutex_);
      targets_.insert(targets_.end(), again.begin(), again.end());
    }
  }

  std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<Target> targets_;
  bool running_ = false;
};

// Lives for ever: its thread does.
Interrupter& interrupter() {
  static auto* made = new Interrupter;
  return *made;
}

struct Limit {
  Target thread;
  uint64_t timer = 0;
  bool reached = false;
};

// Lives for ever: the watcher reaches limits.
struct Limits {
  std::mutex mutex;
  std::unordered_map<uint64_t, Limit> by_id;
  uint64_t next = 1;
};
Limits& limits() {
  static auto* made = new Limits;
  return *made;
}

void reach_locked(Limit& limit) {
  if (std::exchange(limit.reached, true)) return;
  interrupt(limit.thread);
}

}  // namespace

void interrupt(const Target& thread) {
  thread->interrupted.store(true);
  thread->attention.store(true);
  if (is_main(*thread))
    signals::wake_main();
  else
    interrupter().ask(thread);
}

void terminate(const Target& thread) {
  thread->terminated.store(true);
  interrupt(thread);
}

bool raise_due(Thread& thread) {
  std::lock_guard lock(raising_mutex);
  if (!thread.interrupted.exchange(false)) return false;
  thread.was_interrupted.store(true);
  PyErr_SetNone(interrupted_type);
  return true;
}

void take_back(Thread& thread) {
  thread.was_interrupted.store(false);
  if (thread.terminated.load()) return;
  std::lock_guard lock(raising_mutex);
  thread.interrupted.store(false);
  if (is_main(thread))
    signals::woken();
  else
    PyThreadState_SetAsyncExc(thread.identity, nullptr);
}

bool must_wait(const Thread& thread, PyObject* frame) {
  return thread.interrupted.load() && is_importing(frame);
}

void forget(Thread& thread) {
  std::lock_guard lock(raising_mutex);
  thread.state = nullptr;
}

uint64_t begin(const Target& thread, double milliseconds) {
  std::lock_guard lock(limits().mutex);
  const uint64_t id = limits().next++;
  Limit& limit = limits().by_id[id];
  limit.thread = thread;
  if (milliseconds >= 0)
    limit.timer = watcher::after(static_cast<uint64_t>(milliseconds), [id] { reach(id); });
  return id;
}

void reach(uint64_t limit) {
  std::lock_guard lock(limits().mutex);
  const auto found = limits().by_id.find(limit);
  if (found != limits().by_id.end()) reach_locked(found->second);
}

bool end(uint64_t limit) {
  std::lock_guard lock(limits().mutex);
  const auto found = limits().by_id.find(limit);
  if (found == limits().by_id.end()) return false;
  const bool reached = found->second.reached;
  if (found->second.timer != 0) watcher::cancel(found->second.timer);
  limits().by_id.erase(found);
  return reached;
}

void interrupt_again(const Target& thread) {
  std::lock_guard lock(limits().mutex);
  for (const auto& [id, limit] : limits().by_id) {
    if (limit.reached && limit.thread == thread) return interrupt(thread);
  }
}

// The handler of the wake signal runs at the next bytecode, and raises what is due.
void come_back(Thread& thread) {
  if (is_main(thread) && thread.interrupted.load()) signals::wake_main();
}

// A signal may have come too late for the bytecode that it was meant for: then it is this call's
// all the same, not the next one's.
void settle(Thread& thread) {
  thread.attention.store(false);
  if (!is_main(thread)) return;
  signals::woken();
  check(PyErr_CheckSignals());
  if (raise_due(thread)) throw PythonError::take();
}

}  // namespace pybridge::interrupts
