#pragma once
// Long strings of JavaScript that read the memory of a str, in place of a copy.
//
//   1. The str is held for as long as the string lives. A str never changes, and dropping an exact
//      one runs no code, so that any attached thread may do it.
//   2. V8's collector gives a str back, and it must not wait for Python: the str is dropped between
//      two calls. What is given back after the end of its environment is dropped by another one.
//   3. The collector is told of the memory: it would not run for a few small objects.
//   4. Node's function for it is experimental before 22: it is found at run time, and where there
//   is
//      none, strings are copied. So they are in Bun and Deno, whose collectors heed no rule 3: in a
//      loop that never yields, what is dropped would pile up.

#include <node_api.h>

#include <atomic>
#include <memory>

#include "cpython/layouts.h"

namespace pybridge {

// Of one environment.
class ExternalTexts {
 public:
  // From here on a copy costs more than the string's share of the collector's work.
  static constexpr Py_ssize_t min_length = 64 * 1024;

  ExternalTexts();
  ~ExternalTexts();  // attached, or the process ends
  ExternalTexts(const ExternalTexts&) = delete;
  ExternalTexts& operator=(const ExternalTexts&) = delete;

  // Null where the runtime has no such strings. `text` is the content of `value`, of kind 1.
  napi_value make(napi_env env, PyObject* value, const Text& text);

  // Between two calls, attached.
  bool has_given_back() const;
  void drop(napi_env env);

  struct GivenBack;

 private:
  std::shared_ptr<GivenBack> given_back_;
};

}  // namespace pybridge
