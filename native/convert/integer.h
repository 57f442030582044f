#pragma once
// int ⇄ number or bigint.

#include <vector>

#include "convert/context.h"

namespace pybridge::integer {

constexpr long long max_safe = (1LL << 53) - 1;

// Any size; beyond ±(2⁵³−1) a bigint.
napi_value to_js(napi_env env, PyObject* value);

// Any size, as a bigint.
napi_value to_js_bigint(napi_env env, PyObject* value);

// A bigint's sign and 64-bit words, which no environment is needed to hold.
struct Words {
  bool negative = false;
  std::vector<uint64_t> words;
};
Words words_of(napi_env env, napi_value bigint);
Ref words_to_python(const Special& special, const Words& words);

// A small bigint becomes pybridge.BigInt, so that it goes back as a bigint.
Ref bigint_to_python(const Context& context, napi_value bigint);
Ref bigint_to_python(const Special& special, int64_t number);

}  // namespace pybridge::integer
