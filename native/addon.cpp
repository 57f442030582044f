// Exports and teardown; the only file that knows every room.

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>

#include "call/call_async.h"
#include "call/callback_elsewhere.h"
#include "call/entry.h"
#include "call/limits.h"
#include "call/package.h"
#include "convert/scratch_freed.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "jobs/pool.h"
#include "memory/backing_store.h"
#include "memory/loans.h"
#include "runtime/end.h"
#include "runtime/exit.h"
#include "runtime/interrupts.h"
#include "runtime/keeper.h"
#include "runtime/libuv.h"
#include "runtime/signals.h"
#include "runtime/start.h"
#include "runtime/watcher.h"

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

std::string text_of(napi_env env, napi_value value) {
  size_t size = 0;
  node_check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &size));
  std::string result(size, '\0');
  node_check(env, napi_get_value_string_utf8(env, value, result.data(), size + 1, &size));
  return result;
}

std::string text(napi_env env, napi_value object, const char* name) {
  return text_of(env, property(env, object, name));
}

double number(napi_env env, napi_value object, const char* name) {
  double result = 0;
  node_check(env, napi_get_value_double(env, property(env, object, name), &result));
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
  routes.set("tuple", layouts.tuple);
  routes.set("vectorcall", PyObject_Vectorcall != nullptr ? "function"
                           : layouts.vectorcall           ? "layout"
                                                          : "tuple");
  Object result(env);
  result.set("version", started.version);
  result.set("freeThreaded", free_threaded);
  result.set("deepbind", started.deepbind);
  result.set("loadMilliseconds", started.load_milliseconds);
  result.set("initializeMilliseconds", started.initialize_milliseconds);
  result.set("loop", uses_libuv.load() ? "libuv" : "threadsafe function");
  result.set("story", first.story);
  result.set("backingStores", has_backing_stores());
  result.set("layouts", routes.value());
  return result.value();
}

// What lib/ chose, beside the interpreter.
struct Settings {
  bool signals = true;
  double callback_timeout = 0;
  double slow_call = 0;
  pool::Limits threads;
};

void run_handlers_later();

// Of Python's main thread.
unsigned long main_identity = 0;
long main_number = 0;
std::atomic<bool> main_known{false};

void make_main_known() {
  if (main_known.load()) return;  // two at once may do it both: each waits for the import
  try {
    Ref identity = steal(check(PyLong_FromLongLong(static_cast<long long>(main_identity))));
    Ref number = steal(check(PyLong_FromLongLong(main_number)));
    call(package.know_main_thread, {identity.get(), number.get()});
    main_known.store(true);
  } catch (const PythonError&) {
    // `threading` cannot be imported: then nobody asks it.
  }
}

// On Python's main thread to be. `shared`: signals go to both sides.
void begin_python(const StartOptions& options, const Settings& settings, std::string story,
                  Thread& thread, bool shared) {
  watcher::start();  // first: it needs no Python, and after it failed another start may succeed
  LeaveDetached leave(thread);
  first = {start_python(options, thread), std::move(story)};
  come_back = interrupts::come_back;
  supply_call_elsewhere();
  set_callback_timeout(settings.callback_timeout);
  slow_calls::set_limit(settings.slow_call);
  pool::configure(settings.threads);
  signals::run_handlers_later = run_handlers_later;
  signals::start(thread, shared);
  try {
    load_package(options.package);
    if (shared) call(package.share_signals, {});
  } catch (const PythonError& error) {
    throw BridgeError(Code::START_FAILED, reason_of(error));
  }
  main_identity = thread.identity;
  main_number = thread.number;
  welcome_other_thread = make_main_known;
  watch_exit();
  end_without_javascript = [] {
    if (keeper::is_main()) keeper::run([] { call(package.end, {Py_False}); }, 500);
  };
  others_running = [] { return pool::size() > 0; };
  let_others_join();
}

