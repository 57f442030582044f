#include "convert/dates.h"

#include <array>

#include "cpython/check.h"
#include "cpython/layouts.h"

namespace pybridge::dates {
namespace {

// Kept for good, as the modules themselves are.
struct Functions {
  PyTypeObject* datetime = nullptr;
  PyTypeObject* date = nullptr;  // pybridge.Date
  PyObject* describe = nullptr;
  PyObject* make_date = nullptr;
  PyObject* make_datetime = nullptr;
};
Functions functions;

void import_functions() {
  Ref module = import("pybridge.dates");
  const auto kept = [&](const char* name) { return attribute(module.get(), name).release(); };
  functions.describe = kept("describe");
  functions.make_date = kept("make_date");
  functions.make_datetime = kept("make_datetime");
  functions.date = reinterpret_cast<PyTypeObject*>(kept("Date"));
  functions.datetime = reinterpret_cast<PyTypeObject*>(kept("datetime"));
}

bool are_imported() {
  if (functions.datetime != nullptr) return true;
  static PyObject* const name = str("datetime").release();  // asked for with every reference
  if (PyDict_GetItemWithError(PyImport_GetModuleDict(), name) == nullptr) {
    check_no_error();
    return false;
  }
  import_functions();
  return true;
}

Ref number(double value) {
  return steal(check(PyLong_FromLongLong(static_cast<long long>(value))));
}

}  // namespace

bool is_datetime(PyObject* object) {
  return are_imported() &&
         (type_of(object) == functions.datetime || type_of(object) == functions.date);
}

// (time, wall, microsecond, fold, tzinfo, is naive); of a Date only its time; or None.
napi_value to_js(Context& context, PyObject* object) {
  Ref parts = call(functions.describe, {object});
  if (parts.get() == Py_None) return nullptr;
  napi_env env = context.env;
  napi_value result = nullptr;
  if (type_of(parts.get()) != PyTuple_Type) {
    node_check(env, napi_create_date(env, PyFloat_AsDouble(parts.get()), &result));
    return result;
  }
  std::array<napi_value, 6> values{};
  for (size_t i = 0; i < values.size(); i++) {
    PyObject* part = check(PyTuple_GetItem(parts.get(), static_cast<Py_ssize_t>(i)));
    if (i < 4)
      node_check(env, napi_create_double(env, PyFloat_AsDouble(part), &values[i]));
    else if (part == Py_None)
      node_check(env, napi_get_null(env, &values[i]));
    else if (i == 4)
      values[i] = context.reference(part);
    else
      node_check(env, napi_get_boolean(env, part == Py_True, &values[i]));
  }
  return context.make_date(values.data(), values.size());
}

Ref date(double milliseconds) {
  if (functions.make_date == nullptr) import_functions();
  return call(functions.make_date, {number(milliseconds).get()});
}

Ref datetime(double wall, int32_t microsecond, int32_t fold, PyObject* timezone) {
  if (functions.make_datetime == nullptr) import_functions();
  return call(functions.make_datetime,
              {number(wall).get(), number(microsecond).get(), number(fold).get(), timezone});
}

}  // namespace pybridge::dates
