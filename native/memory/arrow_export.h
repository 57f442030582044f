#pragma once
// Tables of JavaScript's on their way to Python: Arrow data over memory that V8 holds.

#include <memory>
#include <string>
#include <vector>

#include "cpython/ref.h"
#include "memory/arrow_abi.h"
#include "memory/memory_object.h"

namespace pybridge {

// What a table is, in whatever thread: nothing here is Python's, or of an environment.
struct ArrowTable {
  struct Type {
    std::string format;
    std::string name;
    std::string metadata;  // '' for none
    int64_t flags = 0;
    std::vector<Type> children;
    std::unique_ptr<Type> dictionary;
  };
  struct Array {
    int64_t length = 0;
    int64_t null_count = 0;
    int64_t offset = 0;
    std::vector<const void*> buffers;
    std::vector<std::shared_ptr<void>> holders;
    bool has_lengths = false;  // of the data of views: the last buffer
    std::vector<int64_t> lengths;
    std::vector<Array> children;
    std::unique_ptr<Array> dictionary;
  };

  Type type;
  std::vector<Array> batches;
};

// What lib/memory/arrow/ describes, in the same way as arrow_import.h does; buffers are
// Uint8Arrays.
std::shared_ptr<const ArrowTable> read_arrow_table(napi_env env, napi_value schema,
                                                   napi_value batches);

// A capsule that keeps a table, for Python to hold; and capsules of the Arrow PyCapsule interface
// that are made of that one, as often as they are asked for. Attached.
Ref keep_arrow_table(std::shared_ptr<const ArrowTable> table);
Ref arrow_schema_of(PyObject* kept);
Ref arrow_stream_of(PyObject* kept);

}  // namespace pybridge