// start(options): nothing where another thread was quicker.
napi_value start(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  const napi_value given = arguments.values[0];
  StartOptions options;
  options.library = text(env, given, "library");
  options.executable = text(env, given, "executable");
  options.package = text(env, given, "package");
  options.layouts = truth(env, property(env, given, "layouts"));
  std::string story = text(env, given, "story");

  Settings settings;
  settings.signals = truth(env, property(env, given, "signals"));
  settings.callback_timeout = number(env, given, "callbackTimeout");
  settings.slow_call = number(env, given, "slowCall");
  settings.threads.busy = static_cast<size_t>(number(env, given, "busyThreads"));
  settings.threads.max = static_cast<size_t>(number(env, given, "maxThreads"));

  const auto begin = [&](Thread& thread, bool shared) {
    begin_python(options, settings, std::move(story), thread, shared);
  };
  static std::mutex starting;
  std::lock_guard lock(starting);
  if (python_started()) return nullptr;
  if (truth(env, property(env, given, "here"))) {
    begin(bridge.environment.thread, settings.signals);
  } else {
    keeper::start([&](Thread& thread) { begin(thread, false); });
    join_python(bridge.environment);
  }
  adopt_package(bridge);
  return describe_start(env);
}

// Another thread, or another copy of lib/ on this one, has started Python already: what it found.
napi_value join(Bridge& bridge, const Arguments&) {
  if (!python_started()) return nullptr;
  join_python(bridge.environment);
  adopt_package(bridge);
  return describe_start(bridge.env);
}

// The bridge of JavaScript's main thread: signals' handlers run there, and workers ask it to start.
// It lives for ever: the watcher asks for it.
struct Main {
  std::mutex mutex;
  std::shared_ptr<JsOwner> owner;
};
Main& on_main() {
  static auto* made = new Main;
  return *made;
}

std::shared_ptr<JsOwner> owner_on_main() {
  std::lock_guard lock(on_main().mutex);
  return on_main().owner;
}

// connect(hooks, thread)
napi_value connect(Bridge& bridge, const Arguments& arguments) {
  bridge.connect(arguments.values[0]);
  const auto thread = static_cast<long>(arguments.id(bridge.env, 1));
  bridge.environment.js_thread.store(thread);
  if (thread == 0) {
    std::lock_guard lock(on_main().mutex);
    on_main().owner = bridge.js_objects.owner();
  }
  return nullptr;
}

// Python's handlers, from the event loop of the main thread.
class RunHandlers final : public Errand {
 public:
  void run() override {
    const auto owner = owner_on_main();
    auto* caller = owner == nullptr ? nullptr : owner->caller();
    if (caller == nullptr) return;
    auto& bridge = static_cast<Bridge&>(*caller);
    try {
      Attached attached(bridge.environment.thread);
      try {
        check(PyErr_CheckSignals());
        if (is_forked()) leave_child(nullptr);
      } catch (...) {
        if (is_forked()) leave_child_throwing();
        attached.leave();
        throw_js(bridge);
      }
    } catch (...) {
      // Python has ended.
    }
  }
};

void run_handlers_later() {
  if (keeper::is_main()) return keeper::run_handlers();
  if (const auto owner = owner_on_main()) owner->inbox->push(std::make_shared<RunHandlers>());
}

// A worker asks the main thread to start Python, by its own lib/ and with its own choice.
class StartHere final : public Errand {
 public:
  explicit StartHere(std::string options) : options_(std::move(options)) { is_request = true; }

  void run() override {
    if (begun_.exchange(true)) return;
    const auto owner = owner_on_main();
    if (auto* caller = owner == nullptr ? nullptr : owner->caller()) {
      auto& bridge = static_cast<Bridge&>(*caller);
      const ScratchFreed freed(bridge);
      try {
        napi_value options = nullptr;
        node_check(bridge.env,
                   napi_create_string_utf8(bridge.env, options_.data(), options_.size(), &options));
        bridge.call_hook(Bridge::Hook::startHere, &options, 1);
      } catch (...) {
        napi_value thrown = nullptr;  // the worker tries itself, and says what is wrong
        napi_get_and_clear_last_exception(bridge.env, &thrown);
      }
    }
    finished_.set_value();
  }
  void refuse() override {
    if (!begun_.exchange(true)) finished_.set_value();
  }

