#include "errors/node_check.h"

#include "errors/bridge_error.h"

namespace pybridge {

void throw_status(napi_env env, napi_status status) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending || status == napi_pending_exception || status == napi_cannot_run_js ||
      status == napi_closing) {
    throw JsPending{};
  }
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  const char* message = info != nullptr ? info->error_message : nullptr;
  throw BridgeError(Code::CONVERSION,
                    std::string("Node refused it (") + (message ? message : "unknown error") + ")");
}

}  // namespace pybridge
