// Exports and teardown; the only file that knows every room.

#include "call/entry.h"
#include "call/package.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "runtime/end.h"
#include "runtime/start.h"

namespace pybridge {
namespace {

// Attached by start_python; detached however the rest of the start ends.
class LeaveDetached {
 public:
  explicit LeaveDetached(Thread& thread) : thread_(thread) {}
  ~LeaveDetached() {
    if (!thread_.attached) return;
    thread_.attached = false;
    PyEval_SaveThread();
  }

 private:
  Thread& thread_;
};

void adopt_package(Bridge& bridge) { bridge.special = package.special; }

// Without a running package no PythonError can be made: the reason goes into the message.
std::string reason_of(const PythonError& error) {
  PyObject* text = PyObject_Repr(error.exception());
  if (text == nullptr) {
    PyErr_Clear();
    return "the Python package of pybridge could not be loaded";
  }
  return "the Python package of pybridge could not be loaded: " + utf8(steal(text).get());
}

// What the first start found and was given, for whoever joins later. `story` is lib's.
struct FirstStart {
  Started started;
  std::string story;
};
FirstStart first;

// A JavaScript object, property by property.
class Object {
 public:
  explicit Object(napi_env env) : env_(env) { node_check(env, napi_create_object(env, &object_)); }

  void set(const char* name, napi_value value) {
    node_check(env_, napi_set_named_property(env_, object_, name, value));
  }
  void set(const char* name, const std::string& text) {
    napi_value value = nullptr;
    node_check(env_, napi_create_string_utf8(env_, text.data(), text.size(), &value));
    set(name, value);
  }
  void set(const char* name, const char* text) { set(name, std::string(text)); }
  void set(const char* name, double number) {
    napi_value value = nullptr;
    node_check(env_, napi_create_double(env_, number, &value));
    set(name, value);
  }
  void set(const char* name, bool truth) {
    napi_value value = nullptr;
    node_check(env_, napi_get_boolean(env_, truth, &value));
    set(name, value);
  }
  void set(const char* name, napi_callback function, void* data) {
    napi_value value = nullptr;
    node_check(env_, napi_create_function(env_, name, NAPI_AUTO_LENGTH, function, data, &value));
    set(name, value);
  }

  napi_value value() const { return object_; }

 private:
  napi_env env_;
  napi_value object_ = nullptr;
};

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  node_check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

std::string text(napi_env env, napi_value object, const char* name) {
  napi_value value = property(env, object, name);
  size_t size = 0;
  node_check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &size));
  std::string result(size, '\0');
  node_check(env, napi_get_value_string_utf8(env, value, result.data(), size + 1, &size));
  return result;
}

bool truth(napi_env env, napi_value value) {
  bool result = false;
  node_check(env, napi_get_value_bool(env, value, &result));
  return result;
}

napi_value describe_start(napi_env env) {
  const Started& started = first.started;
  Object routes(env);
  routes.set("text", layouts.text);
  routes.set("tuple", layouts.tuple_items != 0);
  routes.set("vectorcall", PyObject_Vectorcall != nullptr ? "function"
                           : layouts.vectorcall           ? "layout"
                                                          : "tuple");
  Object result(env);
  result.set("version", started.version);
  result.set("freeThreaded", free_threaded);
  result.set("deepbind", started.deepbind);
  result.set("loadMilliseconds", started.load_milliseconds);
  result.set("initializeMilliseconds", started.initialize_milliseconds);
  result.set("story", first.story);
  result.set("layouts", routes.value());
  return result.value();
}

napi_value start(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  const napi_value given = arguments.values[0];
  StartOptions options;
  options.library = text(env, given, "library");
  options.executable = text(env, given, "executable");
  options.package = text(env, given, "package");
  options.layouts = truth(env, property(env, given, "layouts"));
  std::string story = text(env, given, "story");

  Thread& thread = bridge.environment.thread;
  LeaveDetached leave(thread);
  first = {start_python(options, thread), std::move(story)};
  try {
    load_package(options.package);
  } catch (const PythonError& error) {
    throw BridgeError(Code::START_FAILED, reason_of(error));
  }
  adopt_package(bridge);
  watch_exit();
  let_others_join();
  return describe_start(env);
}

// Another thread, or another copy of lib/ on this one, has started Python already: what it found.
napi_value join(Bridge& bridge, const Arguments&) {
  if (!python_started()) return nullptr;
  join_python(bridge.environment);
  adopt_package(bridge);
  return describe_start(bridge.env);
}

napi_value connect(Bridge& bridge, const Arguments& arguments) {
  bridge.connect(arguments.values[0]);
  return nullptr;
}

