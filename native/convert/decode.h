#pragma once
// JavaScript → tape → Python.

#include "convert/context.h"
#include "convert/tape_reader.h"

namespace pybridge {

// The values of the tape that JavaScript has just written into the scratch, on its own thread;
// `lanes` is an array, or undefined.
TapeReader::Roots read_tape(Context& context, napi_value lanes);
// The first of them.
Ref read_one(Context& context, napi_value lanes);

// Any JavaScript value as a Python object.
Ref to_python(Context& context, napi_value value);

}  // namespace pybridge
