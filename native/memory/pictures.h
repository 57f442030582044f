#pragma once
// The memory of a picture, as Pillow exports it: an Arrow array of its pixels, whose items are
// numbers, or four bytes each.

#include "memory/memory_object.h"

namespace pybridge::pictures {

// A Memory over the pixels of two capsules, which lie as `layout` says: its format, item size,
// shape and strides. The array moves there. Throws CONVERSION where they are no such pixels.
Ref import_arrow(PyObject* schema_capsule, PyObject* array_capsule, Block layout);

}  // namespace pybridge::pictures
