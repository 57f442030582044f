#include "cpython/layouts.h"

#include <cstring>
#include <string>

#include "cpython/check.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

using Vectorcall = PyObject* (*)(PyObject*, PyObject* const*, size_t, PyObject*);

constexpr unsigned long has_vectorcall = 1UL << 11;  // Py_TPFLAGS_HAVE_VECTORCALL

PyObject* as_object(PyTypeObject* type) { return reinterpret_cast<PyObject*>(type); }

Py_ssize_t integer_of(PyObject* object) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  check_no_error();
  return value;
}

Py_ssize_t basic_size_of(PyTypeObject* type) {
  return integer_of(attribute(as_object(type), "__basicsize__").get());
}

// In bytes; of a str, it grows where Python keeps more than its text.
size_t size_of(PyObject* object) {
  Ref type = steal(check(PyObject_Type(object)));
  Ref size = call(attribute(type.get(), "__sizeof__").get(), {object});
  return static_cast<size_t>(integer_of(size.get()));
}

// An object whose contents are known, and its size: rule 2.
class Known {
 public:
  explicit Known(PyObject* object) : Known(object, size_of(object)) {}
  Known(PyObject* object, size_t size) : object_(object), size_(size) {}

  bool has(size_t offset, size_t size) const { return offset <= size_ && size <= size_ - offset; }
  template <typename Member>
  bool has_member(size_t offset) const {
    return has(offset, sizeof(Member)) && offset % alignof(Member) == 0;
  }

  bool has_word(size_t offset, const void* expected) const {
    return has_word(offset, reinterpret_cast<Py_ssize_t>(expected));
  }
  bool has_word(size_t offset, Py_ssize_t expected) const {
    Py_ssize_t word = 0;
    if (!has_member<Py_ssize_t>(offset)) return false;
    std::memcpy(&word, at(offset), sizeof word);
    return word == expected;
  }
  const char* at(size_t offset) const { return reinterpret_cast<const char*>(object_) + offset; }
  PyObject* object() const { return object_; }

 private:
  PyObject* object_;
  size_t size_;
};

bool head_holds(const Layouts& table) {
  Ref none = borrow(Py_None), number = steal(check(PyFloat_FromDouble(0.5))), text = str("text"),
      list = steal(check(PyList_New(0))), tuple = steal(check(PyTuple_New(1)));
  for (PyObject* object : {none.get(), number.get(), text.get(), list.get(), tuple.get(),
                           as_object(PyLong_Type), as_object(PyType_Type)}) {
    Ref type = steal(check(PyObject_Type(object)));
    if (!Known(object).has_word(table.type, type.get())) return false;
  }
  return table.head == static_cast<size_t>(basic_size_of(PyBaseObject_Type));
}

// Debug builds count all shares together as well, and free-threaded ones each thread's by itself.
Counting assume_counting(int version) {
  if (free_threaded || PySys_GetObject("gettotalrefcount") != nullptr) return Counting::functions;
  return version < 0x030C ? Counting::word : Counting::immortals;
}

// The first word, before and after one more share is taken by the function.
bool counts(const Layouts& table, PyObject* object, bool immortal) {
  const auto count = [&]() -> Py_ssize_t {
    if (table.counting == Counting::word) return *reinterpret_cast<Py_ssize_t*>(object);
    return *reinterpret_cast<int32_t*>(object);
  };
  const Py_ssize_t before = count();
  Py_IncRef(object);
  const Py_ssize_t shared = count();
  Py_DecRef(object);
  if (count() != before) return false;
  return immortal ? before < 0 && shared == before : before >= 1 && shared == before + 1;
}

bool counting_holds(const Layouts& table) {
  Ref fresh = steal(check(PyFloat_FromDouble(0.25))), other = str("counted");
  const bool immortals = table.counting == Counting::immortals;
  return table.head >= sizeof(Py_ssize_t) && counts(table, fresh.get(), false) &&
         counts(table, other.get(), false) && counts(table, Py_None, immortals) &&
         counts(table, Py_True, immortals) && counts(table, as_object(PyLong_Type), immortals);
}

