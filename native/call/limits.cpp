#include "call/limits.h"

#include "runtime/interrupts.h"

namespace pybridge::calls {
namespace {

double number(napi_env env, napi_value value) {
  double result = 0;
  node_check(env, napi_get_value_double(env, value, &result));
  return result;
}

uint64_t limit_of(Bridge& bridge, const Arguments& arguments) {
  return static_cast<uint64_t>(number(bridge.env, arguments.values[0]));
}

std::shared_ptr<Thread> thread_of(Bridge& bridge) {
  return {bridge.share.environment, &bridge.environment.thread};
}

// python.attached within python.attached changes nothing.
class Staying {
 public:
  explicit Staying(Thread& thread) : thread_(thread), before_(thread.stays_attached) {
    thread.stays_attached = true;
  }
  ~Staying() { thread_.stays_attached = before_; }
  Staying(const Staying&) = delete;
  Staying& operator=(const Staying&) = delete;

 private:
  Thread& thread_;
  bool before_;
};

}  // namespace

napi_value begin_limit(Bridge& bridge, const Arguments& arguments) {
  const uint64_t limit =
      interrupts::begin(thread_of(bridge), number(bridge.env, arguments.values[0]));
  napi_value id = nullptr;
  node_check(bridge.env, napi_create_double(bridge.env, static_cast<double>(limit), &id));
  return id;
}

napi_value reach_limit(Bridge& bridge, const Arguments& arguments) {
  interrupts::reach(limit_of(bridge, arguments));
  return nullptr;
}

napi_value end_limit(Bridge& bridge, const Arguments& arguments) {
  napi_value reached = nullptr;
  node_check(bridge.env,
             napi_get_boolean(bridge.env, interrupts::end(limit_of(bridge, arguments)), &reached));
  return reached;
}

napi_value take_back(Bridge& bridge, const Arguments&) {
  {
    Attached attached(bridge.environment.thread);
    interrupts::take_back(bridge.environment.thread);
  }
  interrupts::interrupt_again(thread_of(bridge));
  return nullptr;
}

napi_value stay_attached(Bridge& bridge, const Arguments& arguments) {
  Staying staying(bridge.environment.thread);
  Detached in_javascript(bridge.environment.thread);  // but attached
  napi_value self = nullptr, result = nullptr;
  node_check(bridge.env, napi_get_undefined(bridge.env, &self));
  node_check(bridge.env,
             napi_call_function(bridge.env, self, arguments.values[0], 0, nullptr, &result));
  return result;
}

}  // namespace pybridge::calls
