#include "call/entry.h"

#include "errors/bridge_error.h"

namespace pybridge {

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