bool reads_integer(const Layouts& table, long long number, bool small) {
  Ref known = steal(check(PyLong_FromLongLong(number)));
  int32_t read = 0;
  if (!read_small_integer(table, known.get(), read)) return !small;
  return small && read == number;
}

bool integer_holds(const Layouts& table) {
  Ref one = steal(check(PyLong_FromLongLong(1)));  // zero says that it has no digit
  const Known known(one.get());
  if (!known.has_member<Py_ssize_t>(table.integer_size) ||
      !known.has_member<uint32_t>(table.integer_digit))
    return false;
  constexpr long long digit = 1LL << 30;
  for (long long number : {0LL, 1LL, -1LL, 7LL, -257LL, 1'000'003LL, digit - 1, 1 - digit})
    if (!reads_integer(table, number, true)) return false;
  for (long long number : {digit, -digit, digit * 4 + 1, digit * digit, -digit * digit * 2})
    if (!reads_integer(table, number, false)) return false;
  return true;
}

struct Units {
  int kind;
  bool ascii;
  const void* data;
  size_t length;

  size_t bytes(size_t count) const { return count * static_cast<size_t>(kind); }
  Ref make(size_t count) const {
    return steal(check(PyUnicode_FromKindAndData(kind, data, static_cast<Py_ssize_t>(count))));
  }
};

bool reads_back(const Layouts& table, const Known& known, const Units& units, size_t length) {
  if (!known.has_member<Py_ssize_t>(table.text_length) ||
      !known.has_member<uint32_t>(table.text_state))
    return false;
  Text text;
  if (!read_text(table, known.object(), text) || text.kind != units.kind ||
      text.length != static_cast<Py_ssize_t>(length))
    return false;
  const size_t offset = units.ascii ? table.text_ascii : table.text_compact;
  const char nothing[4] = {};  // after the last code point
  return text.data == known.at(offset) && known.has(offset, units.bytes(length + 1)) &&
         std::memcmp(text.data, units.data, units.bytes(length)) == 0 &&
         std::memcmp(known.at(offset + units.bytes(length)), nothing, units.bytes(1)) == 0;
}

// The first `length` of these units, before and after Python keeps more in the str: its hash, its
// UTF-8 (surrogates have none), that it is interned.
bool reads_back(const Layouts& table, const Units& units, size_t head, size_t length) {
  const size_t size = head + units.bytes(length + 1);
  Ref object = units.make(length);
  if (!reads_back(table, Known(object.get(), size), units, length)) return false;
  call(attribute(object.get(), "__hash__").get(), {});
  Py_ssize_t ignored = 0;
  if (PyUnicode_AsUTF8AndSize(object.get(), &ignored) == nullptr) PyErr_Clear();
  PyObject* interned = object.release();
  PyUnicode_InternInPlace(&interned);
  object = steal(interned);
  return reads_back(table, Known(object.get(), size), units, length);
}

bool reads_back(const Layouts& table, const Units& units) {
  const size_t head = size_of(units.make(units.length).get()) - units.bytes(units.length + 1);
  for (const size_t length : {size_t{1}, size_t{2}, units.length}) {
    if (!reads_back(table, units, head, length)) return false;
  }
  return !units.ascii || reads_back(table, units, head, 0);
}

// A str of a subclass is never compact, as a str of the old kind is not before 3.12.
bool leaves_alone_what_is_not_compact(const Layouts& table) {
  Ref bases = steal(check(PyTuple_New(1)));
  check(PyTuple_SetItem(bases.get(), 0, borrow(as_object(PyUnicode_Type)).release()));
  Ref members = steal(check(PyDict_New()));
  Ref type = call(as_object(PyType_Type), {str("text").get(), bases.get(), members.get()});
  const char* contents[] = {"", "a str", "\xC3\xA9", "\xF0\x9F\x98\x80"};
  for (const char* utf8 : contents) {
    Ref object = call(type.get(), {str(utf8).get()});
    Text text;
    if (read_text(table, object.get(), text)) return false;
  }
  return true;
}

