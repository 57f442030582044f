#pragma once
// Failures on their way across: any C++ exception → JavaScript, and a JavaScript exception →
// Python. Nobody else translates them.

#include <node_api.h>

#include <array>

#include "convert/context.h"

namespace pybridge {

// What translating asks of the call room.
struct ErrorBridge : Context {
  // JavaScript's `makeError(proxy, type, module, message, cause, code)`.
  virtual napi_value make_error(napi_value proxy, const std::array<napi_value, 5>& about) = 0;
  // JavaScript's `makeBridgeError(code, detail)`.
  virtual napi_value make_bridge_error(napi_value code, napi_value detail) = 0;
  // JavaScript's `describe(thrown)`, decoded: the exception itself where it came from Python, else
  // (name, message, stack, object, code or None).
  virtual Ref describe_thrown(napi_value thrown) = 0;
  // Python called JavaScript, and no JavaScript may run any more.
  virtual void javascript_ended() = 0;
  // The plain proxy of an exception.
  virtual napi_value proxy(PyObject* object) = 0;
  // The JavaScript value of a JsProxy of this environment, else null.
  virtual napi_value js_object(PyObject* object) = 0;
};

// Functions of python/pybridge/errors.py.
struct ErrorFunctions {
  PyObject* describe = nullptr;
  PyObject* js_error = nullptr;
  PyObject* bridge_error = nullptr;
  PyTypeObject* js_error_type = nullptr;
  PyTypeObject* bridge_error_type = nullptr;
};
inline ErrorFunctions error_functions;

// The Error that stands for a Python exception. Runs user code (`__str__`).
napi_value error_to_js(ErrorBridge& bridge, PyObject* exception);

// Throws, in JavaScript, the C++ exception that is being handled. Attached.
void throw_js(ErrorBridge& bridge) noexcept;

// Sets, in Python, the exception that JavaScript has pending, or says that it may not run.
void raise_pending(ErrorBridge& bridge) noexcept;

// Sets, in Python, the C++ exception that is being handled.
void raise_python(ErrorBridge& bridge) noexcept;

// The same on a thread that has no JavaScript of its own.
void raise_python_here() noexcept;

}  // namespace pybridge
