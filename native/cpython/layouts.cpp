#include "cpython/layouts.h"

#include <cstring>

#include "cpython/check.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

using Vectorcall = PyObject* (*)(PyObject*, PyObject* const*, size_t, PyObject*);

constexpr unsigned long has_vectorcall = 1UL << 11;  // Py_TPFLAGS_HAVE_VECTORCALL

Py_ssize_t word_at(const void* object, size_t offset) {
  Py_ssize_t word;
  std::memcpy(&word, static_cast<const char*>(object) + offset, sizeof word);
  return word;
}

Py_ssize_t integer_attribute(PyObject* object, const char* name) {
  int overflow = 0;
  return PyLong_AsLongLongAndOverflow(attribute(object, name).get(), &overflow);
}

PyObject* as_object(PyTypeObject* type) { return reinterpret_cast<PyObject*>(type); }

// The head grew on free-threaded builds, and the type moved with it: look for the known answer.
void find_type() {
  Ref known = steal(check(PyFloat_FromDouble(0.5)));
  for (size_t offset = 0; offset < 40; offset += sizeof(void*)) {
    if (word_at(known.get(), offset) != reinterpret_cast<Py_ssize_t>(PyFloat_Type)) continue;
    layouts.type = offset;
    layouts.head =
        static_cast<size_t>(integer_attribute(as_object(PyBaseObject_Type), "__basicsize__"));
    return;
  }
  throw BridgeError(Code::START_FAILED, "the type of an object was not found in its head");
}

int32_t low_word_of(PyObject* object) {
  int32_t low;
  std::memcpy(&low, object, sizeof low);
  return low;
}

// Debug builds count all shares together as well, and free-threaded ones each thread's by itself.
Counting verify_counting() {
  if (free_threaded || PySys_GetObject("gettotalrefcount") != nullptr) return Counting::functions;
  Ref known = steal(check(PyFloat_FromDouble(0.25)));
  const Counting counting = python_version < 0x030C ? Counting::word : Counting::immortals;
  const auto count = [&] {
    return counting == Counting::word ? word_at(known.get(), 0) : low_word_of(known.get());
  };
  const Py_ssize_t alone = count();
  Py_IncRef(known.get());
  const Py_ssize_t shared = count();
  Py_DecRef(known.get());
  const bool counted = alone == 1 && shared == 2 && count() == 1;
  const bool immortal = counting == Counting::word || low_word_of(Py_None) < 0;
  return counted && immortal ? counting : Counting::functions;
}

bool reads_integer(long long number, bool small) {
  Ref known = steal(check(PyLong_FromLongLong(number)));
  int32_t read = 0;
  if (!read_small_integer(known.get(), read)) return !small;
  return small && read == number;
}

bool verify_integer() {
  layouts.integer = true;
  constexpr long long digit = 1LL << 30;
  for (long long number : {0LL, 1LL, -1LL, 7LL, -257LL, 1'000'003LL, digit - 1, 1 - digit})
    if (!reads_integer(number, true)) return false;
  for (long long number : {digit, -digit, digit * 4 + 1, digit * digit, -digit * digit * 2})
    if (!reads_integer(number, false)) return false;
  return true;
}

bool reads_back(int kind, const void* data, Py_ssize_t length, bool ascii) {
  Ref known = steal(check(PyUnicode_FromKindAndData(kind, data, length)));
  Text text;
  return read_text(known.get(), text) && text.kind == kind && text.length == length &&
         (text.data == reinterpret_cast<char*>(known.get()) +
                           (ascii ? layouts.text_ascii : layouts.text_compact)) &&
         std::memcmp(text.data, data, static_cast<size_t>(length * kind)) == 0;
}

bool verify_text() {
  const bool has_wstr = python_version < 0x030C;  // removed by PEP 623
  layouts.text_ascii = layouts.head + (has_wstr ? 32 : 24);
  layouts.text_compact = layouts.head + (has_wstr ? 56 : 40);
  // `interned` takes two bits before it, or a byte that is read without a lock.
  layouts.text_kind_shift = free_threaded && python_version >= 0x030E ? 8 : 2;
  layouts.text = true;
  const char ascii[] = "layout of an ascii str";
  const unsigned char latin1[] = {0xE9, 'a', 0xFF};
  const uint16_t wide[] = {0x2603, 'a', 0xD800};
  const uint32_t astral[] = {0x1F600, 'a', 0x10FFFF};
  return reads_back(1, ascii, sizeof ascii - 1, true) && reads_back(1, latin1, 3, false) &&
         reads_back(2, wide, 3, false) && reads_back(4, astral, 3, false);
}

