#pragma once
// Tensors of other libraries, by DLPack (dmlc/dlpack, versions 0.8 and 1.x): memory of this
// machine's processor only.

#include "memory/memory_object.h"

namespace pybridge::dlpack {

// A Memory over the tensor of a capsule, which is used up. Throws CONVERSION.
Ref import(PyObject* capsule);

// A capsule with the memory, or a copy of it; `versioned` as 1.0 wrote it. Throws BufferError.
Ref export_memory(PyObject* memory, bool versioned, bool copied);

}  // namespace pybridge::dlpack
