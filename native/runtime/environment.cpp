#include "runtime/environment.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "cpython/system_thread.h"
#include "errors/bridge_error.h"
#include "runtime/interrupts.h"
#include "runtime/start.h"

namespace pybridge {
namespace {

constexpr size_t stack_reserve = 512 * 1024;

thread_local std::shared_ptr<Environment> of_this_thread;

// Lives for ever: the watcher may look at it while the process ends.
struct All {
  std::mutex mutex;
  std::vector<std::shared_ptr<Environment>> environments;
};
All& all() {
  static auto* made = new All;
  return *made;
}

const char* stack_limit_of_this_thread() {
  const Stack stack = stack_of_this_thread();
  if (stack.low == nullptr) return nullptr;
  return stack.low + std::min(stack_reserve, stack.size / 4);
}

}  // namespace

std::shared_ptr<Environment> share_environment() {
  if (of_this_thread == nullptr) {
    of_this_thread = std::make_shared<Environment>();
    of_this_thread->owner = std::this_thread::get_id();
    of_this_thread->stack_limit = stack_limit_of_this_thread();
    of_this_thread->thread.settle_here();
    std::lock_guard lock(all().mutex);
    all().environments.push_back(of_this_thread);
  }
  of_this_thread->shares++;
  return of_this_thread;
}

Environment* environment_of_this_thread() { return of_this_thread.get(); }

void for_each_environment(const std::function<void(const std::shared_ptr<Environment>&)>& look) {
  std::lock_guard lock(all().mutex);
  for (const auto& environment : all().environments) look(environment);
}

// The state of the thread that started Python belongs to Python's main thread: it stays.
void give_up_environment(Environment& environment) {
  if (--environment.shares > 0) return;
  {
    std::lock_guard lock(all().mutex);
    std::erase(all().environments, of_this_thread);
  }
  Thread& thread = environment.thread;
  if (thread.state != nullptr && thread.state != main_thread_state() && gate.load() == Gate::open) {
    PyEval_RestoreThread(thread.state);
    PyThreadState_Clear(thread.state);
    interrupts::forget(thread);
    PyThreadState_DeleteCurrent();
  }
  of_this_thread = nullptr;
}

void join_python(Environment& environment) {
  if (environment.thread.state != nullptr) return;
  if (!python_started()) throw BridgeError(Code::START_FAILED, "Python has not started");
  Thread& thread = environment.thread;
  thread.state =
      is_main_python_thread() ? main_thread_state() : PyThreadState_New(PyInterpreterState_Main());
  if (is_main_python_thread()) return;
  Attached attached(thread);
  welcome_other_thread();
}

void throw_stack_exhausted() { throw BridgeError(Code::STACK_EXHAUSTED); }

}  // namespace pybridge
