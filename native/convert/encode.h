#pragma once
// Python → tape → JavaScript.

#include <cstddef>
#include <string>
#include <vector>

#include "convert/context.h"

namespace pybridge {

// A value of Python's on its way to JavaScript. Any attached thread writes it, and the thread of
// the JavaScript reads it; that one needs to be attached only where there are lanes.
struct Tape {
  std::vector<int32_t> words;
  std::vector<double> numbers;
  std::string text;
  // What only JavaScript's thread can make: long integers and strings, bytes, references, errors.
  std::vector<Ref> lanes;
  bool by_reference = false;  // the one lane is kept in Python, whatever it is
};

constexpr size_t any_depth = static_cast<size_t>(-1);

Tape write_tape(const Special& special, PyObject* value, Mode mode, size_t depth = any_depth);

// The positional arguments of a call as one list, with keywords as a last dict.
Tape write_arguments(const Special& special, PyObject* const* args, Py_ssize_t count,
                     PyObject* names);

// Lays the tape into the scratch, for `decode`: its objects. Attached where it has lanes.
napi_value lay(Context& context, const Tape& tape);

// The value of a tape. Attached where it has lanes.
napi_value unroll(Context& context, const Tape& tape);

// Any Python object as a JavaScript value, on JavaScript's own thread.
napi_value to_js(Context& context, PyObject* value, Mode mode, size_t depth = any_depth);

}  // namespace pybridge
