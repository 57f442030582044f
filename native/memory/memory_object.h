#pragma once
// pybridge.Memory: a Python object that exports memory which is not Python's: of an ArrayBuffer of
// JavaScript's, of a tensor (DLPack), or of an object that tells where its memory is
// (`__array_interface__`).
//
//   1. What keeps the memory is its `holder`, and whoever looks at the memory holds the Memory.
//   2. It may die on any thread.

#include <memory>
#include <string>
#include <vector>

#include "cpython/ref.h"
#include "object/js_objects.h"

namespace pybridge {

// What it exports.
struct Block {
  char* data = nullptr;  // the first item
  std::string format;    // of one item, as PEP 3118 writes it
  Py_ssize_t item_size = 1;
  std::vector<Py_ssize_t> shape;
  std::vector<Py_ssize_t> strides;  // in bytes
  bool is_readonly = false;
  bool is_of_javascript = false;  // then any thread may let go of it, attached or not
  std::shared_ptr<void> holder;

  Py_ssize_t count() const;  // of items
  Py_ssize_t size() const { return count() * item_size; }
  bool is_contiguous(char order) const;  // 'C' or 'F'
};

// Strides of items that follow each other, the last dimension first.
std::vector<Py_ssize_t> contiguous_strides(const std::vector<Py_ssize_t>& shape,
                                           Py_ssize_t item_size);

// The Python type, made once.
PyTypeObject* make_memory_type();

Ref make_memory(Block block);

// That of a Memory; null for anything else.
const Block* block_of(PyObject* candidate);

// A Memory of an object of JavaScript's: whoever drops it last lets that object go.
void bind_to_js(PyObject* memory, std::shared_ptr<JsOwner> owner, double number, napi_ref object);

// Its one memoryview, which stands for the object of JavaScript's.
Ref memoryview_of(PyObject* memory);

// The Memory behind a memoryview that is that one; null for anything else. Runs no code of the
// user's.
Ref memory_of_view(PyObject* candidate);

// What it was bound to; null where that is of another environment.
napi_ref js_object_of(PyObject* memory, const JsOwner* owner);

}  // namespace pybridge
