#pragma once
// Values that cross without a tape: None, bool, int, float, str, bytes; undefined to Python.

#include "convert/context.h"

namespace pybridge {

// Null where the value is no scalar, or can only cross by reference.
napi_value scalar_to_js(Context& context, PyObject* value);

// Is a number of JavaScript's an int in Python? A safe integer other than −0.
bool is_whole(double number);

// Empty where the value is no number: asking for one costs less than asking for the type.
Ref number_to_python(napi_env env, napi_value value);

// Of what is no number; empty where the value is an object, a function or a symbol.
Ref scalar_to_python(Context& context, napi_value value, napi_valuetype type);

}  // namespace pybridge