// tp_basicsize, tp_itemsize, tp_dealloc and tp_vectorcall_offset follow tp_name.
size_t vectorcall_offset_position() { return layouts.head + sizeof(Py_ssize_t) + 4 * 8; }

Vectorcall vectorcall_function(PyObject* callable) {
  PyTypeObject* type = type_of(callable);
  if ((PyType_GetFlags(type) & has_vectorcall) == 0) return nullptr;
  Py_ssize_t offset = word_at(type, vectorcall_offset_position());
  Vectorcall function;
  std::memcpy(&function, reinterpret_cast<char*>(callable) + offset, sizeof function);
  return function;
}

bool verify_vectorcall() {
  for (PyTypeObject* type : {PyCFunction_Type, PyLong_Type, PyTuple_Type}) {
    Py_ssize_t basic_size = word_at(type, vectorcall_offset_position() - 24);
    Py_ssize_t offset = word_at(type, vectorcall_offset_position());
    if (basic_size != integer_attribute(as_object(type), "__basicsize__")) return false;
    if (type == PyCFunction_Type && (offset <= 0 || offset % 8 != 0 || offset >= basic_size))
      return false;
  }
  Ref len = attribute(import("builtins").get(), "len");
  Vectorcall function = vectorcall_function(len.get());
  if (function == nullptr) return false;
  Ref list = steal(check(PyList_New(0)));
  PyObject* arguments[] = {list.get()};
  Ref answer = steal(check(function(len.get(), arguments, 1, nullptr)));
  int overflow = 0;
  return PyLong_AsLongLongAndOverflow(answer.get(), &overflow) == 0;
}

size_t find_tuple_items() {
  Ref known = steal(check(PyTuple_New(2)));
  check(PyTuple_SetItem(known.get(), 0, borrow(Py_True).release()));
  check(PyTuple_SetItem(known.get(), 1, borrow(Py_False).release()));
  for (size_t offset = layouts.head; offset <= layouts.head + 24; offset += sizeof(void*)) {
    if (word_at(known.get(), offset) == reinterpret_cast<Py_ssize_t>(Py_True) &&
        word_at(known.get(), offset + sizeof(void*)) == reinterpret_cast<Py_ssize_t>(Py_False))
      return offset;
  }
  return 0;
}

}  // namespace

void verify_layouts(bool wanted) {
  find_type();
  if (!wanted) return;
  layouts.counting = verify_counting();
  layouts.integer = verify_integer();
  layouts.text = verify_text();
  layouts.vectorcall = PyObject_Vectorcall == nullptr && verify_vectorcall();
  layouts.tuple_items = find_tuple_items();
}

PyObject* vectorcall_by_layout(PyObject* callable, PyObject* const* args, size_t flagged_count,
                               PyObject* names) {
  if (layouts.vectorcall) {
    if (Vectorcall function = vectorcall_function(callable))
      return function(callable, args, flagged_count, names);
  }
  const auto count = static_cast<Py_ssize_t>(flagged_count & ~vectorcall_arguments_offset);
  PyObject* tuple = PyTuple_New(count);
  if (tuple == nullptr) return nullptr;
  Ref positional = steal(tuple);
  for (Py_ssize_t i = 0; i < count; i++) PyTuple_SetItem(tuple, i, borrow(args[i]).release());
  Ref keywords;
  if (names != nullptr) {
    keywords = steal(PyDict_New());
    if (!keywords) return nullptr;
    for (Py_ssize_t i = 0; i < PyTuple_Size(names); i++) {
      if (PyDict_SetItem(keywords.get(), PyTuple_GetItem(names, i), args[count + i]) < 0)
        return nullptr;
    }
  }
  return PyObject_Call(callable, tuple, keywords.get());
}

}  // namespace pybridge
