#include "call/package.h"

#include <atomic>

#include "call/callback_elsewhere.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "memory/memory_object.h"
#include "memory/python_functions.h"
#include "object/errors_across.h"
#include "object/js_objects.h"
#include "runtime/end.h"
#include "runtime/interrupts.h"
#include "runtime/seed.h"
#include "runtime/signals.h"
#include "runtime/wasm_traps.h"

namespace pybridge {
namespace {

PyObject* follow(PyObject*, PyObject*) {
  follow_copies();
  return borrow(Py_None).release();
}

PyObject* post_call(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  try {
    if (count == 0) throw BridgeError(Code::INVALID_ARGUMENT, "pybridge.post takes a function");
    return post(args[0], args + 1, count - 1, names).release();
  } catch (...) {
    raise_python_here();
    return nullptr;
  }
}

// on_wake(signal, frame)
PyObject* wake(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject*) {
  return on_wake(count > 1 ? args[1] : nullptr);
}

int signal_of(PyObject* number) { return static_cast<int>(PyLong_AsLong(number)); }

PyObject* keep(PyObject*, PyObject* signal) {
  const int number = signal_of(signal);
  if (PyErr_Occurred() != nullptr) return nullptr;
  signals::keep_disposition(number);
  return borrow(Py_None).release();
}

// handled(signal, handling)
PyObject* handled(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject*) {
  if (count == 2)
    signals::handled(signal_of(args[0]), static_cast<signals::Handling>(signal_of(args[1])));
  return borrow(Py_None).release();
}

PyObject* let_traps_through(PyObject*, PyObject*) {
  put_traps_first();
  return borrow(Py_None).release();
}

PyMethodDef methods[] = {
    {"follow_copies", follow, METH_NOARGS, "Bring seeded copies of libc's data up to date."},
    {"post", untyped(post_call), METH_FASTCALL | METH_KEYWORDS,
     "post(function, /, *args, **kwargs)\n--\n\n"
     "Call a JavaScript function on its own thread, without waiting."},
    {"on_wake", untyped(wake), METH_FASTCALL | METH_KEYWORDS, "Handle the wake signal."},
    {"keep_disposition", keep, METH_O, "Remember what a signal does now."},
    {"handled", untyped(handled), METH_FASTCALL | METH_KEYWORDS, "Tell what Python does with it."},
    {"put_traps_first", let_traps_through, METH_NOARGS, "Ask V8 before faulthandler."},
};

void add(const Ref& module, PyMethodDef& method) {
  Ref function = steal(check(PyCFunction_NewEx(&method, nullptr, nullptr)));
  check(PyObject_SetAttrString(module.get(), method.name, function.get()));
}

// pybridge._native: what Python code of the package needs from here. A plain module, so that no
// PyModuleDef, whose layout changes, is needed; it is safe without a GIL.
Ref make_native_module() {
  Ref module = steal(check(PyModule_New("pybridge._native")));
  if (PyUnstable_Module_SetGIL != nullptr) {
    auto* not_used = reinterpret_cast<void*>(1);  // Py_MOD_GIL_NOT_USED
    check(PyUnstable_Module_SetGIL(module.get(), not_used));
  }
  for (PyMethodDef& method : methods) add(module, method);
  for (PyMethodDef* method = memory_functions; method->name != nullptr; method++)
    add(module, *method);
  PyObject* type = reinterpret_cast<PyObject*>(make_js_proxy_type());
  check(PyObject_SetAttrString(module.get(), "JsProxy", type));
  type = reinterpret_cast<PyObject*>(make_memory_type());
  check(PyObject_SetAttrString(module.get(), "Memory", type));
  Ref wake_signal = steal(check(PyLong_FromLongLong(signals::wake_signal())));
  check(PyObject_SetAttrString(module.get(), "WAKE_SIGNAL", wake_signal.get()));
  return module;
}

// importlib's own machinery, which is in memory already; `importlib.util` would import more.
Ref load_from(const std::string& folder) {
  Ref external = import("_frozen_importlib_external");
  Ref make_spec = attribute(external.get(), "spec_from_file_location");
  Ref arguments = steal(check(PyTuple_New(2)));
  check(PyTuple_SetItem(arguments.get(), 0, str("pybridge").release()));
  check(PyTuple_SetItem(arguments.get(), 1, str(folder + "/__init__.py").release()));
  Ref locations = steal(check(PyList_New(1)));
  check(PyList_SetItem(locations.get(), 0, str(folder).release()));
  Ref keywords = steal(check(PyDict_New()));
  check(PyDict_SetItemString(keywords.get(), "submodule_search_locations", locations.get()));
  Ref spec = steal(check(PyObject_Call(make_spec.get(), arguments.get(), keywords.get())));
  return call(attribute(import("_frozen_importlib").get(), "_load").get(), {spec.get()});
}

PyObject* kept(const Ref& module, const char* name) {
  return attribute(module.get(), name).release();
}

}  // namespace

void load_package(const std::string& folder) {
  Ref native = make_native_module();
  check(PyDict_SetItemString(PyImport_GetModuleDict(), "pybridge._native", native.get()));
  load_from(folder);

  Ref boot = import("pybridge._boot");
  Ref writer = attribute(boot.get(), "PatientWriter");
  package.write_code = kept(attribute(writer.get(), "write"), "__code__");
  package.write_wait_code = kept(attribute(writer.get(), "_wait"), "__code__");
  package.end = kept(boot, "end");
  package.know_main_thread = kept(boot, "know_main_thread");
  package.join_threads = kept(boot, "join_threads");
  end_child = kept(boot, "end_child");
  leave_forked = [] { leave_child(nullptr); };
  package.describe_threads = kept(boot, "describe_threads");
  package.share_signals = kept(boot, "share_signals");
  Ref object = import("pybridge.object");
  package.plain = kept(object, "plain");
  package.is_missing = kept(object, "is_missing");
  package.is_iterable = kept(object, "is_iterable");
  Ref convert = import("pybridge.convert");
  package.special.undefined = kept(convert, "undefined");
  package.special.big_int = reinterpret_cast<PyTypeObject*>(kept(convert, "BigInt"));
  package.special.make_big_int =
      attribute(reinterpret_cast<PyObject*>(PyLong_Type), "__new__").release();
  package.special.map = reinterpret_cast<PyTypeObject*>(kept(convert, "Map"));
  package.special.set = reinterpret_cast<PyTypeObject*>(kept(convert, "Set"));
  package.special.make_set = kept(convert, "make_set");
  package.special.set_order = str("_order").release();
  Ref errors = import("pybridge.errors");
  error_functions.describe = kept(errors, "describe");
  error_functions.js_error = kept(errors, "js_error");
  error_functions.bridge_error = kept(errors, "bridge_error");
  error_functions.js_error_type = reinterpret_cast<PyTypeObject*>(kept(errors, "JsError"));
  interrupts::interrupted_type = kept(errors, "Interrupted");
  error_functions.bridge_error_type = reinterpret_cast<PyTypeObject*>(kept(errors, "BridgeError"));
}

void load_memory() {
  static std::atomic<bool> is_loaded{false};
  if (is_loaded.load(std::memory_order_acquire)) return;
  package.exporter_of = kept(import("pybridge.memory"), "exporter_of");
  package.arrow_of = kept(import("pybridge.tables"), "arrow_of");
  package.layout_of = kept(import("pybridge.memory"), "layout_of");
  is_loaded.store(true, std::memory_order_release);
}

}  // namespace pybridge
