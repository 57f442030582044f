#pragma once
// What every floor does: it starts Python, and takes ints in and out.

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <dlfcn.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if PY_VERSION_HEX < 0x03090000
#define PyObject_Vectorcall _PyObject_Vectorcall
#endif

// An attached function, and the same between attach and detach.
#define WORKLOAD(name)                                                        \
  static inline napi_value name##_attached(napi_env, napi_callback_info);     \
  static napi_value name##_attaching(napi_env env, napi_callback_info info) { \
    PyEval_RestoreThread(thread);                                             \
    napi_value result = name##_attached(env, info);                           \
    PyEval_SaveThread();                                                      \
    return result;                                                            \
  }                                                                           \
  static inline napi_value name##_attached(napi_env env, napi_callback_info info)

#define METHOD(name) {#name, NULL, name, NULL, NULL, NULL, napi_enumerable, NULL}

#define ARGUMENTS(n)       \
  size_t count = n;        \
  napi_value arguments[n]; \
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL)

static PyThreadState* thread;

static inline PyObject* check(PyObject* result) {
  if (__builtin_expect(result == NULL, 0)) {
    PyErr_Print();
    exit(1);
  }
  return result;
}

static inline napi_value int_to_js(napi_env env, PyObject* value) {
  long long number = PyLong_AsLongLong(value);
  napi_value result;
  if (number == (int32_t)number)
    napi_create_int32(env, (int32_t)number, &result);  // 2 ns less than a double
  else
    napi_create_double(env, (double)number, &result);
  return result;
}

static inline napi_value give_int_to_js(napi_env env, PyObject* value) {
  napi_value result = int_to_js(env, value);
  Py_DECREF(value);
  return result;
}

static inline long long int_from_js(napi_env env, napi_value value) {
  double number;
  napi_get_value_double(env, value, &number);
  return (long long)number;
}

static inline PyObject* int_to_python(napi_env env, napi_value value) {
  return PyLong_FromLongLong(int_from_js(env, value));
}

static inline PyObject* object_named(const char* name) {
  return check(PyObject_GetAttrString(check(PyImport_AddModule("__main__")), name));
}

// NULL where the source has none.
static inline PyObject* object_if_named(const char* name) {
  PyObject* object = PyObject_GetAttrString(check(PyImport_AddModule("__main__")), name);
  PyErr_Clear();
  return object;
}

// start(executable, source): leaves this thread attached; whether there was a source to run.
static bool start_python(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  char executable[4096], source[16384];
  napi_get_value_string_utf8(env, arguments[0], executable, sizeof executable, NULL);
  napi_get_value_string_utf8(env, arguments[1], source, sizeof source, NULL);

  dlopen(PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL);  // extension modules take its symbols from here
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0;
  PyConfig_SetBytesString(&config, &config.executable, executable);
  PyConfig_SetBytesString(&config, &config.program_name, executable);
  PyStatus status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);

  if (source[0] == '\0') return false;
  if (PyRun_SimpleString(source) != 0) exit(1);
  return true;
}
