#pragma once
// The C data interface of Apache Arrow
// (https://arrow.apache.org/docs/format/CDataInterface.html): two structs, whose layout is stable.
//
//   1. Whoever gave a struct ends it by `release`, once. One whose `release` is null has ended.
//   2. A struct may be moved: the copy lives on, and the `release` of the original becomes null.
//   3. Children end with their parent.

#include <cstdint>

namespace pybridge::arrow {

struct Schema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  Schema** children;
  Schema* dictionary;
  void (*release)(Schema* self);
  void* private_data;
};

struct Array {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  Array** children;
  Array* dictionary;
  void (*release)(Array* self);
  void* private_data;
};

// Of the capsules that `__arrow_c_array__` gives.
constexpr const char* schema_capsule = "arrow_schema";
constexpr const char* array_capsule = "arrow_array";

}  // namespace pybridge::arrow
