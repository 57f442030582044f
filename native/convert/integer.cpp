#include "convert/integer.h"

#include <string>
#include <vector>

#include "cpython/check.h"
#include "cpython/layouts.h"

namespace pybridge::integer {
namespace {

// Through base 16, which is linear and exempt from the limit on digits that
// `sys.set_int_max_str_digits` sets for base 10.
napi_value large_to_js(napi_env env, PyObject* value) {
  Ref hex = steal(check(PyNumber_ToBase(value, 16)));
  std::string digits = utf8(hex.get());
  const bool negative = digits[0] == '-';
  const size_t first = negative ? 3 : 2;
  std::vector<uint64_t> words((digits.size() - first + 15) / 16, 0);
  size_t position = 0;
  for (size_t i = digits.size(); i-- > first; position++) {
    const char digit = digits[i];
    const uint64_t nibble = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    words[position / 16] |= nibble << (position % 16 * 4);
  }
  napi_value result = nullptr;
  node_check(env, napi_create_bigint_words(env, negative, words.size(), words.data(), &result));
  return result;
}

Ref large_to_python(bool negative, const std::vector<uint64_t>& words) {
  std::string hex = negative ? "-" : "";
  for (size_t i = words.size(); i-- > 0;) {
    for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789abcdef"[words[i] >> shift & 15];
  }
  return steal(check(PyLong_FromString(hex.c_str(), nullptr, 16)));
}

}  // namespace

napi_value to_js(napi_env env, PyObject* value) {
  napi_value result = nullptr;
  int32_t small = 0;
  if (read_small_integer(value, small)) {
    node_check(env, napi_create_int32(env, small, &result));
    return result;
  }
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) return large_to_js(env, value);
  if (number == static_cast<int32_t>(number))
    node_check(env, napi_create_int32(env, static_cast<int32_t>(number), &result));
  else if (number >= -max_safe && number <= max_safe)
    node_check(env, napi_create_double(env, static_cast<double>(number), &result));
  else
    node_check(env, napi_create_bigint_int64(env, number, &result));
  return result;
}

napi_value to_js_bigint(napi_env env, PyObject* value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) return large_to_js(env, value);
  napi_value result = nullptr;
  node_check(env, napi_create_bigint_int64(env, number, &result));
  return result;
}

Words words_of(napi_env env, napi_value bigint) {
  size_t count = 0;
  int sign = 0;
  node_check(env, napi_get_value_bigint_words(env, bigint, nullptr, &count, nullptr));
  if (count == 0) return {};  // 0n has no words, and Node refuses to fill none
  Words words{false, std::vector<uint64_t>(count)};
  node_check(env, napi_get_value_bigint_words(env, bigint, &sign, &count, words.words.data()));
  words.negative = sign != 0;
  return words;
}

Ref words_to_python(const Special& special, const Words& words) {
  const uint64_t low = words.words.empty() ? 0 : words.words[0];
  if (words.words.size() > 1 || low > static_cast<uint64_t>(max_safe))
    return large_to_python(words.negative, words.words);
  const auto magnitude = static_cast<long long>(low);
  Ref exact = steal(check(PyLong_FromLongLong(words.negative ? -magnitude : magnitude)));
  return call(special.make_big_int, {reinterpret_cast<PyObject*>(special.big_int), exact.get()});
}

Ref bigint_to_python(const Context& context, napi_value bigint) {
  int64_t number = 0;
  bool lossless = false;
  node_check(context.env, napi_get_value_bigint_int64(context.env, bigint, &number, &lossless));
  if (lossless) return bigint_to_python(context.special, number);
  return words_to_python(context.special, words_of(context.env, bigint));
}

Ref bigint_to_python(const Special& special, int64_t number) {
  Ref exact = steal(check(PyLong_FromLongLong(number)));
  if (number < -max_safe || number > max_safe) return exact;
  return call(special.make_big_int, {reinterpret_cast<PyObject*>(special.big_int), exact.get()});
}

}  // namespace pybridge::integer
