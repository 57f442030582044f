#pragma once
// One door for Node-API statuses.

#include <node_api.h>

namespace pybridge {

// JavaScript has an exception pending, or this environment may not run JavaScript any more: the
// C++ frames unwind, and the entry point returns to Node without a word of its own.
struct JsPending {};

[[noreturn]] void throw_status(napi_env env, napi_status status);

inline void node_check(napi_env env, napi_status status) {
  if (status != napi_ok) [[unlikely]]
    throw_status(env, status);
}

// Handles made within are dropped at its end: loops over many values need one.
class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { napi_open_handle_scope(env, &scope_); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace pybridge
