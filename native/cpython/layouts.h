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

// How shares are counted. CPython 3.12 made objects immortal: their low 32 bits are negative (PEP
// 683).
enum class Counting { functions, word, immortals };

struct Layouts {
  Counting counting = Counting::functions;  // the count is the first word of an object
  size_t type = 8;                          // PyObject.ob_type
  size_t head = 16;                         // sizeof(PyObject)
  bool integer = false;                     // int of one digit: its sign and size, and the digit
  bool text = false;                        // str: length, state and data
  size_t text_ascii = 0;                    // data of an ASCII str
  size_t text_compact = 0;                  // data of any other str
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

// Takes a share: Py_IncRef, without a call of a function.
inline void share(PyObject* object) {
  auto& low = *reinterpret_cast<int32_t*>(object);
  if (layouts.counting == Counting::immortals) [[likely]] {
    if (low >= 0) low++;
  } else if (layouts.counting == Counting::word) {
    ++*reinterpret_cast<Py_ssize_t*>(object);
  } else {
    Py_IncRef(object);
  }
}

// Gives a share up: Py_DecRef, which only the last one needs.
inline void give_up(PyObject* object) {
  auto& low = *reinterpret_cast<int32_t*>(object);
  if (layouts.counting == Counting::immortals) [[likely]] {
    if (low < 0) return;
    if (low > 1) {
      low--;
      return;
    }
  } else if (layouts.counting == Counting::word) {
    auto& count = *reinterpret_cast<Py_ssize_t*>(object);
    if (count > 1) {
      count--;
      return;
    }
  }
  Py_DecRef(object);
}

inline bool is_instance(PyObject* object, PyTypeObject* type) {
  return type_of(object) == type || PyType_IsSubtype(type_of(object), type) != 0;
}

// An exact int of at most one digit of 30 bits; false for others, and without a verified layout.
// Before 3.12 the word after the head is the signed count of digits; since then its low three bits
// are the sign (0, 1 for zero, 2 for minus) and some flags, and the rest the count (PEP 683's
// sibling, python/cpython#101291).
inline bool read_small_integer(PyObject* object, int32_t& number) {
  if (!layouts.integer) return false;
  const char* base = reinterpret_cast<const char*>(object) + layouts.head;
  const auto word = *reinterpret_cast<const Py_ssize_t*>(base);
  const auto digit = static_cast<int32_t>(*reinterpret_cast<const uint32_t*>(base + sizeof word));
  if (python_version >= 0x030C) {
    if (word >= 16) return false;
    number = (1 - static_cast<int32_t>(word & 3)) * digit;
    return true;
  }
  if (word < -1 || word > 1) return false;
  number = static_cast<int32_t>(word) * digit;
  return true;
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

// The characters of a new str, made by PyUnicode_New, that nobody else has seen. With layouts.text.
inline char* ascii_data(PyObject* text) {
  return reinterpret_cast<char*>(text) + layouts.text_ascii;
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