bool text_holds(const Layouts& table) {
  if (table.text_kind_shift < 0 || table.text_kind_shift > 32 - 5) return false;
  const std::string ascii = "the layout of an ascii str" + std::string(300, '.');
  const unsigned char latin1[] = {0xE9, 'a', 0xFF, 0x80, 'b'};
  const uint16_t wide[] = {0x2603, 'a', 0xD800, 0xFFFF, 0x100};
  const uint32_t astral[] = {0x1F600, 'a', 0x10FFFF, 0x10000, 0xDFFF};
  for (const Units& units : {Units{1, true, ascii.data(), ascii.size()}, Units{1, false, latin1, 5},
                             Units{2, false, wide, 5}, Units{4, false, astral, 5}}) {
    if (!reads_back(table, units)) return false;
  }
  return leaves_alone_what_is_not_compact(table);
}

Vectorcall vectorcall_function(const Layouts& table, PyObject* callable) {
  PyTypeObject* type = type_of(callable);
  if ((PyType_GetFlags(type) & has_vectorcall) == 0) return nullptr;
  Py_ssize_t offset = 0;
  std::memcpy(&offset, reinterpret_cast<char*>(type) + table.type_vectorcall, sizeof offset);
  Vectorcall function;
  std::memcpy(&function, reinterpret_cast<char*>(callable) + offset, sizeof function);
  return function;
}

// In the versions that need this, the function is the last member of everything that has one.
// Called only when that has shown the offset to be right.
bool vectorcall_holds(const Layouts& table) {
  Ref len = attribute(import("builtins").get(), "len");
  Ref machinery = import("_frozen_importlib");
  Ref function = attribute(machinery.get(), "_verbose_message");
  Ref importer = attribute(machinery.get(), "BuiltinImporter");
  Ref method = attribute(importer.get(), "find_spec");
  Ref descriptor = attribute(as_object(PyUnicode_Type), "join");
  for (PyObject* callable : {len.get(), function.get(), method.get(), descriptor.get()}) {
    Ref type = steal(check(PyObject_Type(callable)));
    auto* its_type = reinterpret_cast<PyTypeObject*>(type.get());
    const auto last = basic_size_of(its_type) - static_cast<Py_ssize_t>(sizeof(Vectorcall));
    if ((PyType_GetFlags(its_type) & has_vectorcall) == 0 ||
        !Known(type.get()).has_word(table.type_vectorcall, last))
      return false;
  }
  for (PyTypeObject* type : {PyLong_Type, PyTuple_Type, PyUnicode_Type}) {
    if (!Known(as_object(type)).has_word(table.type_vectorcall, Py_ssize_t{0})) return false;
  }
  Ref three = steal(check(PyTuple_New(3)));
  PyObject* arguments[] = {three.get()};
  Ref answer =
      steal(check(vectorcall_function(table, len.get())(len.get(), arguments, 1, nullptr)));
  return integer_of(answer.get()) == 3;
}

bool tuple_holds(const Layouts& table) {
  for (const Py_ssize_t count : {1, 2, 25}) {
    Ref tuple = steal(check(PyTuple_New(count)));
    for (Py_ssize_t i = 0; i < count; i++)
      check(PyTuple_SetItem(tuple.get(), i,
                            steal(check(PyFloat_FromDouble(static_cast<double>(i)))).release()));
    const Known known(tuple.get());
    for (Py_ssize_t i = 0; i < count; i++) {
      const size_t offset = table.tuple_items + static_cast<size_t>(i) * sizeof(PyObject*);
      if (!known.has_word(offset, check(PyTuple_GetItem(tuple.get(), i)))) return false;
    }
  }
  return true;
}

