// The system knows Ctrl-C and Ctrl-Break, and hands them from one handler to the next, the newest
// first: the C library of Python has one, and libuv. Dispositions are that library's, not ours: it
// is asked by name. Where it has none for Ctrl-C, libuv hears it.

#include <signal.h>
#include <windows.h>

#include <array>
#include <atomic>

#include "cpython/shared_library.h"
#include "runtime/dispositions.h"
#include "runtime/libuv.h"

namespace pybridge::signals {
namespace {

using Handler = void(__cdecl*)(int);
using Signal = Handler(__cdecl*)(int, Handler);

// Those that the C library knows.
constexpr std::array<int, 4> known{SIGINT, SIGTERM, SIGBREAK, SIGABRT};

std::atomic<Handler> python_handler{nullptr};
std::array<std::atomic<Handler>, NSIG> put_back{};

// A debug build of Python has a debug build of the C library.
Handler set_disposition(int signal, Handler handler) {
  static const Signal set = [] {
    HMODULE library = GetModuleHandleW(L"ucrtbased.dll");
    if (library == nullptr) library = GetModuleHandleW(L"ucrtbase.dll");
    void (*found)() = nullptr;
    if (library != nullptr) found = reinterpret_cast<void (*)()>(GetProcAddress(library, "signal"));
    return reinterpret_cast<Signal>(found);
  }();
  return set == nullptr ? SIG_ERR : set(signal, handler);
}

Handler disposition_now(int signal) {
  constexpr uintptr_t only_ask = 2;  // SIG_GET of its signal.h
  return set_disposition(signal, reinterpret_cast<Handler>(only_ask));
}

bool is_in_range(int signal) { return signal > 0 && signal < NSIG; }

}  // namespace

struct Kept::Dispositions {
  std::array<Handler, known.size()> saved{};
};

Kept::Kept() : kept_(new Dispositions) {
  for (size_t i = 0; i < known.size(); i++) kept_->saved[i] = disposition_now(known[i]);
}

Kept::~Kept() {
  for (size_t i = 0; i < known.size(); i++) {
    const Handler before = kept_->saved[i], now = disposition_now(known[i]);
    // Who starts Python with PYTHONFAULTHANDLER wants to be told of SIGABRT.
    if (now == before || before == SIG_ERR || known[i] == SIGABRT) continue;
    if (known[i] == SIGINT && now != SIG_IGN && now != SIG_DFL) python_handler.store(now);
    set_disposition(known[i], before);
  }
  delete kept_;
}

void keep_disposition(int signal) {
  if (is_in_range(signal)) put_back[static_cast<size_t>(signal)].store(disposition_now(signal));
}

void learn_python_handler(int signal) {
  const Handler now = disposition_now(signal);
  if (is_in_range(signal) && now != SIG_ERR && now != put_back[static_cast<size_t>(signal)].load())
    python_handler.store(now);
}

void put_disposition_back(int signal) {
  if (!is_in_range(signal)) return;
  const Handler before = put_back[static_cast<size_t>(signal)].load();
  if (before != SIG_ERR) set_disposition(signal, before);
}

// Python's handler sets itself again, as is usual where a signal resets its disposition.
void trip(int signal) {
  Handler handler = python_handler.load();
  if (handler == nullptr) return;
  handler(signal);
  put_disposition_back(signal);
}

// There is no spare one: that of an illegal instruction is never raised, but by who calls `raise`.
int wake_signal() { return SIGILL; }

// Python's handler runs on this thread. On its main thread `sleep` and input wait for an event,
// too.
void send_wake_signal(const Thread&) {
  using FindEvent = void* (*)();
  static const auto find_event = reinterpret_cast<FindEvent>(
      reinterpret_cast<void (*)()>(symbol_in(python_library, "_PyOS_SigintEvent")));
  trip(wake_signal());
  if (find_event == nullptr) return;
  if (HANDLE event = find_event()) SetEvent(event);
}

bool ends_the_process(int signal) { return signal != SIGWINCH; }

// The others never come from outside.
bool can_be_shared(int signal) { return signal == SIGINT || signal == SIGBREAK; }

bool is_needed_by_node(int) { return false; }

// As the system ends a process by Ctrl-C, and libuv by any other signal.
void die_of(int signal) {
  constexpr UINT by_control_c = 0xC000013A;
  if (uses_libuv.load()) uv_tty_reset_mode();
  const bool from_keyboard = signal == SIGINT || signal == SIGBREAK;
  TerminateProcess(GetCurrentProcess(), from_keyboard ? by_control_c : 1);
  for (;;) Sleep(INFINITE);
}

}  // namespace pybridge::signals
