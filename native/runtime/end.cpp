#include "runtime/end.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "cpython/attach.h"
#include "cpython/check.h"
#include "runtime/dispositions.h"
#include "runtime/exit.h"

namespace pybridge {
namespace {

// True until somebody has looked: an exit may come before that.
std::atomic<bool> threads_running{true};

std::atomic<int> leaving_signal{0};

// What C libraries still hold back. A thread that reads from a stream holds its lock, perhaps for
// ever, and flushing waits for every lock: so somebody else waits, and we do not wait long.
void flush_streams() {
  constexpr auto patience = std::chrono::milliseconds(500);
  try {
    auto flushed = std::make_shared<std::promise<void>>();
    std::future<void> done = flushed->get_future();
    std::thread([flushed] {
      std::fflush(nullptr);
      flushed->set_value();
    }).detach();
    done.wait_for(patience);
  } catch (const std::system_error&) {
    // No thread to be had: the streams keep what they hold.
  }
}

// For a child of fork, where the C library has freed the locks of its streams. A thread would not
// do: where the last one of Python's has ended, that of ours would be the last again, and exit.
[[noreturn]] void leave_by(int status) {
  std::fflush(nullptr);
  exit_now(status);
}

void leave(int status) {
  const int signal = leaving_signal.load();
  if (exits_alone()) {
    if (signal != 0) signals::die_of(signal);
    return;
  }
  if (end_without_javascript != nullptr && gate.load() == Gate::open) end_without_javascript();
  Gate open = Gate::open;
  gate.compare_exchange_strong(open, Gate::ended);
  if (is_forked()) leave_by(status);  // destructors of Node's wait for threads that are not there
  if (!threads_running.load() && !others_running() && signal == 0) return;
  flush_streams();
  if (signal != 0) signals::die_of(signal);
  exit_now(status);
}

}  // namespace

void watch_exit() {
  static std::atomic<bool> registered{false};
  if (registered.exchange(true)) return;
  at_exit(leave);
}

void leave_child(PyObject* uncaught) {
  long status = 1;
  try {
    Ref answer = call(end_child, {uncaught == nullptr ? Py_None : uncaught});
    status = PyLong_AsLong(answer.get());
  } catch (...) {
    // What stops even that has nowhere to go.
  }
  leave_by(static_cast<int>(status));
}

void leave_child_throwing() {
  try {
    throw;
  } catch (const PythonError& error) {
    leave_child(error.exception());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  } catch (...) {
    // JavaScript's, which nobody can ask.
  }
  leave_by(1);
}

void set_leaving_signal(int signal) { leaving_signal.store(signal); }

void set_threads_running(bool running) { threads_running.store(running); }

}  // namespace pybridge
