// Calls of a JavaScript function by a Python thread: posted, or with a result that the thread waits
// for. `_node` is what Node offers, a threadsafe function, and a condition variable for the result;
// `_own` has queues of its own, and for the result both sides spin before they sleep.

#include <pthread.h>
#include <string.h>

#include "../../floor/addon.h"
#include "loop.h"

static napi_ref listener;

static long long call_listener(napi_env env, napi_value function, long long number) {
  napi_handle_scope scope;
  napi_value receiver, argument, result;
  napi_open_handle_scope(env, &scope);
  napi_get_undefined(env, &receiver);
  napi_create_int32(env, (int32_t)number, &argument);
  if (napi_call_function(env, receiver, function, 1, &argument, &result) != napi_ok) abort();
  napi_valuetype type;
  napi_typeof(env, result, &type);
  long long answer = type == napi_number ? int_from_js(env, result) : 0;
  napi_close_handle_scope(env, scope);
  return answer;
}

static napi_value listener_here(napi_env env) {
  napi_value function;
  napi_get_reference_value(env, listener, &function);
  return function;
}

// Posted through Node.

static napi_threadsafe_function post_function;

static void deliver_node(napi_env env, napi_value function, void* context, void* number) {
  if (env != NULL) call_listener(env, function, (intptr_t)number);
}

// post(function, number), as pybridge has it; there is one function here.
static PyObject* post_node(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  void* number = (void*)(intptr_t)PyLong_AsLongLong(args[1]);
  napi_call_threadsafe_function(post_function, number, napi_tsfn_nonblocking);
  Py_RETURN_NONE;
}

// Posted through a queue of two arrays: one is filled while the other is emptied.

typedef struct {
  long long* numbers;
  size_t count, room;
} Numbers;

static Numbers filling, emptying;
static pthread_mutex_t filling_mutex = PTHREAD_MUTEX_INITIALIZER;
static uv_async_t posted;

static PyObject* post_own(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  const long long number = PyLong_AsLongLong(args[1]);
  pthread_mutex_lock(&filling_mutex);
  if (filling.count == filling.room) {
    filling.room = filling.room * 2 + 1024;
    filling.numbers = realloc(filling.numbers, filling.room * sizeof number);
  }
  filling.numbers[filling.count++] = number;
  const bool is_first = filling.count == 1;
  pthread_mutex_unlock(&filling_mutex);
  if (is_first) uv_async_send(&posted);
  Py_RETURN_NONE;
}

static void deliver_own(uv_async_t* handle) {
  pthread_mutex_lock(&filling_mutex);
  Numbers full = filling;
  filling = emptying;
  filling.count = 0;
  pthread_mutex_unlock(&filling_mutex);
  emptying = full;
  napi_handle_scope handles;
  napi_callback_scope scope = open_scopes(&handles);
  napi_value function = listener_here(loop.env);
  for (size_t i = 0; i < full.count; i++) call_listener(loop.env, function, full.numbers[i]);
  close_scopes(handles, scope);
}

// With a result.

typedef struct {
  Item item;
  long long number;  // the argument, then the result
  atomic_bool done;
  pthread_mutex_t mutex;
  pthread_cond_t answered;
} Question;

static napi_threadsafe_function ask_function;

static void answer(napi_env env, napi_value function, Question* question) {
  question->number = call_listener(env, function, question->number);
  pthread_mutex_lock(&question->mutex);
  atomic_store(&question->done, true);
  pthread_cond_signal(&question->answered);
  pthread_mutex_unlock(&question->mutex);
}

static void answer_node(napi_env env, napi_value function, void* context, void* question) {
  if (env != NULL) answer(env, function, question);
}

static void answer_own(napi_env env, Item* item) {
  answer(env, listener_here(env), (Question*)item);
}

static void wait_for_answer(Question* question) {
  pthread_mutex_lock(&question->mutex);
  while (!atomic_load(&question->done)) pthread_cond_wait(&question->answered, &question->mutex);
  pthread_mutex_unlock(&question->mutex);
}

#define QUESTION(argument)                \
  {.number = PyLong_AsLongLong(argument), \
   .mutex = PTHREAD_MUTEX_INITIALIZER,    \
   .answered = PTHREAD_COND_INITIALIZER}

static PyObject* ask_node(PyObject* self, PyObject* argument) {
  Question question = QUESTION(argument);
  Py_BEGIN_ALLOW_THREADS;
  napi_call_threadsafe_function(ask_function, &question, napi_tsfn_blocking);
  wait_for_answer(&question);
  Py_END_ALLOW_THREADS;
  return PyLong_FromLongLong(question.number);
}

static PyObject* ask_own(PyObject* self, PyObject* argument) {
  Question question = QUESTION(argument);
  Py_BEGIN_ALLOW_THREADS;
  bring(&question.item);
  const uint64_t until = uv_hrtime() + loop.spin_for;
  while (!atomic_load(&question.done) && uv_hrtime() < until) {
  }
  wait_for_answer(&question);  // whoever answers may still hold the mutex
  Py_END_ALLOW_THREADS;
  return PyLong_FromLongLong(question.number);
}

static PyMethodDef python_methods[] = {
    {"post_node", (PyCFunction)(void*)post_node, METH_FASTCALL, NULL},
    {"post_own", (PyCFunction)(void*)post_own, METH_FASTCALL, NULL},
    {"ask_node", ask_node, METH_O, NULL},
    {"ask_own", ask_own, METH_O, NULL},
};

static napi_value start(napi_env env, napi_callback_info info) {
  start_python(env, info);
  PyObject* main_module = check(PyImport_AddModule("__main__"));
  for (size_t i = 0; i < sizeof python_methods / sizeof *python_methods; i++) {
    PyObject* function = check(PyCFunction_New(&python_methods[i], NULL));
    PyObject_SetAttrString(main_module, python_methods[i].ml_name, function);
    Py_DECREF(function);
  }
  thread = PyEval_SaveThread();
  return NULL;
}

// bind_listener(function, nanoseconds): what Python threads call; for how long both sides of `_own`
// spin.
static napi_value bind_listener(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  loop.spin_for = (uint64_t)int_from_js(env, arguments[1]);
  open_loop(env, answer_own);
  uv_loop_t* its;
  napi_get_uv_event_loop(env, &its);
  uv_async_init(its, &posted, deliver_own);
  napi_create_reference(env, arguments[0], 1, &listener);
  napi_value name;
  napi_create_string_latin1(env, "floor", NAPI_AUTO_LENGTH, &name);
  napi_create_threadsafe_function(env, arguments[0], NULL, name, 0, 1, NULL, NULL, NULL,
                                  deliver_node, &post_function);
  napi_create_threadsafe_function(env, arguments[0], NULL, name, 0, 1, NULL, NULL, NULL,
                                  answer_node, &ask_function);
  return NULL;
}

// number(expression): runs it, and takes an int out.
static napi_value number(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char source[1024];
  napi_get_value_string_utf8(env, arguments[0], source, sizeof source, NULL);
  PyEval_RestoreThread(thread);
  PyObject* scope = PyModule_GetDict(check(PyImport_AddModule("__main__")));
  napi_value result = give_int_to_js(env, check(PyRun_String(source, Py_eval_input, scope, scope)));
  PyEval_SaveThread();
  return result;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor methods[] = {METHOD(start), METHOD(bind_listener), METHOD(number)};
  napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods);
  return exports;
}
