#pragma once
// One door for failure: a Python exception becomes a C++ PythonError here, and nowhere else.

#include "cpython/ref.h"

namespace pybridge {

// An exception that Python raised. Caught before its thread detaches.
class PythonError {
 public:
  // Takes the exception that is set, normalised and with its traceback. A failure without an
  // exception, which a broken extension can cause, becomes a SystemError.
  static PythonError take();

  explicit PythonError(Ref exception) : exception_(std::move(exception)) {}
  PythonError(const PythonError& other) noexcept : exception_(borrow(other.exception_.get())) {}

  PyObject* exception() const { return exception_.get(); }
  bool is(PyObject* type) const;

  // Sets it again, for a Python caller.
  void restore() const;

 private:
  Ref exception_;
};

inline PyObject* check(PyObject* result) {
  if (result == nullptr) [[unlikely]]
    throw PythonError::take();
  return result;
}

inline int check(int result) {
  if (result < 0) [[unlikely]]
    throw PythonError::take();
  return result;
}

// For functions whose failure value is also an honest answer.
inline void check_no_error() {
  if (PyErr_Occurred() != nullptr) [[unlikely]]
    throw PythonError::take();
}

Ref attribute(PyObject* object, const char* name);
Ref import(const char* name);
Ref call(PyObject* callable, std::initializer_list<PyObject*> arguments);
Ref str(const std::string& utf8);
std::string utf8(PyObject* text);

}  // namespace pybridge
