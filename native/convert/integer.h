#pragma once
// int ⇄ number or bigint.

#include "convert/context.h"

namespace pybridge::integer {

constexpr long long max_safe = (1LL << 53) - 1;

// Any size; beyond ±(2⁵³−1) a bigint.
napi_value to_js(napi_env env, PyObject* value);

// Any size, as a bigint.
napi_value to_js_bigint(napi_env env, PyObject* value);

// A small bigint becomes pybridge.BigInt, so that it goes back as a bigint.
Ref bigint_to_python(const Context& context, napi_value bigint);

}  // namespace pybridge::integer
