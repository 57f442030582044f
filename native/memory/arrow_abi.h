#pragma once
// Apache Arrow's C data interface and C stream interface: structs that libraries hand to each
// other, of one process, whoever compiled them. arrow.apache.org/docs/format/CDataInterface.html
//
//   1. Who gets one calls `release` once, which says by null that it was called; a struct that is
//      moved is copied, and its old place marked as released.
//   2. `release` may be called on any thread.

#include <cstdint>

namespace pybridge {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

// The names of their capsules (the PyCapsule interface).
inline constexpr const char* arrow_schema_capsule = "arrow_schema";
inline constexpr const char* arrow_array_capsule = "arrow_array";
inline constexpr const char* arrow_stream_capsule = "arrow_array_stream";

// One of them, released at the end.
template <typename Struct>
class ArrowOwned {
 public:
  ArrowOwned() = default;
  ~ArrowOwned() {
    if (value_.release != nullptr) value_.release(&value_);
  }
  ArrowOwned(const ArrowOwned&) = delete;
  ArrowOwned& operator=(const ArrowOwned&) = delete;

  // What somebody else has: he has it no more.
  void take(Struct* from) {
    value_ = *from;
    from->release = nullptr;
  }

  Struct* get() { return &value_; }
  const Struct& operator*() const { return value_; }
  bool is_released() const { return value_.release == nullptr; }

 private:
  Struct value_{};
};

}  // namespace pybridge