// The items of a list are found through a pointer, which is followed only where it is right.
bool list_holds(const Layouts& table) {
  for (const Py_ssize_t count : {1, 2, 25}) {
    Ref list = steal(check(PyList_New(count)));
    for (Py_ssize_t i = 0; i < count; i++)
      check(PyList_SetItem(list.get(), i,
                           steal(check(PyFloat_FromDouble(static_cast<double>(i)))).release()));
    const Known known(list.get(), table.head + 3 * sizeof(void*));
    if (!known.has_word(table.head, count) || !known.has_member<PyObject**>(table.list_items) ||
        table.list_items == table.head)
      return false;
    Py_ssize_t allocated = 0;
    std::memcpy(&allocated, known.at(table.head + 2 * sizeof(void*)), sizeof allocated);
    if (table.list_items != table.head + sizeof(void*) || allocated < count || allocated > 1000)
      return false;
    PyObject** items = nullptr;
    std::memcpy(&items, known.at(table.list_items), sizeof items);
    for (Py_ssize_t i = 0; i < count; i++) {
      if (items[i] != check(PyList_GetItem(list.get(), i))) return false;
    }
  }
  return true;
}

bool number_holds(const Layouts& table) {
  for (const double number : {0.5, -1.0 / 3, 1e300}) {
    Ref object = steal(check(PyFloat_FromDouble(number)));
    const Known known(object.get());
    double read = 0;
    if (!known.has_member<double>(table.number_value)) return false;
    std::memcpy(&read, known.at(table.number_value), sizeof read);
    if (read != number) return false;
  }
  return true;
}

struct Reading {
  bool Layouts::* may;
  bool (*holds)(const Layouts& table);
};

constexpr Reading readings[] = {
    {&Layouts::integer, integer_holds},
    {&Layouts::text, text_holds},
    {&Layouts::vectorcall, vectorcall_holds},
    {&Layouts::tuple, tuple_holds},
    {&Layouts::list, list_holds},
    {&Layouts::number, number_holds},
};

}  // namespace

// The head grew on free-threaded builds, and on debug builds before 3.12, and the type moved.
Layouts find_head() {
  Layouts found;
  found.head = static_cast<size_t>(basic_size_of(PyBaseObject_Type));
  for (; found.type + sizeof(void*) <= found.head; found.type += sizeof(void*)) {
    if (head_holds(found)) return found;
  }
  throw BridgeError(Code::START_FAILED, "the type of an object was not found in its head");
}

Layouts assume_layouts(Layouts found, int version) {
  constexpr size_t word = sizeof(void*);
  Layouts table = found;
  table.counting = assume_counting(version);

  table.integer = true;
  table.integer_size = table.head;
  table.integer_digit = table.head + word;
  table.integer_tagged = version >= 0x030C;

  const bool has_wstr = version < 0x030C;  // removed by PEP 623
  table.text = true;
  table.text_length = table.head;
  table.text_state = table.head + 2 * word;
  // `interned` takes two bits before it, or a byte that is read without a lock.
  table.text_kind_shift = free_threaded && version >= 0x030E ? 8 : 2;
  table.text_ascii = table.head + (has_wstr ? 4 : 3) * word;
  table.text_compact = table.head + (has_wstr ? 7 : 5) * word;

  // tp_basicsize, tp_itemsize, tp_dealloc and tp_vectorcall_offset follow ob_size and tp_name.
  table.vectorcall = PyObject_Vectorcall == nullptr;
  table.type_vectorcall = table.head + 5 * word;

  table.tuple = true;
  table.tuple_items = static_cast<size_t>(basic_size_of(PyTuple_Type));  // it tells

  table.list = true;
  table.list_items = table.head + word;

  table.number = true;
  table.number_value = table.head;
  return table;
}

Layouts keep_what_holds(const Layouts& assumed) {
  if (!head_holds(assumed))
    throw BridgeError(Code::START_FAILED, "the head of an object is not as it was found");
  Layouts kept = assumed;
  if (assumed.counting != Counting::functions && !counting_holds(assumed))
    kept.counting = Counting::functions;
  for (const Reading& reading : readings)
    kept.*reading.may = assumed.*reading.may && reading.holds(assumed);
  return kept;
}

void verify_layouts(bool wanted) {
  layouts = find_head();
  if (wanted) layouts = keep_what_holds(assume_layouts(layouts, python_version));
}

PyObject* vectorcall_by_layout(PyObject* callable, PyObject* const* args, size_t flagged_count,
                               PyObject* names) {
  if (layouts.vectorcall) {
    if (Vectorcall function = vectorcall_function(layouts, callable))
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