napi_value set_scratch(Bridge& bridge, const Arguments& arguments) {
  bridge.set_scratch(arguments.values[0], arguments.values[1]);
  return nullptr;
}

napi_value join_threads(Bridge&, const Arguments&) {
  call(package.join_threads, {});
  return nullptr;
}

// end(natural): runs `atexit`, flushes, and says whether Python threads still run.
napi_value end(Bridge& bridge, const Arguments& arguments) {
  const bool natural = truth(bridge.env, arguments.values[0]);
  set_threads_running(true);  // whoever leaves from within `atexit` has not looked
  Ref running = call(package.end, {natural ? Py_True : Py_False});
  set_threads_running(running.get() == Py_True);
  return nullptr;
}

// For bodies that may run before Python does.
template <Body body>
napi_value detached_entry(napi_env env, napi_callback_info info) {
  Arguments arguments;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &arguments.count, arguments.values, nullptr, &data) != napi_ok)
    return nullptr;
  Bridge& bridge = *static_cast<Bridge*>(data);
  try {
    return body(bridge, arguments);
  } catch (...) {
    throw_detached(bridge);
    return nullptr;
  }
}

napi_value lists(napi_env env) {
  Object codes(env);
#define X(code, happened, advice) codes.set(#code, BridgeError(Code::code).what());
  PYBRIDGE_ERRORS(X)
#undef X
  Object tags(env);
#define X(name, value) tags.set(#name, static_cast<double>(value));
  PYBRIDGE_TAPE(X)
#undef X
  Object all(env);
  all.set("codes", codes.value());
  all.set("tags", tags.value());
  return all.value();
}

// A bridge of its own for each copy of lib/: they share the interpreter, never each other's tables.
Bridge* make_bridge(napi_env env) {
  auto* bridge = new Bridge(env);
  napi_add_env_cleanup_hook(
      env,
      [](void* data) {
        auto* ended = static_cast<Bridge*>(data);
        ended->end();
        delete ended;
      },
      bridge);
  return bridge;
}

napi_value list_exports(napi_env env) {
  Bridge* bridge = make_bridge(env);
  Object exports(env);
  exports.set("connect", detached_entry<connect>, bridge);
  exports.set("setScratch", detached_entry<set_scratch>, bridge);
  exports.set("start", detached_entry<start>, bridge);
  exports.set("join", detached_entry<join>, bridge);
  exports.set("joinThreads", entry<join_threads>, bridge);
  exports.set("end", entry<end>, bridge);
  exports.set("call", entry<calls::scalars>, bridge);
  exports.set("callByTape", entry<calls::by_tape>, bridge);
  exports.set("importModule", entry<objects::import_module>, bridge);
  exports.set("intern", entry<objects::intern>, bridge);
  exports.set("forgetNames", entry<objects::forget_names>, bridge);
  exports.set("getAttribute", entry<objects::get_attribute>, bridge);
  exports.set("setAttribute", entry<objects::set_attribute>, bridge);
  exports.set("deleteAttribute", entry<objects::delete_attribute>, bridge);
  exports.set("hasAttribute", entry<objects::has_attribute>, bridge);
  exports.set("getItem", entry<objects::get_item>, bridge);
  exports.set("setItem", entry<objects::set_item>, bridge);
  exports.set("isIterable", entry<objects::is_iterable>, bridge);
  exports.set("iterate", entry<objects::iterate>, bridge);
  exports.set("next", entry<objects::next>, bridge);
  exports.set("represent", entry<objects::represent>, bridge);
  exports.set("convertToString", entry<objects::convert_to_string>, bridge);
  exports.set("attributeNames", entry<objects::attribute_names>, bridge);
  exports.set("copy", entry<objects::copy>, bridge);
  exports.set("reference", entry<objects::reference>, bridge);
  exports.set("giveBack", entry<objects::give_back>, bridge);
  exports.set("sweep", entry<objects::sweep>, bridge);
  exports.set("countLive", entry<objects::count_live>, bridge);
  exports.set("lists", lists(env));
  return exports.value();
}

// An environment that is ending refuses every call: then there is nothing to return, or to throw.
template <napi_value (*make)(napi_env)>
napi_value or_nothing(napi_env env) noexcept {
  try {
    return make(env);
  } catch (...) {
    return nullptr;
  }
}

napi_value open(napi_env env, napi_callback_info) { return or_nothing<list_exports>(env); }

napi_value export_open(napi_env env) {
  Object addon(env);
  addon.set("open", open, nullptr);
  return addon.value();
}

}  // namespace

napi_value initialize(napi_env env) { return or_nothing<export_open>(env); }

}  // namespace pybridge

NAPI_MODULE_INIT() {
  static_cast<void>(exports);
  return pybridge::initialize(env);
}
