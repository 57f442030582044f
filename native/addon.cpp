// Exports and teardown; the only file that knows every room. node-addon-api here, where nothing is
// hot; raw Node-API everywhere else.

#include <napi.h>

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

Napi::Value describe_start(Napi::Env env) {
  const Started& started = first.started;
  Napi::Object result = Napi::Object::New(env);
  result.Set("version", started.version);
  result.Set("freeThreaded", free_threaded);
  result.Set("deepbind", started.deepbind);
  result.Set("loadMilliseconds", started.load_milliseconds);
  result.Set("initializeMilliseconds", started.initialize_milliseconds);
  result.Set("story", first.story);
  Napi::Object routes = Napi::Object::New(env);
  routes.Set("text", layouts.text);
  routes.Set("tuple", layouts.tuple_items != 0);
  routes.Set("vectorcall", PyObject_Vectorcall != nullptr ? "function"
                           : layouts.vectorcall           ? "layout"
                                                          : "tuple");
  result.Set("layouts", routes);
  return result;
}

Napi::Value start(const Napi::CallbackInfo& info) {
  Bridge& bridge = *static_cast<Bridge*>(info.Data());
  const Napi::Object given = info[0].As<Napi::Object>();
  StartOptions options;
  options.library = given.Get("library").As<Napi::String>();
  options.executable = given.Get("executable").As<Napi::String>();
  options.package = given.Get("package").As<Napi::String>();
  options.layouts = given.Get("layouts").As<Napi::Boolean>();
  try {
    Thread& thread = bridge.environment.thread;
    LeaveDetached leave(thread);
    first = {start_python(options, thread), given.Get("story").As<Napi::String>()};
    try {
      load_package(options.package);
    } catch (const PythonError& error) {
      throw BridgeError(Code::START_FAILED, reason_of(error));
    }
    adopt_package(bridge);
    watch_exit();
    let_others_join();
    return describe_start(info.Env());
  } catch (const BridgeError&) {
    throw_detached(bridge);
    return info.Env().Undefined();
  }
}

// Another thread, or another copy of lib/ on this one, has started Python already: what it found.
Napi::Value join(const Napi::CallbackInfo& info) {
  Bridge& bridge = *static_cast<Bridge*>(info.Data());
  if (!python_started()) return info.Env().Undefined();
  try {
    join_python(bridge.environment);
    adopt_package(bridge);
    return describe_start(info.Env());
  } catch (const BridgeError&) {
    throw_detached(bridge);
    return info.Env().Undefined();
  }
}

napi_value join_threads(Bridge&, const Arguments&) {
  call(package.join_threads, {});
  return nullptr;
}

// Runs `atexit`, flushes, and says whether Python threads still run.
napi_value end(Bridge&, const Arguments&) {
  Ref running = call(package.end, {});
  set_threads_running(running.get() == Py_True);
  return nullptr;
}

Napi::Value connect(const Napi::CallbackInfo& info) {
  Bridge& bridge = *static_cast<Bridge*>(info.Data());
  try {
    bridge.connect(info[0]);
  } catch (...) {
    throw_detached(bridge);
  }
  return info.Env().Undefined();
}

Napi::Value set_scratch(const Napi::CallbackInfo& info) {
  Bridge& bridge = *static_cast<Bridge*>(info.Data());
  try {
    bridge.set_scratch(info[0], info[1]);
  } catch (...) {
    throw_detached(bridge);
  }
  return info.Env().Undefined();
}

template <Body body>
void add(Napi::Object& exports, Bridge& bridge, const char* name) {
  napi_value function = nullptr;
  napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH, entry<body>, &bridge, &function);
  exports.Set(name, Napi::Value(exports.Env(), function));
}

void add(Napi::Object& exports, Bridge& bridge, const char* name,
         Napi::Value (*function)(const Napi::CallbackInfo&)) {
  exports.Set(name, Napi::Function::New(exports.Env(), function, name, &bridge));
}

Napi::Object lists(Napi::Env env) {
  Napi::Object all = Napi::Object::New(env);
  Napi::Object codes = Napi::Object::New(env);
#define X(code, happened, advice) \
  codes.Set(#code, Napi::String::New(env, BridgeError(Code::code).what()));
  PYBRIDGE_ERRORS(X)
#undef X
  Napi::Object tags = Napi::Object::New(env);
#define X(name, value) tags.Set(#name, Napi::Number::New(env, value));
  PYBRIDGE_TAPE(X)
#undef X
  all.Set("codes", codes);
  all.Set("tags", tags);
  return all;
}

// A bridge of its own for each copy of lib/: they share the interpreter, never each other's tables.
Napi::Value open(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Object exports = Napi::Object::New(env);
  auto* bridge = new Bridge(env);
  napi_add_env_cleanup_hook(
      env,
      [](void* data) {
        auto* ended = static_cast<Bridge*>(data);
        ended->end();
        delete ended;
      },
      bridge);

  add(exports, *bridge, "connect", connect);
  add(exports, *bridge, "setScratch", set_scratch);
  add(exports, *bridge, "start", start);
  add(exports, *bridge, "join", join);
  add<join_threads>(exports, *bridge, "joinThreads");
  add<end>(exports, *bridge, "end");
  add<calls::scalars>(exports, *bridge, "call");
  add<calls::by_tape>(exports, *bridge, "callByTape");
  add<objects::import_module>(exports, *bridge, "importModule");
  add<objects::intern>(exports, *bridge, "intern");
  add<objects::forget_names>(exports, *bridge, "forgetNames");
  add<objects::get_attribute>(exports, *bridge, "getAttribute");
  add<objects::set_attribute>(exports, *bridge, "setAttribute");
  add<objects::delete_attribute>(exports, *bridge, "deleteAttribute");
  add<objects::has_attribute>(exports, *bridge, "hasAttribute");
  add<objects::get_item>(exports, *bridge, "getItem");
  add<objects::set_item>(exports, *bridge, "setItem");
  add<objects::is_iterable>(exports, *bridge, "isIterable");
  add<objects::iterate>(exports, *bridge, "iterate");
  add<objects::next>(exports, *bridge, "next");
  add<objects::represent>(exports, *bridge, "represent");
  add<objects::convert_to_string>(exports, *bridge, "convertToString");
  add<objects::attribute_names>(exports, *bridge, "attributeNames");
  add<objects::copy>(exports, *bridge, "copy");
  add<objects::reference>(exports, *bridge, "reference");
  add<objects::give_back>(exports, *bridge, "giveBack");
  add<objects::sweep>(exports, *bridge, "sweep");
  add<objects::count_live>(exports, *bridge, "countLive");
  exports.Set("lists", lists(env));
  return exports;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, open, "open"));
  return exports;
}

}  // namespace
}  // namespace pybridge

static Napi::Object initialize_addon(Napi::Env env, Napi::Object exports) {
  return pybridge::initialize(env, exports);
}

NODE_API_MODULE(pybridge, initialize_addon)
