#include "convert/carried.h"

#include "convert/integer.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"

namespace pybridge {

bool carry(const Special& special, PyObject* object, Carried& carried) {
  PyTypeObject* type = type_of(object);
  if (type == PyLong_Type) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0 || number > integer::max_safe || number < -integer::max_safe) return false;
    carried = static_cast<int64_t>(number);
  } else if (type == PyFloat_Type) {
    carried = PyFloat_AsDouble(object);
  } else if (object == Py_None) {
    carried = nullptr;
  } else if (type == PyBool_Type) {
    carried = object == Py_True;
  } else if (type == PyUnicode_Type) {
    int32_t units = 0;
    return text::append_latin1(object, carried.emplace<std::string>(), units);
  } else if (object == special.undefined) {
    carried = Undefined{};
  } else {
    return false;
  }
  return true;
}

Ref to_python(const Special& special, const Carried& carried) {
  struct Visitor {
    const Special& special;
    Ref operator()(std::nullptr_t) const { return borrow(Py_None); }
    Ref operator()(Undefined) const { return borrow(special.undefined); }
    Ref operator()(bool truth) const { return borrow(truth ? Py_True : Py_False); }
    Ref operator()(int64_t number) const { return steal(check(PyLong_FromLongLong(number))); }
    Ref operator()(double number) const { return steal(check(PyFloat_FromDouble(number))); }
    Ref operator()(const std::string& latin1) const {
      return steal(check(
          PyUnicode_FromKindAndData(1, latin1.data(), static_cast<Py_ssize_t>(latin1.size()))));
    }
    Ref operator()(const std::u16string& units) const {
      return text::to_python(units.data(), units.size());
    }
  };
  return std::visit(Visitor{special}, carried);
}

bool carry(napi_env env, napi_value value, Carried& carried) {
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  switch (type) {
    case napi_undefined: carried = Undefined{}; return true;
    case napi_null:      carried = nullptr; return true;
    case napi_boolean:   {
      bool truth = false;
      node_check(env, napi_get_value_bool(env, value, &truth));
      carried = truth;
      return true;
    }
    case napi_number: {
      double number = 0;
      node_check(env, napi_get_value_double(env, value, &number));
      if (is_whole(number))
        carried = static_cast<int64_t>(number);
      else
        carried = number;
      return true;
    }
    case napi_string: {
      const std::vector<char16_t> units = text::units_of(env, value);
      carried.emplace<std::u16string>(units.begin(), units.end());
      return true;
    }
    default: return false;
  }
}

napi_value to_js(napi_env env, const Carried& carried) {
  struct Visitor {
    napi_env env;
    napi_value result = nullptr;
    void operator()(std::nullptr_t) { node_check(env, napi_get_null(env, &result)); }
    void operator()(Undefined) { node_check(env, napi_get_undefined(env, &result)); }
    void operator()(bool truth) { node_check(env, napi_get_boolean(env, truth, &result)); }
    void operator()(int64_t number) {
      if (number == static_cast<int32_t>(number))
        node_check(env, napi_create_int32(env, static_cast<int32_t>(number), &result));
      else
        node_check(env, napi_create_double(env, static_cast<double>(number), &result));
    }
    void operator()(double number) { node_check(env, napi_create_double(env, number, &result)); }
    void operator()(const std::string& latin1) {
      node_check(env, napi_create_string_latin1(env, latin1.data(), latin1.size(), &result));
    }
    void operator()(const std::u16string& units) {
      node_check(env, napi_create_string_utf16(env, units.data(), units.size(), &result));
    }
  };
  Visitor visitor{env};
  std::visit(visitor, carried);
  return visitor.result;
}

}  // namespace pybridge
