#pragma once
// Python → tape → JavaScript.

#include "convert/context.h"

namespace pybridge {

// Any Python object as a JavaScript value. Containers deeper than `depth` cross by reference.
napi_value to_js(Context& context, PyObject* value, Mode mode, size_t depth = SIZE_MAX);

}  // namespace pybridge
