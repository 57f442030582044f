#include "runtime/start.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "cpython/check.h"
#include "cpython/layouts.h"
#include "cpython/system_thread.h"
#include "errors/bridge_error.h"
#include "runtime/seed.h"
#include "runtime/signals.h"
#include "runtime/wasm_traps.h"

namespace pybridge {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> started{false};
PyThreadState* main_state = nullptr;
std::thread::id main_thread;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Extension modules are opened with the flags of sys.setdlopenflags, and `site` opens some already:
// a .pth file may import anything. So the flags are set where the first module that every
// interpreter needs, `posix`, is made.
int extension_flags = 0;
PyObject* (*make_posix)() = nullptr;

PyObject* make_posix_after_flags() {
  try {
    Ref flags = steal(check(PyLong_FromLongLong(extension_flags)));
    if (PyObject* set = PySys_GetObject("setdlopenflags")) call(set, {flags.get()});
  } catch (const PythonError&) {
    // `posix` itself will fail then, and say why.
  }
  return make_posix();
}

void open_extensions_with(int flags) {
  extension_flags = flags;
  for (PyInittab* module = *PyImport_Inittab; module->name != nullptr; module++) {
    if (std::strcmp(module->name, "posix") == 0)
      make_posix = std::exchange(module->initialize, make_posix_after_flags);
  }
}

// PyConfig differs between versions, so it is opaque: larger than any of them and zeroed. CPython
// fills its defaults, the command line says the rest, and a failure comes back as a PyStatus
// (Py_InitializeEx would end the process with a bad home, and give ASCII under LANG=C).
class Config {
 public:
  Config() { PyConfig_InitPythonConfig(memory_.data()); }
  ~Config() { PyConfig_Clear(memory_.data()); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  void initialize(const std::string& executable) {
    const std::array<const char*, 5> arguments{executable.c_str(), "-X", "utf8", "-c", ""};
    check_status(PyConfig_SetBytesArgv(memory_.data(), arguments.size(),
                                       const_cast<char* const*>(arguments.data())));
    check_status(Py_InitializeFromConfig(memory_.data()));
  }

 private:
  static void check_status(const PyStatus& status) {
    if (status.type == 0) return;
    std::string reason = status.message ? status.message : "no reason given";
    if (status.type == 2) reason = "exit code " + std::to_string(status.exit_code);
    throw BridgeError(Code::START_FAILED, reason);
  }

  alignas(16) std::array<char, 1 << 16> memory_{};
};

}  // namespace

void let_others_join() { started.store(true, std::memory_order_release); }

bool python_started() { return started.load(std::memory_order_acquire); }

PyThreadState* main_thread_state() { return main_state; }

bool is_main_python_thread() { return std::this_thread::get_id() == main_thread; }

Started start_python(const StartOptions& options, Thread& thread) {
  static bool attempted = false;
  if (attempted) throw BridgeError(Code::START_FAILED, "an earlier start failed in this process");

  Started result;
  const auto loading = Clock::now();
  seed_copies();
  const int flags = library_flags();
  result.deepbind = flags != 0;
  load_library(options.library, flags);
  if (flags != 0) open_extensions_with(flags);
  result.load_milliseconds = milliseconds_since(loading);

  const auto initializing = Clock::now();
  attempted = true;
  remember_trap_handler();
  {
    signals::Kept kept;  // outside Python, Node's rules hold
    Config().initialize(options.executable);
  }
  result.initialize_milliseconds = milliseconds_since(initializing);
  result.version = Py_GetVersion();

  thread.attached = true;
  thread.state = main_state = PyThreadState_Get();
  main_thread = std::this_thread::get_id();
  thread.settle_here();
  prepare_wakers();
  at_fork_in_child([] { gate.store(Gate::forked); });
  try {
    verify_layouts(options.layouts);
  } catch (const PythonError&) {
    throw BridgeError(Code::START_FAILED, "the layouts of this Python could not be verified");
  }
  return result;
}

}  // namespace pybridge
