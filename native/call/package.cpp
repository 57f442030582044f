#include "call/package.h"

#include "cpython/check.h"
#include "cpython/layouts.h"
#include "object/errors_across.h"
#include "object/js_objects.h"
#include "runtime/seed.h"

namespace pybridge {
namespace {

PyObject* follow(PyObject*, PyObject*) {
  follow_copies();
  return borrow(Py_None).release();
}

PyMethodDef methods[] = {
    {"follow_copies", follow, METH_NOARGS, "Bring seeded copies of libc's data up to date."},
};

// pybridge._native: what Python code of the package needs from here. A plain module, so that no
// PyModuleDef, whose layout changes, is needed; it is safe without a GIL.
Ref make_native_module() {
  Ref module = steal(check(PyModule_New("pybridge._native")));
  if (PyUnstable_Module_SetGIL != nullptr) {
    auto* not_used = reinterpret_cast<void*>(1);  // Py_MOD_GIL_NOT_USED
    check(PyUnstable_Module_SetGIL(module.get(), not_used));
  }
  for (PyMethodDef& method : methods) {
    Ref function = steal(check(PyCFunction_NewEx(&method, nullptr, nullptr)));
    check(PyObject_SetAttrString(module.get(), method.name, function.get()));
  }
  PyObject* type = reinterpret_cast<PyObject*>(make_js_proxy_type());
  check(PyObject_SetAttrString(module.get(), "JsProxy", type));
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

PyObject* keep(const Ref& module, const char* name) {
  return attribute(module.get(), name).release();
}

}  // namespace

void load_package(const std::string& folder) {
  Ref native = make_native_module();
  check(PyDict_SetItemString(PyImport_GetModuleDict(), "pybridge._native", native.get()));
  load_from(folder);

  Ref boot = import("pybridge._boot");
  package.end = keep(boot, "end");
  package.join_threads = keep(boot, "join_threads");
  Ref object = import("pybridge.object");
  package.plain = keep(object, "plain");
  package.is_missing = keep(object, "is_missing");
  package.is_iterable = keep(object, "is_iterable");
  Ref convert = import("pybridge.convert");
  package.special.undefined = keep(convert, "undefined");
  package.special.big_int = reinterpret_cast<PyTypeObject*>(keep(convert, "BigInt"));
  package.special.map = reinterpret_cast<PyTypeObject*>(keep(convert, "Map"));
  Ref errors = import("pybridge.errors");
  error_functions.describe = keep(errors, "describe");
  error_functions.js_error = keep(errors, "js_error");
  error_functions.bridge_error = keep(errors, "bridge_error");
  error_functions.js_error_type = reinterpret_cast<PyTypeObject*>(keep(errors, "JsError"));
  error_functions.bridge_error_type = reinterpret_cast<PyTypeObject*>(keep(errors, "BridgeError"));
}

}  // namespace pybridge
