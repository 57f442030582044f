#pragma once
// Calls of JavaScript functions from threads that are not theirs.

#include "cpython/ref.h"

namespace pybridge {

// Supplies object/js_objects.h with the way to do it.
void supply_call_elsewhere();

// How long the function's thread may be blocked before WOULD_BLOCK.
void set_callback_timeout(double milliseconds);

// Brings the call and does not wait. Throws INVALID_ARGUMENT, ENDED, CONVERSION.
Ref post(PyObject* function, PyObject* const* args, Py_ssize_t count, PyObject* names);

// The handler of the wake signal, on Python's main thread: raises Interrupted where it is due, and
// serves what is waiting.
PyObject* on_wake(PyObject* frame);

}  // namespace pybridge
