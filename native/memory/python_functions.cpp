#include "memory/python_functions.h"

#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "memory/arrow_export.h"
#include "memory/dlpack.h"
#include "memory/memory_object.h"
#include "memory/pictures.h"
#include "object/errors_across.h"

namespace pybridge {
namespace {

std::vector<Py_ssize_t> sizes_of(PyObject* tuple) {
  std::vector<Py_ssize_t> sizes(static_cast<size_t>(check(static_cast<int>(PyTuple_Size(tuple)))));
  Py_ssize_t index = 0;
  for (Py_ssize_t& size : sizes) {
    size = PyLong_AsSsize_t(check(PyTuple_GetItem(tuple, index++)));
    if (size == -1) check_no_error();
  }
  return sizes;
}

// What a body makes, for Python, or the exception that it throws.
template <typename Body>
PyObject* answer(Body body) {
  try {
    return body().release();
  } catch (...) {
    raise_python_here();
    return nullptr;
  }
}

// import_dlpack(capsule): a Memory over its tensor.
PyObject* import_dlpack(PyObject*, PyObject* capsule) {
  return answer([=] { return dlpack::import(capsule); });
}

void check_count(Py_ssize_t count, Py_ssize_t wanted) {
  if (count != wanted)
    throw BridgeError(Code::INVALID_ARGUMENT, "the number of arguments is wrong");
}

// export_dlpack(memory, versioned, copied): a capsule.
PyObject* export_dlpack(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject*) {
  return answer([=] {
    check_count(count, 3);
    return dlpack::export_memory(args[0], args[1] == Py_True, args[2] == Py_True);
  });
}

// The layout that follows other arguments: format, item_size, shape, strides.
Block layout_of(PyObject* const* args) {
  Block block;
  block.format = utf8(args[0]);
  block.item_size = PyLong_AsSsize_t(args[1]);
  if (block.item_size == -1) check_no_error();
  block.shape = sizes_of(args[2]);
  block.strides = sizes_of(args[3]);
  if (block.shape.size() != block.strides.size())
    throw BridgeError(Code::INVALID_ARGUMENT, "shape and strides have different lengths");
  return block;
}

// memory_at(owner, address, readonly, format, item_size, shape, strides): a Memory over what the
// owner says is there, and keeps.
PyObject* memory_at(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject*) {
  return answer([=] {
    check_count(count, 7);
    Block block = layout_of(args + 3);
    block.data = static_cast<char*>(PyLong_AsVoidPtr(args[1]));
    if (block.data == nullptr) check_no_error();
    block.is_readonly = args[2] == Py_True;
    block.holder = std::make_shared<Ref>(borrow(args[0]));
    return make_memory(std::move(block));
  });
}

// memory_of_arrow(schema, array, format, item_size, shape, strides): a Memory over the pixels of a
// picture, whose capsules are used up.
PyObject* memory_of_arrow(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject*) {
  return answer([=] {
    check_count(count, 6);
    return pictures::import_arrow(args[0], args[1], layout_of(args + 2));
  });
}

// address_of(memory): of its first item.
PyObject* address_of(PyObject*, PyObject* memory) {
  const Block* block = block_of(memory);
  return PyLong_FromVoidPtr(block == nullptr ? nullptr : block->data);
}

template <Ref (*make)(PyObject* kept)>
PyObject* arrow_capsule(PyObject*, PyObject* kept) {
  return answer([=] { return make(kept); });
}

constexpr int fast_call = METH_FASTCALL | METH_KEYWORDS;

}  // namespace

PyMethodDef memory_functions[] = {
    {"import_dlpack", import_dlpack, METH_O, "A Memory over the tensor of a capsule."},
    {"export_dlpack", untyped(export_dlpack), fast_call, "A capsule with the tensor of a Memory."},
    {"memory_at", untyped(memory_at), fast_call, "A Memory over what another object keeps."},
    {"memory_of_arrow", untyped(memory_of_arrow), fast_call, "A Memory over a picture's pixels."},
    {"address_of", address_of, METH_O, "Where the memory begins."},
    {"arrow_schema", arrow_capsule<arrow_schema_of>, METH_O, "The schema of a table that is kept."},
    {"arrow_stream", arrow_capsule<arrow_stream_of>, METH_O, "The batches of one."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace pybridge
