// Python → JavaScript, on the thread of the function's own environment, inside a call that
// JavaScript made.

#include "call/bridge.h"
#include "convert/decode.h"
#include "convert/encode.h"
#include "convert/scalar.h"
#include "convert/scratch_freed.h"
#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "runtime/interrupts.h"

namespace pybridge {
namespace {

void check_place(const Environment& environment) {
  if (gate.load(std::memory_order_acquire) != Gate::open) refuse_entry();
  if (!environment.thread.attached) throw BridgeError(Code::WRONG_THREAD);
  if (environment.ending) throw BridgeError(Code::ENDED, "the environment is ending");
  check_stack(environment);
}

PyObject* refuse_call() {
  PyErr_SetString(*PyExc_TypeError, "this object of JavaScript is not a function");
  return nullptr;
}

}  // namespace

// Scalars go one by one; as soon as one is a container all of them cross in one piece, so that what
// they share stays shared. Keyword arguments arrive as a last plain object.
bool Bridge::few_scalars(PyObject* const* args, size_t count, FewValues& values) {
  if (count > values.size()) return false;
  for (size_t i = 0; i < count; i++) {
    values[i] = scalar_to_js(*this, args[i]);
    if (values[i] == nullptr) return false;
  }
  return true;
}

std::vector<napi_value> Bridge::items_of(napi_value array) {
  uint32_t size = 0;
  node_check(env, napi_get_array_length(env, array, &size));
  std::vector<napi_value> values(size);
  for (uint32_t i = 0; i < size; i++) node_check(env, napi_get_element(env, array, i, &values[i]));
  return values;
}

PyObject* Bridge::call_js(napi_ref function, PyObject* const* args, Py_ssize_t count,
                          PyObject* names) {
  // At once, and attached: in a loop that swallows errors, an interrupt that arrived while this
  // thread was detached would be raised right after the call, and swallowed as well.
  if (environment.thread.terminated.load(std::memory_order_relaxed)) [[unlikely]] {
    PyErr_SetNone(interrupts::interrupted_type);
    return nullptr;
  }
  try {
    check_place(environment);
  } catch (...) {
    raise_python(*this);
    return nullptr;
  }
  HandleScope scope(env);
  try {
    const ScratchFreed freed(*this);
    FewValues few;
    const bool is_few = names == nullptr && default_rules.plain() &&
                        !default_rules.by_reference() &&
                        few_scalars(args, static_cast<size_t>(count), few);
    napi_value target = nullptr, self = nullptr, result = nullptr;
    node_check(env, napi_get_reference_value(env, function, &target));
    node_check(env, napi_get_undefined(env, &self));
    napi_valuetype type = napi_undefined;
    if (!is_few) {
      node_check(env, napi_typeof(env, target, &type));
      if (type != napi_function) return refuse_call();
      lay_arguments(*this, args, count, names);
    }
    napi_status status = napi_ok;
    const bool was_interrupted = environment.thread.was_interrupted.load();
    {
      Detached detached(environment.thread);
      if (is_few)
        status =
            napi_call_function(env, self, target, static_cast<size_t>(count), few.data(), &result);
      else
        status = napi_call_function(env, self, hook(Hook::apply), 1, &target, &result);
    }
    if (status == napi_invalid_arg) return refuse_call();
    node_check(env, status);
    if (environment.thread.was_interrupted.load() && !was_interrupted) [[unlikely]]
      interrupts::interrupt_again({share.environment, &environment.thread});

    if (Ref number = number_to_python(env, result)) return number.release();
    node_check(env, napi_typeof(env, result, &type));
    if (type == napi_undefined) return borrow(Py_None).release();
    return to_python(*this, result).release();
  } catch (...) {
    raise_python(*this);
    return nullptr;
  }
}

Ref Bridge::name_of(napi_ref function) {
  if (!environment.is_current() || !environment.thread.attached || environment.ending ||
      is_forked())
    return str("");
  HandleScope scope(env);
  try {
    const ScratchFreed freed(*this);
    napi_value target = nullptr, name = nullptr;
    napi_valuetype type = napi_undefined;
    node_check(env, napi_get_reference_value(env, function, &target));
    napi_status status = napi_typeof(env, target, &type);
    if (status == napi_ok && type == napi_function) {
      Detached detached(environment.thread);  // an accessor, or a trap of a Proxy
      status = napi_get_named_property(env, target, "name", &name);
    }
    node_check(env, status);
    if (name != nullptr) node_check(env, napi_typeof(env, name, &type));
    if (name != nullptr && type == napi_string) return to_python(*this, name);
  } catch (...) {
    napi_value ignored = nullptr;
    napi_get_and_clear_last_exception(env, &ignored);
  }
  return str("");
}

// The environment ends below a call of Python's, by process.exit in a worker: nobody else
// interrupts.
void Bridge::javascript_ended() {
  interrupts::terminate(std::shared_ptr<Thread>(share.environment, &environment.thread));
}

Ref Bridge::describe_thrown(napi_value thrown) {
  const ScratchFreed freed(*this);
  return read_one(*this, call_hook(Hook::describeThrown, &thrown, 1));
}

}  // namespace pybridge
