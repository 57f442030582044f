#pragma once
// JavaScript → tape → Python.

#include <vector>

#include "convert/context.h"

namespace pybridge {

// The values of the tape that JavaScript has just written into the scratch.
std::vector<Ref> read_tape(Context& context, napi_value objects);

// Any JavaScript value as a Python object.
Ref to_python(Context& context, napi_value value);

}  // namespace pybridge
