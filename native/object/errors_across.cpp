#include "object/errors_across.h"

#include <new>

#include "convert/encode.h"
#include "convert/scalar.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "object/js_objects.h"

namespace pybridge {
namespace {

napi_value string(napi_env env, const std::string& utf8) {
  napi_value result = nullptr;
  node_check(env, napi_create_string_utf8(env, utf8.data(), utf8.size(), &result));
  return result;
}

// The value that JavaScript threw and Python hands back: the identical one. Null where Python made
// the exception, or its object lives in another environment.
napi_value thrown_by_js(ErrorBridge& bridge, PyObject* exception) {
  if (error_functions.describe == nullptr ||
      (!is_instance(exception, error_functions.js_error_type) &&
       !is_instance(exception, error_functions.bridge_error_type)))
    return nullptr;
  Ref thrown = attribute(exception, "_thrown");
  if (thrown.get() == Py_None) return nullptr;
  PyObject* value = check(PyTuple_GetItem(thrown.get(), 0));
  napi_value object = bridge.js_object(value);
  if (object != nullptr) return object;
  return type_of(value) == make_js_proxy_type() ? nullptr : to_js_value(bridge, value, copying);
}

// A name of a class, whatever its metaclass does.
Ref name_or(PyObject* type, const char* which, const char* otherwise) {
  try {
    return attribute(type, which);
  } catch (const PythonError&) {
    return str(otherwise);
  }
}

// The links where describing failed, which runs code of the exception's: the stack may be full.
Ref undescribed(PyObject* exception) {
  Ref links = steal(check(PyList_New(1)));
  Ref link = steal(check(PyTuple_New(5)));
  PyObject* type = reinterpret_cast<PyObject*>(type_of(exception));
  check(PyTuple_SetItem(link.get(), 0, borrow(exception).release()));
  check(PyTuple_SetItem(link.get(), 1, name_or(type, "__name__", "BaseException").release()));
  check(PyTuple_SetItem(link.get(), 2, name_or(type, "__module__", "builtins").release()));
  check(PyTuple_SetItem(link.get(), 3, str("<unprintable>").release()));
  check(PyTuple_SetItem(link.get(), 4, borrow(Py_None).release()));
  check(PyList_SetItem(links.get(), 0, link.release()));
  return links;
}

Ref describe(PyObject* exception) {
  try {
    return call(error_functions.describe, {exception});
  } catch (const PythonError&) {
    return undescribed(exception);
  }
}

// One link of `errors.describe`: (exception, type, module, message, code).
napi_value link_to_js(ErrorBridge& bridge, PyObject* link, napi_value cause) {
  PyObject* exception = check(PyTuple_GetItem(link, 0));
  if (napi_value thrown = thrown_by_js(bridge, exception)) return thrown;
  std::array<napi_value, 5> about{};
  for (size_t i = 0; i < 3; i++) {
    PyObject* part = check(PyTuple_GetItem(link, static_cast<Py_ssize_t>(i) + 1));
    about[i] = to_js_value(bridge, part, copying);
  }
  about[3] = cause;
  about[4] = to_js_value(bridge, check(PyTuple_GetItem(link, 4)), copying);
  return bridge.make_error(bridge.proxy(exception), about);
}

void throw_bridge_error(ErrorBridge& bridge, const BridgeError& error) {
  napi_value made = bridge.make_bridge_error(string(bridge.env, code_name(error.code())),
                                             string(bridge.env, error.detail()));
  napi_throw(bridge.env, made);
}

void set_bridge_error(const BridgeError& error) {
  Ref made = call(
      error_functions.bridge_error,
      {str(code_name(error.code())).get(), str(error.detail()).get(), str(error.what()).get()});
  PyErr_SetObject(reinterpret_cast<PyObject*>(type_of(made.get())), made.get());
}

// What JavaScript has pending; null where it may not run any more.
napi_value take_pending(napi_env env) {
  bool pending = false;
  napi_value thrown = nullptr;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return nullptr;
  return napi_get_and_clear_last_exception(env, &thrown) == napi_ok ? thrown : nullptr;
}

void raise_ended(ErrorBridge& bridge) noexcept {
  bridge.javascript_ended();
  try {
    set_bridge_error(BridgeError(Code::ENDED, "JavaScript may not run any more"));
  } catch (const PythonError& error) {
    error.restore();
  }
}

}  // namespace

napi_value error_to_js(ErrorBridge& bridge, PyObject* exception) {
  if (napi_value thrown = thrown_by_js(bridge, exception)) return thrown;
  if (error_functions.describe == nullptr) return bridge.proxy(exception);
  Ref links = describe(exception);
  napi_value error = nullptr;
  node_check(bridge.env, napi_get_undefined(bridge.env, &error));
  for (Py_ssize_t i = PyList_Size(links.get()); i-- > 0;)
    error = link_to_js(bridge, check(PyList_GetItem(links.get(), i)), error);
  return error;
}

void throw_js(ErrorBridge& bridge) noexcept {
  try {
    try {
      throw;
    } catch (const PythonError& error) {
      napi_throw(bridge.env, error_to_js(bridge, error.exception()));
    } catch (const BridgeError& error) {
      throw_bridge_error(bridge, error);
    } catch (const std::bad_alloc&) {
      napi_throw_error(bridge.env, "ERR_MEMORY_ALLOCATION_FAILED", "out of memory");
    }
  } catch (const JsPending&) {
    // Node has the exception already, or may not run JavaScript any more.
  } catch (const std::exception& error) {
    napi_throw_error(bridge.env, "ERR_PYBRIDGE", error.what());
  } catch (...) {
    napi_throw_error(bridge.env, "ERR_PYBRIDGE", "the Python exception could not be described");
  }
}

void raise_python(ErrorBridge& bridge) noexcept {
  try {
    throw;
  } catch (const JsPending&) {
    raise_pending(bridge);
  } catch (...) {
    raise_python_here();
  }
}

void raise_python_here() noexcept {
  try {
    try {
      throw;
    } catch (const PythonError& error) {
      error.restore();
    } catch (const BridgeError& error) {
      set_bridge_error(error);
    } catch (const std::bad_alloc&) {
      PyErr_NoMemory();
    }
  } catch (...) {
    PyErr_SetString(*PyExc_RuntimeError, "an error of the bridge could not be described");
  }
}

void raise_pending(ErrorBridge& bridge) noexcept {
  try {
    napi_value thrown = take_pending(bridge.env);
    if (thrown == nullptr) return raise_ended(bridge);
    Ref described = bridge.describe_thrown(thrown);
    if (is_instance(described.get(), PyTuple_Type))
      described = steal(check(PyObject_Call(error_functions.js_error, described.get(), nullptr)));
    PyErr_SetObject(reinterpret_cast<PyObject*>(type_of(described.get())), described.get());
  } catch (const PythonError& error) {
    error.restore();
  } catch (...) {
    // Nothing of JavaScript runs where its stack is full, or where it ends meanwhile. What it has
    // pending must not stay.
    if (take_pending(bridge.env) == nullptr) return raise_ended(bridge);
    PyErr_SetString(*PyExc_RecursionError, "an error of JavaScript could not be described");
  }
}

}  // namespace pybridge
