#pragma once
// Reading a struct directly where that is measurably faster than the C function. A layout is chosen
// by version and verified on known objects at start; a failed check, or PYBRIDGE_LAYOUTS=off, falls
// back to the functions. Only the offset of ob_type has no fallback: it is found, not assumed.

#include "cpython/library.h"

namespace pybridge {

constexpr size_t vectorcall_arguments_offset = size_t{1} << (8 * sizeof(size_t) - 1);

struct Text {
  int kind = 0;  // bytes per code point: 1, 2 or 4
  const void* data = nullptr;
  Py_ssize_t length = 0;
};

struct Layouts {
  size_t type = 8;          // PyObject.ob_type
  size_t head = 16;         // sizeof(PyObject)
  bool text = false;        // str: length, state and data
  size_t text_ascii = 0;    // data of an ASCII str
  size_t text_compact = 0;  // data of any other str
  int text_kind_shift = 0;
  bool vectorcall = false;  // tp_vectorcall_offset, where PyObject_Vectorcall is not exported
  size_t tuple_items = 0;   // PyTupleObject.ob_item; 0: not known
};

inline Layouts layouts;

// Fills `layouts`. Attached, once, right after Python started.
void verify_layouts(bool wanted);

inline PyTypeObject* type_of(PyObject* object) {
  return *reinterpret_cast<PyTypeObject**>(reinterpret_cast<char*>(object) + layouts.type);
}

inline bool is_instance(PyObject* object, PyTypeObject* type) {
  return type_of(object) == type || PyType_IsSubtype(type_of(object), type) != 0;
}

// The text of an exact str, borrowed from it; false without a verified layout.
inline bool read_text(PyObject* object, Text& text) {
  if (!layouts.text) return false;
  const char* base = reinterpret_cast<const char*>(object);
  uint32_t state = *reinterpret_cast<const uint32_t*>(base + layouts.head + 16);
  uint32_t bits = state >> layouts.text_kind_shift;  // kind: 3 bits, compact: 1, ascii: 1
  if ((bits & 8) == 0) return false;
  text.kind = static_cast<int>(bits & 7);
  text.length = *reinterpret_cast<const Py_ssize_t*>(base + layouts.head);
  text.data = base + ((bits & 16) ? layouts.text_ascii : layouts.text_compact);
  return true;
}

// The item of a tuple that only we have seen, replaced without PyTuple_SetItem's refcount test.
inline void set_new_tuple_item(PyObject* tuple, Py_ssize_t index, PyObject* stolen) {
  reinterpret_cast<PyObject**>(reinterpret_cast<char*>(tuple) + layouts.tuple_items)[index] =
      stolen;
}

// Calls with the vectorcall protocol (PEP 590). args[-1] may be overwritten when flagged.
PyObject* vectorcall_by_layout(PyObject* callable, PyObject* const* args, size_t flagged_count,
                               PyObject* names);

inline PyObject* vectorcall(PyObject* callable, PyObject* const* args, size_t flagged_count,
                            PyObject* names) {
  if (PyObject_Vectorcall != nullptr) [[likely]]
    return PyObject_Vectorcall(callable, args, flagged_count, names);
  return vectorcall_by_layout(callable, args, flagged_count, names);
}

}  // namespace pybridge
