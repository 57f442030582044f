// The floor: each function does exactly one thing, in the cheapest way known, and nothing else. No
// type is checked, no other value converted, and an error ends the process. Every workload exists
// twice: attaching and detaching on each call, and on a thread that is attached already.

#include "addon.h"

static PyObject *noop_function, *add_function, *named_function, *names, *hello_function;
static PyObject *callbacks_function, *make_function, *boom_function, *letters_function;
static PyObject* known[3];  // objects that JavaScript names by their index
enum { THING, NUMBER, ADD };

WORKLOAD(noop) {
  Py_DECREF(check(PyObject_Vectorcall(noop_function, NULL, 0, NULL)));
  napi_value result;
  napi_get_null(env, &result);
  return result;
}

WORKLOAD(add) {
  ARGUMENTS(2);
  PyObject* stack[] = {NULL, int_to_python(env, arguments[0]), int_to_python(env, arguments[1])};
  PyObject* sum =
      check(PyObject_Vectorcall(add_function, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  Py_DECREF(stack[1]);
  Py_DECREF(stack[2]);
  return give_int_to_js(env, sum);
}

// Called by an accessor on a JavaScript class: cheaper than a native accessor that unwraps `this`.
WORKLOAD(read) {
  ARGUMENTS(2);
  int32_t object, name;
  napi_get_value_int32(env, arguments[0], &object);
  napi_get_value_int32(env, arguments[1], &name);
  return give_int_to_js(env, check(PyObject_GetAttr(known[object], known[name])));
}

// Looks the method up each time, as Python does: what it finds is never stale.
WORKLOAD(method) {
  ARGUMENTS(4);
  int32_t object, name;
  napi_get_value_int32(env, arguments[0], &object);
  napi_get_value_int32(env, arguments[1], &name);
  PyObject* stack[] = {NULL, known[object], int_to_python(env, arguments[2]),
                       int_to_python(env, arguments[3])};
#if PY_VERSION_HEX < 0x03090000
  PyObject* bound = check(PyObject_GetAttr(known[object], known[name]));
  PyObject* answer = check(PyObject_Vectorcall(bound, stack + 2, 2, NULL));
  Py_DECREF(bound);
#else
  PyObject* answer = check(
      PyObject_VectorcallMethod(known[name], stack + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
#endif
  Py_DECREF(stack[2]);
  Py_DECREF(stack[3]);
  return give_int_to_js(env, answer);
}

// The names are one tuple, made once.
WORKLOAD(named) {
  ARGUMENTS(3);
  PyObject* stack[] = {NULL, int_to_python(env, arguments[0]), int_to_python(env, arguments[1]),
                       int_to_python(env, arguments[2])};
  PyObject* sum =
      check(PyObject_Vectorcall(named_function, stack + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, names));
  for (int i = 1; i <= 3; i++) Py_DECREF(stack[i]);
  return give_int_to_js(env, sum);
}

// ASCII up to 63 characters, but found to be so.
WORKLOAD(hello) {
  ARGUMENTS(1);
  char16_t units[64], all = 0;
  size_t length;
  napi_get_value_string_utf16(env, arguments[0], units, 64, &length);
  for (size_t i = 0; i < length; i++) all |= units[i];
  if (all > 127) abort();
  PyObject* text = check(PyUnicode_New((Py_ssize_t)length, 127));
  Py_UCS1* characters = PyUnicode_1BYTE_DATA(text);
  for (size_t i = 0; i < length; i++) characters[i] = (Py_UCS1)units[i];

  PyObject* stack[] = {NULL, text};
  PyObject* answer = check(
      PyObject_Vectorcall(hello_function, stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  Py_DECREF(text);
  if (!PyUnicode_IS_COMPACT_ASCII(answer)) abort();
  napi_value result;
  napi_create_string_latin1(env, (const char*)PyUnicode_1BYTE_DATA(answer),
                            (size_t)PyUnicode_GET_LENGTH(answer), &result);
  Py_DECREF(answer);
  return result;
}

static napi_env callback_env;
static napi_ref callback_function;

static inline PyObject* call_js(PyObject* argument, int detach) {
  napi_env env = callback_env;
  napi_handle_scope scope;
  napi_value function, receiver, result;
  napi_open_handle_scope(env, &scope);
  napi_get_reference_value(env, callback_function, &function);
  napi_get_undefined(env, &receiver);
  napi_value value = int_to_js(env, argument);
  if (detach) PyEval_SaveThread();
  napi_status status = napi_call_function(env, receiver, function, 1, &value, &result);
  if (detach) PyEval_RestoreThread(thread);
  if (status != napi_ok) abort();
  PyObject* answer = int_to_python(env, result);
  napi_close_handle_scope(env, scope);
  return answer;
}

static PyObject* call_js_detached(PyObject* self, PyObject* argument) {
  return call_js(argument, 1);
}

static PyObject* call_js_attached(PyObject* self, PyObject* argument) {
  return call_js(argument, 0);
}

static napi_value callbacks(napi_env env, napi_callback_info info, PyMethodDef* method) {
  ARGUMENTS(2);
  callback_env = env;
  napi_create_reference(env, arguments[0], 1, &callback_function);
  PyObject* function = check(PyCFunction_New(method, NULL));
  PyObject* stack[] = {function, int_to_python(env, arguments[1])};
  PyObject* answer = check(PyObject_Vectorcall(callbacks_function, stack, 2, NULL));
  Py_DECREF(stack[0]);
  Py_DECREF(stack[1]);
  napi_delete_reference(env, callback_function);
  return give_int_to_js(env, answer);
}

static napi_value callbacks_attached(napi_env env, napi_callback_info info) {
  static PyMethodDef method = {"attached", call_js_attached, METH_O, NULL};
  return callbacks(env, info, &method);
}

static napi_value callbacks_attaching(napi_env env, napi_callback_info info) {
  static PyMethodDef method = {"detached", call_js_detached, METH_O, NULL};
  PyEval_RestoreThread(thread);
  napi_value result = callbacks(env, info, &method);
  PyEval_SaveThread();
  return result;
}

static void release(napi_env env, void* object, void* hint) {
  PyEval_RestoreThread(thread);
  Py_DECREF((PyObject*)object);
  PyEval_SaveThread();
}

// A proxy at its plainest: an object that holds a reference until V8 has collected it.
WORKLOAD(make) {
  PyObject* object = check(PyObject_Vectorcall(make_function, NULL, 0, NULL));
  napi_value result;
  napi_create_object(env, &result);
  napi_wrap(env, result, object, release, NULL, NULL);
  return result;
}

// An Error with the message, and its stack, which V8 writes.
WORKLOAD(boom) {
  if (PyObject_Vectorcall(boom_function, NULL, 0, NULL) != NULL) abort();
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  PyObject* message = check(PyObject_Str(value));
  napi_throw_error(env, NULL, PyUnicode_AsUTF8(message));
  Py_DECREF(message);
  Py_DECREF(type);
  Py_DECREF(value);
  Py_XDECREF(traceback);
  return NULL;
}

// Copied: an external string needs a function that Node 20 calls experimental.
WORKLOAD(letters) {
  PyObject* text = check(PyObject_Vectorcall(letters_function, NULL, 0, NULL));
  if (!PyUnicode_IS_COMPACT_ASCII(text)) abort();
  napi_value result;
  napi_create_string_latin1(env, (const char*)PyUnicode_1BYTE_DATA(text),
                            (size_t)PyUnicode_GET_LENGTH(text), &result);
  Py_DECREF(text);
  return result;
}

static napi_value attach(napi_env env, napi_callback_info info) {
  PyEval_RestoreThread(thread);
  return NULL;
}

// start(executable, source)
static napi_value start(napi_env env, napi_callback_info info) {
  if (start_python(env, info)) {
    noop_function = object_named("noop");
    add_function = object_named("add");
    hello_function = object_named("hello");
    callbacks_function = object_named("callbacks");
    make_function = object_named("make");
    named_function = object_if_named("named");
    names = check(Py_BuildValue("(sss)", "a", "b", "c"));
    boom_function = object_if_named("boom");
    letters_function = object_if_named("letters");
    known[THING] = object_named("thing");
    known[NUMBER] = check(PyUnicode_InternFromString("number"));
    known[ADD] = check(PyUnicode_InternFromString("add"));
  }
  thread = PyEval_SaveThread();
  return NULL;
}

NAPI_MODULE_INIT() {
#define METHODS(name) METHOD(name##_attaching), METHOD(name##_attached)
  napi_property_descriptor methods[] = {METHOD(start),  METHOD(attach), METHODS(noop),
                                        METHODS(add),   METHODS(read),  METHODS(method),
                                        METHODS(named), METHODS(hello), METHODS(callbacks),
                                        METHODS(make),  METHODS(boom),  METHODS(letters)};
  napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods);
  return exports;
}
