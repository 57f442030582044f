#pragma once
// Which buffers an Arrow array of a type has, and how long they are.
// arrow.apache.org/docs/format/Columnar.html

#include <string>
#include <vector>

#include "memory/arrow_abi.h"

namespace pybridge {

// In bytes. A buffer without bytes may be null.
struct ArrowBuffer {
  const void* data;
  size_t size;
  size_t alignment;  // of what is in it
};

// Throws CONVERSION for a type that is not known, and for an array that is not as its type wants
// it.
std::vector<ArrowBuffer> buffers_of(const std::string& format, const ArrowArray& array);

}  // namespace pybridge
