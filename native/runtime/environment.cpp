#include "runtime/environment.h"

#include <pthread.h>

#include <algorithm>

#include "errors/bridge_error.h"
#include "runtime/start.h"

namespace pybridge {
namespace {

constexpr size_t stack_reserve = 512 * 1024;

thread_local Environment* of_this_thread = nullptr;

const char* stack_limit_of_this_thread() {
#if defined(__linux__)
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* low = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<const char*>(low) + std::min(stack_reserve, size / 4);
#else
  return nullptr;
#endif
}

}  // namespace

Environment& share_environment() {
  if (of_this_thread == nullptr) {
    of_this_thread = new Environment;
    of_this_thread->owner = std::this_thread::get_id();
    of_this_thread->stack_limit = stack_limit_of_this_thread();
  }
  of_this_thread->shares++;
  return *of_this_thread;
}

// The state of the thread that started Python belongs to Python's main thread: it stays.
void give_up_environment(Environment& environment) {
  if (--environment.shares > 0) return;
  Thread& thread = environment.thread;
  if (thread.state != nullptr && thread.state != main_thread_state() && gate.load() == Gate::open) {
    PyEval_RestoreThread(thread.state);
    PyThreadState_Clear(thread.state);
    PyThreadState_DeleteCurrent();
  }
  delete of_this_thread;
  of_this_thread = nullptr;
}

void join_python(Environment& environment) {
  if (environment.thread.state != nullptr) return;
  if (!python_started()) throw BridgeError(Code::START_ON_MAIN);
  environment.thread.state =
      is_main_python_thread() ? main_thread_state() : PyThreadState_New(PyInterpreterState_Main());
}

void check_stack(const Environment& environment) {
  char here;
  if (&here < environment.stack_limit) [[unlikely]]
    throw BridgeError(Code::STACK_EXHAUSTED);
}

}  // namespace pybridge
