#include "call/entry.h"

#include "errors/bridge_error.h"
#include "runtime/interrupts.h"

namespace pybridge {

void settle_interrupts(Bridge& bridge) { interrupts::settle(bridge.environment.thread); }

// What came too late takes the place of the failure that it came with.
void throw_with_interrupts(Bridge& bridge) noexcept {
  if (is_forked()) leave_child_throwing();
  try {
    if (bridge.environment.thread.attention.load()) settle_interrupts(bridge);
  } catch (...) {
    return throw_js(bridge);
  }
  throw_js(bridge);
}

bool throw_plainly(Bridge& bridge, const PythonError& error) noexcept {
  if (is_forked() || bridge.environment.thread.attention.load()) return false;
  try {
    napi_throw(bridge.env, error_to_js(bridge, error.exception()));
    return true;
  } catch (...) {
    return false;
  }
}

void report_slow_call(Bridge& bridge) noexcept {
  try {
    napi_value milliseconds = nullptr;
    node_check(bridge.env,
               napi_create_double(bridge.env, slow_calls::take(bridge.environment), &milliseconds));
    Detached detached(bridge.environment.thread);
    bridge.call_hook(Bridge::Hook::warnSlow, &milliseconds, 1);
  } catch (...) {
    // A warning that fails is none; what JavaScript has pending is thrown by the call.
  }
}

// Not attached: the gate is closed, Python does not run, or the stack is full. What JavaScript has
// pending stays so.
void throw_detached(Bridge& bridge) noexcept {
  try {
    throw;
  } catch (const BridgeError& error) {
    try {
      napi_value code = nullptr, detail = nullptr;
      const char* name = code_name(error.code());
      node_check(bridge.env, napi_create_string_utf8(bridge.env, name, NAPI_AUTO_LENGTH, &code));
      node_check(bridge.env, napi_create_string_utf8(bridge.env, error.detail().c_str(),
                                                     error.detail().size(), &detail));
      napi_throw(bridge.env, bridge.make_bridge_error(code, detail));
    } catch (...) {
      napi_throw_error(bridge.env, code_name(error.code()), error.what());
    }
  } catch (const JsPending&) {
  } catch (...) {
    napi_throw_error(bridge.env, "ERR_PYBRIDGE", "the call could not begin");
  }
}

}  // namespace pybridge
