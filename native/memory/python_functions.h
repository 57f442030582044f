#pragma once
// What python/pybridge/memory.py uses of this room.

#include "cpython/ref.h"

namespace pybridge {

// Of pybridge._native; the last one has no name.
extern PyMethodDef memory_functions[];

}  // namespace pybridge
