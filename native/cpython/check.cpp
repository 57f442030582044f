#include "cpython/check.h"

#include <initializer_list>

namespace pybridge {

PythonError PythonError::take() {
  if (PyErr_Occurred() == nullptr)
    PyErr_SetString(*PyExc_SystemError, "a Python function failed without setting an exception");
  if (PyErr_GetRaisedException != nullptr) return PythonError(steal(PyErr_GetRaisedException()));

  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  steal(type);
  steal(traceback);
  return PythonError(steal(value));
}

bool PythonError::is(PyObject* type) const {
  return PyErr_GivenExceptionMatches(exception(), type) != 0;
}

void PythonError::restore() const {
  if (PyErr_SetRaisedException != nullptr) {
    PyErr_SetRaisedException(borrow(exception()).release());
    return;
  }
  PyErr_Restore(PyObject_Type(exception()), borrow(exception()).release(),
                PyException_GetTraceback(exception()));
}

Ref attribute(PyObject* object, const char* name) {
  return steal(check(PyObject_GetAttrString(object, name)));
}

Ref import(const char* name) { return steal(check(PyImport_ImportModule(name))); }

Ref call(PyObject* callable, std::initializer_list<PyObject*> arguments) {
  Ref tuple = steal(check(PyTuple_New(static_cast<Py_ssize_t>(arguments.size()))));
  Py_ssize_t index = 0;
  for (PyObject* argument : arguments)
    check(PyTuple_SetItem(tuple.get(), index++, borrow(argument).release()));
  return steal(check(PyObject_Call(callable, tuple.get(), nullptr)));
}

Ref str(const std::string& utf8) {
  return steal(
      check(PyUnicode_FromStringAndSize(utf8.data(), static_cast<Py_ssize_t>(utf8.size()))));
}

std::string utf8(PyObject* text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) throw PythonError::take();
  return {data, static_cast<size_t>(size)};
}

}  // namespace pybridge
