#pragma once
// Reading a struct directly where that is measurably faster than the C function.
//
//   1. What a version's structs look like is assumed, and used only where it proved true of objects
//      whose contents are known; elsewhere, and with PYBRIDGE_LAYOUTS=off, the functions are used.
//   2. Whatever is assumed, proving it reads nothing outside those objects and calls nothing that
//      it has not recognised: a table that is wrong is found out, and costs speed only.
//   3. The head of an object has no other way: it is found by its known contents, not assumed.

#include "cpython/library.h"

namespace pybridge {

constexpr size_t vectorcall_arguments_offset = size_t{1} << (8 * sizeof(size_t) - 1);

struct Text {
  int kind = 0;  // bytes per code point: 1, 2 or 4
  const void* data = nullptr;
  Py_ssize_t length = 0;
};

// How shares are counted, in the first word of an object. CPython 3.12 made objects immortal: the
// low 32 bits of their count are negative (PEP 683).
enum class Counting { functions, word, immortals };

// Offsets, and whether the readings that need them may be made. A new reading is a flag with its
// offsets here, and a proof in the list of layouts.cpp.
struct Layouts {
  size_t type = 0;  // PyObject.ob_type
  size_t head = 0;  // sizeof(PyObject)

  Counting counting = Counting::functions;  // share, give_up

  bool integer = false;         // read_small_integer
  size_t integer_size = 0;      // PyLongObject: its sign and count of digits
  size_t integer_digit = 0;     // the first of them
  bool integer_tagged = false;  // the sign is in the low bits, not in the whole

  bool text = false;        // read_text
  size_t text_length = 0;   // PyASCIIObject.length
  size_t text_state = 0;    // PyASCIIObject.state
  int text_kind_shift = 0;  // in it: kind, 3 bits; is compact, 1; is ASCII, 1
  size_t text_ascii = 0;    // data of an ASCII str
  size_t text_compact = 0;  // data of any other str

  bool vectorcall = false;     // where PyObject_Vectorcall is not exported
  size_t type_vectorcall = 0;  // PyTypeObject.tp_vectorcall_offset

  bool tuple = false;      // tuple_items
  size_t tuple_items = 0;  // PyTupleObject.ob_item

  bool list = false;      // list_items
  size_t list_items = 0;  // PyListObject.ob_item

  bool number = false;      // float_value
  size_t number_value = 0;  // PyFloatObject.ob_fval
};

inline Layouts layouts;

// Fills `layouts`. Attached, once, right after Python started. Throws START_FAILED where the head
// of an object is not found.
void verify_layouts(bool wanted);

// Its steps. Only the test of tables that are wrong takes them one by one.
Layouts find_head();
Layouts assume_layouts(Layouts found, int version);
Layouts keep_what_holds(const Layouts& assumed);

inline PyTypeObject* type_of(PyObject* object) {
  return *reinterpret_cast<PyTypeObject**>(reinterpret_cast<char*>(object) + layouts.type);
}

inline bool is_instance(PyObject* object, PyTypeObject* type) {
  return type_of(object) == type || PyType_IsSubtype(type_of(object), type) != 0;
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

// An exact int of at most one digit of 30 bits; false for others, and where it cannot be read so.
// Before 3.12 there is the signed count of digits; since then its low three bits are the sign (0, 1
// for zero, 2 for minus) and some flags, and the rest the count (python/cpython#101291).
inline bool read_small_integer(const Layouts& table, PyObject* object, int32_t& number) {
  if (!table.integer) return false;
  const char* base = reinterpret_cast<const char*>(object);
  const auto size = *reinterpret_cast<const Py_ssize_t*>(base + table.integer_size);
  const auto digit =
      static_cast<int32_t>(*reinterpret_cast<const uint32_t*>(base + table.integer_digit));
  if (table.integer_tagged) {
    if (size >= 16) return false;
    number = (1 - static_cast<int32_t>(size & 3)) * digit;
    return true;
  }
  if (size < -1 || size > 1) return false;
  number = static_cast<int32_t>(size) * digit;
  return true;
}

inline bool read_small_integer(PyObject* object, int32_t& number) {
  return read_small_integer(layouts, object, number);
}

// The text of an exact str, borrowed from it; false where it cannot be read so.
inline bool read_text(const Layouts& table, PyObject* object, Text& text) {
  if (!table.text) return false;
  const char* base = reinterpret_cast<const char*>(object);
  uint32_t bits = *reinterpret_cast<const uint32_t*>(base + table.text_state);
  bits >>= table.text_kind_shift;
  if ((bits & 8) == 0) return false;
  text.kind = static_cast<int>(bits & 7);
  text.length = *reinterpret_cast<const Py_ssize_t*>(base + table.text_length);
  text.data = base + ((bits & 16) ? table.text_ascii : table.text_compact);
  return true;
}

inline bool read_text(PyObject* object, Text& text) { return read_text(layouts, object, text); }

// The characters of a new str, made by PyUnicode_New, that nobody else has seen. With layouts.text.
inline char* ascii_data(PyObject* text) {
  return reinterpret_cast<char*>(text) + layouts.text_ascii;
}

// The items of a tuple. In one that only we have seen they may be set, without PyTuple_SetItem's
// test of its shares. With layouts.tuple.
inline PyObject** tuple_items(PyObject* tuple) {
  return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(tuple) + layouts.tuple_items);
}

// The items of a list, until it changes. With layouts.list.
inline PyObject** list_items(PyObject* list) {
  return *reinterpret_cast<PyObject***>(reinterpret_cast<char*>(list) + layouts.list_items);
}

// The value of an exact float.
inline double float_value(PyObject* object) {
  if (!layouts.number) return PyFloat_AsDouble(object);
  return *reinterpret_cast<const double*>(reinterpret_cast<char*>(object) + layouts.number_value);
}

// Whether whoever holds the one share of an object is the only one; false where that cannot be
// told.
inline bool is_unshared(PyObject* object) {
  if (layouts.counting == Counting::immortals) return *reinterpret_cast<int32_t*>(object) == 1;
  return layouts.counting == Counting::word && *reinterpret_cast<Py_ssize_t*>(object) == 1;
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