  // Where nobody has begun within the time, nobody will.
  void wait(std::chrono::milliseconds time) {
    std::future<void> finished = finished_.get_future();
    if (finished.wait_for(time) == std::future_status::ready || begun_.exchange(true) == false)
      return;
    finished.get();
  }

 private:
  std::string options_;
  std::atomic<bool> begun_{false};
  std::promise<void> finished_;
};

// start_on_main(options)
napi_value start_on_main(Bridge& bridge, const Arguments& arguments) {
  const auto owner = owner_on_main();
  if (owner == nullptr) return nullptr;
  auto errand = std::make_shared<StartHere>(text_of(bridge.env, arguments.values[0]));
  owner->inbox->push(errand);
  errand->wait(std::chrono::seconds(2));
  return nullptr;
}

// interrupt_worker(thread): the worker of this `threadId`, or all of them; it is to end.
napi_value interrupt_worker(Bridge& bridge, const Arguments& arguments) {
  const auto thread = static_cast<long>(arguments.id(bridge.env, 0));
  for_each_environment([thread](const std::shared_ptr<Environment>& environment) {
    const long number = environment->js_thread.load();
    if (number <= 0 || (thread != 0 && number != thread)) return;
    interrupts::terminate(std::shared_ptr<Thread>(environment, &environment->thread));
  });
  return nullptr;
}

napi_value set_listeners(Bridge& bridge, const Arguments& arguments) {
  signals::set_listeners(static_cast<int>(arguments.id(bridge.env, 0)),
                         static_cast<int>(arguments.id(bridge.env, 1)));
  return nullptr;
}

// leave_by(signal): the process will end as if the signal had killed it.
napi_value leave_by(Bridge& bridge, const Arguments& arguments) {
  set_leaving_signal(static_cast<int>(arguments.id(bridge.env, 0)));
  return nullptr;
}

napi_value set_scratch(Bridge& bridge, const Arguments& arguments) {
  bridge.set_scratch(arguments.values[0], arguments.values[1], arguments.values[2]);
  return nullptr;
}

// setRules(rules): how arguments of callbacks cross, in every environment.
napi_value set_rules(Bridge& bridge, const Arguments& arguments) {
  default_rules = Rules::of(arguments.id(bridge.env, 0));
  return nullptr;
}

// keepTape(whether): a tape that is written is read only after others.
napi_value keep_tape(Bridge& bridge, const Arguments& arguments) {
  bridge.known_texts.waiting_tapes += truth(bridge.env, arguments.values[0]) ? 1 : -1;
  return nullptr;
}

// Nothing of the user's runs here: a tape may lie in the scratch.
napi_value forget_shapes(Bridge& bridge, const Arguments&) {
  Attached attached(bridge.environment.thread);
  attached.leave();
  bridge.arriving.clear();
  return nullptr;
}

napi_value join_threads(Bridge&, const Arguments&) {
  call(package.join_threads, {});
  return nullptr;
}

// end(natural, status): runs `atexit`, flushes, and says whether Python threads still run.
napi_value end(Bridge& bridge, const Arguments& arguments) {
  const bool natural = truth(bridge.env, arguments.values[0]);
  tell_exit_status(static_cast<int>(arguments.id(bridge.env, 1)));
  set_threads_running(true);  // whoever leaves from within `atexit` has not looked
  Ref running = call(package.end, {natural ? Py_True : Py_False});
  set_threads_running(running.get() == Py_True);
  return nullptr;
}

