#pragma once
// libpython, opened at run time. One binary serves every CPython from 3.8, because
//   1. nothing here is compiled against one version's Python.h: objects are opaque;
//   2. every symbol comes from symbols.def, by name, from the library that the user chose;
//   3. what versions lack is null, and whoever uses it has another way.
// The names are CPython's own, so its manual applies.

#include <cstddef>
#include <cstdint>
#include <string>

namespace pybridge {

using Py_ssize_t = std::ptrdiff_t;
using Py_UCS4 = uint32_t;

struct PyObject;
struct PyTypeObject;
struct PyThreadState;
struct PyInterpreterState;

// Structs of the stable ABI, which no version changes (PEP 384; Py_buffer is in it since 3.11, and
// was the same before), the table of builtin modules, and PyStatus (PEP 587).
using PyCFunction = PyObject* (*)(PyObject* self, PyObject* args);
struct PyMethodDef {
  const char* name;
  PyCFunction function;
  int flags;
  const char* documentation;
};
struct PyMemberDef {
  const char* name;
  int type;
  Py_ssize_t offset;
  int flags;
  const char* documentation;
};
struct PyType_Slot {
  int slot;
  void* function;
};
struct PyType_Spec {
  const char* name;
  int basic_size;
  int item_size;
  unsigned int flags;
  PyType_Slot* slots;
};
struct Py_buffer {
  void* buf;
  PyObject* obj;
  Py_ssize_t len;
  Py_ssize_t itemsize;
  int readonly;
  int ndim;
  char* format;
  Py_ssize_t* shape;
  Py_ssize_t* strides;
  Py_ssize_t* suboffsets;
  void* internal;
};
struct PyInittab {
  const char* name;
  PyObject* (*initialize)();
};
struct PyStatus {
  int type;
  const char* function;
  const char* message;
  int exit_code;
};

constexpr int METH_VARARGS = 1;
constexpr int METH_NOARGS = 4;
constexpr int METH_O = 8;
constexpr int METH_KEYWORDS = 2;
constexpr int METH_FASTCALL = 0x80;

// Functions of METH_FASTCALL have other arguments than a PyCFunction.
template <typename Function>
PyCFunction untyped(Function function) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

#undef OPTIONAL  // <windows.h> has one, which means nothing
#define REQUIRED(result, name, arguments) inline result(*name) arguments = nullptr;
#define OPTIONAL(result, name, arguments) inline result(*name) arguments = nullptr;
#define DATA(type, name) inline type* name = nullptr;
#include "cpython/symbols.def"
#undef REQUIRED
#undef OPTIONAL
#undef DATA

// The version that is loaded, as 0x030B for 3.11; 0 before.
inline int python_version = 0;
// Built with --disable-gil: threads run at once, so containers are read from a snapshot.
inline bool free_threaded = false;

inline PyObject* const& Py_None = _Py_NoneStruct;
inline PyObject* const& Py_True = _Py_TrueStruct;
inline PyObject* const& Py_False = _Py_FalseStruct;

// Opens the library and fills the table above. Throws LIBRARY_LOAD, LIBRARY_CONFLICT,
// PYTHON_TOO_OLD.
void load_library(const std::string& path, int flags);

// What opening it gave.
inline void* python_library = nullptr;

}  // namespace pybridge
