// Calls of a Python function off the JavaScript thread. `pooled` is what Node offers: a thread of
// its pool, which attaches for each call. `own` has one thread and queues of its own: it attaches
// once for whatever has come, and, where both sides may spin, neither sleeps while an answer is
// near.

#include <pthread.h>
#include <semaphore.h>

#include "../../floor/addon.h"
#include "loop.h"

typedef struct {
  Item item;
  long long number;  // the argument, then the result
  napi_deferred promise;
  napi_async_work work;
} Job;

static PyObject* function;

static void call(Job* job) {
  PyObject* stack[] = {NULL, check(PyLong_FromLongLong(job->number))};
  PyObject* result =
      check(PyObject_Vectorcall(function, stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  job->number = PyLong_AsLongLong(result);
  Py_DECREF(stack[1]);
  Py_DECREF(result);
}

static Job* new_job(napi_env env, napi_callback_info info, napi_value* promise) {
  ARGUMENTS(1);
  Job* job = malloc(sizeof *job);
  job->number = int_from_js(env, arguments[0]);
  napi_create_promise(env, &job->promise, promise);
  return job;
}

static void settle(napi_env env, Job* job) {
  napi_handle_scope scope;
  napi_value result;
  napi_open_handle_scope(env, &scope);
  napi_create_int32(env, (int32_t)job->number, &result);
  napi_resolve_deferred(env, job->promise, result);
  napi_close_handle_scope(env, scope);
  free(job);
}

static void pooled_call(napi_env env, void* job) {
  PyGILState_STATE state = PyGILState_Ensure();
  call(job);
  PyGILState_Release(state);
}

static void pooled_settle(napi_env env, napi_status status, void* data) {
  Job* job = data;
  napi_delete_async_work(env, job->work);
  settle(env, job);
}

static napi_value pooled(napi_env env, napi_callback_info info) {
  napi_value promise, name;
  Job* job = new_job(env, info, &promise);
  napi_create_string_latin1(env, "floor", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, pooled_call, pooled_settle, job, &job->work);
  napi_queue_async_work(env, job->work);
  return promise;
}

static List submitted;
static atomic_bool asleep;
static sem_t awake;

static Item* wait_for_jobs(void) {
  for (;;) {
    const uint64_t until = uv_hrtime() + loop.spin_for;
    do {
      Item* jobs = take_all(&submitted);
      if (jobs != NULL) return jobs;
    } while (uv_hrtime() < until);
    atomic_store(&asleep, true);
    if (atomic_load(&submitted) != NULL && atomic_exchange(&asleep, false)) continue;
    sem_wait(&awake);
  }
}

static void* work(void* unused) {
  PyThreadState* mine = PyThreadState_New(PyInterpreterState_Main());
  for (;;) {
    Item* job = wait_for_jobs();
    PyEval_RestoreThread(mine);
    while (job != NULL) {
      Item* next = job->next;
      call((Job*)job);
      bring(job);
      job = next;
    }
    PyEval_SaveThread();
  }
  return NULL;
}

static napi_value own(napi_env env, napi_callback_info info) {
  napi_value promise;
  push(&submitted, &new_job(env, info, &promise)->item);
  if (atomic_load(&asleep) && atomic_exchange(&asleep, false)) sem_post(&awake);
  look_again();
  return promise;
}

static void receive(napi_env env, Item* item) { settle(env, (Job*)item); }

// open(nanoseconds): starts the thread; it and the loop spin for so long before they sleep.
static napi_value open_own(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  loop.spin_for = (uint64_t)int_from_js(env, arguments[0]);
  open_loop(env, receive);
  sem_init(&awake, 0, 0);
  pthread_t started;
  pthread_create(&started, NULL, work, NULL);
  return NULL;
}

static napi_value start(napi_env env, napi_callback_info info) {
  start_python(env, info);
  function = object_named("function");
  thread = PyEval_SaveThread();
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor methods[] = {METHOD(start), METHOD(open_own), METHOD(own),
                                        METHOD(pooled)};
  napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods);
  return exports;
}
