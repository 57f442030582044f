#include "convert/scalar.h"

#include <cmath>

#include "convert/integer.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

napi_value bytes_to_js(napi_env env, PyObject* value) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  check(PyBytes_AsStringAndSize(value, &data, &size));
  napi_value result = nullptr;
  const napi_status status =
      napi_create_buffer_copy(env, static_cast<size_t>(size), data, nullptr, &result);
  if (status == napi_generic_failure)
    throw BridgeError(Code::CONVERSION, "bytes of " + std::to_string(size) + " are too long");
  node_check(env, status);
  return result;
}

}  // namespace

bool is_whole(double number) {
  if (!(std::fabs(number) <= static_cast<double>(integer::max_safe))) return false;  // NaN too
  const auto whole = static_cast<long long>(number);
  return static_cast<double>(whole) == number && (whole != 0 || !std::signbit(number));
}

Ref number_to_python(napi_env env, napi_value value) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) return {};
  return steal(check(is_whole(number) ? PyLong_FromLongLong(static_cast<long long>(number))
                                      : PyFloat_FromDouble(number)));
}

napi_value scalar_to_js(Context& context, PyObject* value) {
  napi_env env = context.env;
  napi_value result = nullptr;
  PyTypeObject* type = type_of(value);
  if (type == PyLong_Type) return integer::to_js(env, value);
  if (type == PyFloat_Type) {
    node_check(env, napi_create_double(env, PyFloat_AsDouble(value), &result));
  } else if (type == PyUnicode_Type) {
    return text::to_js(context, value);
  } else if (value == Py_None) {
    node_check(env, napi_get_null(env, &result));
  } else if (type == PyBool_Type) {
    node_check(env, napi_get_boolean(env, value == Py_True, &result));
  } else if (type == PyBytes_Type) {
    return bytes_to_js(env, value);
  } else if (type == context.special.big_int) {
    return integer::to_js_bigint(env, value);
  }
  return result;
}

Ref scalar_to_python(Context& context, napi_value value, napi_valuetype type) {
  napi_env env = context.env;
  switch (type) {
    case napi_string:  return text::to_python(env, value);
    case napi_boolean: {
      bool truth = false;
      node_check(env, napi_get_value_bool(env, value, &truth));
      return borrow(truth ? Py_True : Py_False);
    }
    case napi_null:      return borrow(Py_None);
    case napi_undefined: return borrow(context.special.undefined);
    case napi_bigint:    return integer::bigint_to_python(context, value);
    default:             return {};
  }
}

}  // namespace pybridge
