#pragma once
// Python → tape → JavaScript.

#include <cstddef>

#include "convert/context.h"
#include "convert/sink.h"

namespace pybridge {

constexpr size_t any_depth = static_cast<size_t>(-1);

// On any attached thread, for `lay`.
Tape write_tape(const Special& special, PyObject* value, Rules rules, size_t depth = any_depth);

// The positional arguments of a call as one list, with keywords as a last dict.
Tape write_arguments(const Special& special, PyObject* const* args, Py_ssize_t count,
                     PyObject* names);
// The same, into the scratch, for `decode`.
void lay_arguments(Context& context, PyObject* const* args, Py_ssize_t count, PyObject* names);

// Lays a tape into the scratch, for `decode`. Attached where it has lanes.
void lay(Context& context, const Tape& tape);

// Any Python object, on JavaScript's own thread: a JavaScript value, or null where a tape lies in
// the scratch. Whoever returns that to JavaScript need not read it: lib/convert/decode.ts does.
napi_value to_js(Context& context, PyObject* value, Rules rules, size_t depth = any_depth);

// The same, read in any case.
napi_value to_js_value(Context& context, PyObject* value, Rules rules);

}  // namespace pybridge
