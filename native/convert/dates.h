#pragma once
// datetime ⇄ Date and PyDate. python/pybridge/dates.py does it, and is imported when it is needed:
// as long as nobody imported `datetime`, there is none.

#include "convert/context.h"

namespace pybridge::dates {

// Is it an exact `datetime`, or a pybridge.Date?
bool is_datetime(PyObject* object);

// A Date or a PyDate; null where its time zone does not say what time that is. Runs user code
// (`utcoffset`).
napi_value to_js(Context& context, PyObject* object);

// A pybridge.Date.
Ref date(double milliseconds);

// An equal datetime. `wall` is its clock, in milliseconds as if that were UTC.
Ref datetime(double wall, int32_t microsecond, int32_t fold, PyObject* timezone);

}  // namespace pybridge::dates