// For bodies that may run before Python does.
template <Body body>
napi_value detached_entry(napi_env env, napi_callback_info info) {
  Arguments arguments;
  arguments.count = Arguments::inline_count;
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
  exports.set("startOnMain", detached_entry<start_on_main>, bridge);
  exports.set("joinThreads", entry<join_threads, Slow::expected>, bridge);
  exports.set("end", entry<end, Slow::expected>, bridge);
  exports.set("setListeners", detached_entry<set_listeners>, bridge);
  exports.set("leaveBy", detached_entry<leave_by>, bridge);
  exports.set("interruptWorker", detached_entry<interrupt_worker>, bridge);
  exports.set("submit", detached_entry<calls::submit>, bridge);
  exports.set("submitScalars", detached_entry<calls::submit_scalars>, bridge);
  exports.set("interruptCall", detached_entry<calls::interrupt_call>, bridge);
  exports.set("giveUpCall", detached_entry<calls::give_up_call>, bridge);
  exports.set("beginLimit", detached_entry<calls::begin_limit>, bridge);
  exports.set("reachLimit", detached_entry<calls::reach_limit>, bridge);
  exports.set("endLimit", detached_entry<calls::end_limit>, bridge);
  exports.set("takeBack", detached_entry<calls::take_back>, bridge);
  exports.set("stayAttached", entry<calls::stay_attached, Slow::expected>, bridge);
  exports.set("call", calls::enter_scalars, bridge);
  exports.set("callMany", calls::enter_many_scalars, bridge);
  exports.set("callKeywords", entry<calls::keywords>, bridge);
  exports.set("internList", entry<objects::intern_list, Slow::reported, 1>, bridge);
  exports.set("keepTape", detached_entry<keep_tape>, bridge);
  exports.set("forgetShapes", detached_entry<forget_shapes>, bridge);
  exports.set("knowUnsteered", entry<objects::know_unsteered>, bridge);
  exports.set("setRules", detached_entry<set_rules>, bridge);
  exports.set("typeNumber", entry<objects::type_number>, bridge);
  exports.set("callByTape", entry<calls::by_tape, Slow::reported, 3>, bridge);
  exports.set("importModule", entry<objects::import_module, Slow::expected>, bridge);
  exports.set("intern", entry<objects::intern>, bridge);
  exports.set("forgetNames", entry<objects::forget_names>, bridge);
  exports.set("getAttribute", entry<objects::get_attribute, Slow::reported, 3>, bridge);
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
  exports.set("openView", entry<memories::open_view, Slow::reported, 1>, bridge);
  exports.set("takeBackView", entry<memories::take_back_view, Slow::reported, 1>, bridge);
  exports.set("makeMemory", entry<memories::make, Slow::reported, 4>, bridge);
  exports.set("openTable", entry<tables::open, Slow::reported, 1>, bridge);
  exports.set("nextBatch", entry<tables::next, Slow::reported, 1>, bridge);
  exports.set("keepTable", entry<tables::keep, Slow::reported, 2>, bridge);
  exports.set("sweep", entry<objects::sweep, Slow::expected>, bridge);
  exports.set("countLive", entry<objects::count_live>, bridge);
  exports.set("lists", lists(env));
  return exports.value();
}

// An environment that is ending refuses every call: then there is nothing to return, or to throw.
// There is no lib/ yet that could make a BridgeError of what cannot be opened: load() does so.
template <napi_value (*make)(napi_env)>
napi_value or_nothing(napi_env env) noexcept {
  try {
    return make(env);
  } catch (const BridgeError& error) {
    napi_throw_error(env, code_name(error.code()), error.detail().c_str());
    return nullptr;
  } catch (...) {
    return nullptr;
  }
}

// open(libuv, stores, handles): whether this runtime has a libuv that can be used, backing stores,
// and handles when an environment ends.
napi_value open(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3] = {};
  bool wanted = true;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok) return nullptr;
  if (napi_get_value_bool(env, given[0], &wanted) == napi_ok) choose_loops(wanted);
  if (napi_get_value_bool(env, given[1], &wanted) == napi_ok) choose_backing_stores(wanted);
  if (napi_get_value_bool(env, given[2], &wanted) == napi_ok) detaches_at_end.store(wanted);
  return or_nothing<list_exports>(env);
}

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
