#pragma once
// One scalar between threads, held by value: what most posts, calls and results are. Everything
// else goes by Tape or Parcel.

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "convert/context.h"

namespace pybridge {

struct Undefined {};
using Carried =
    std::variant<std::nullptr_t, Undefined, bool, int64_t, double, std::string, std::u16string>;

// Attached. False where the object is no scalar, or one that is dearer to carry than a tape.
bool carry(const Special& special, PyObject* object, Carried& carried);
Ref to_python(const Special& special, const Carried& carried);

// JavaScript's thread, detached.
bool carry(napi_env env, napi_value value, Carried& carried);
napi_value to_js(napi_env env, const Carried& carried);

// The arguments of a call, if they are few and scalars.
struct CarriedArguments {
  static constexpr size_t max = 4;
  size_t count = 0;
  std::array<Carried, max> values;
};

}  // namespace pybridge
