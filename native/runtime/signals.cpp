#include "runtime/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "cpython/schedule.h"
#include "runtime/libuv.h"
#include "runtime/watcher.h"

namespace pybridge::signals {
namespace {

using Handler = void (*)(int);

struct Signal {
  std::atomic<Handling> handling{Handling::by_default};
  std::atomic<int> listeners{0};
  std::atomic<bool> watched{false};
};

std::array<Signal, NSIG> all;
Thread* main_thread = nullptr;
std::atomic<Handler> python_handler{nullptr};
struct sigaction kept_one;

Signal& of(int signal) { return all[static_cast<size_t>(signal)]; }

// Sets Python's flag, exactly as a signal that the kernel delivers would.
void trip(int signal) {
  if (Handler handler = python_handler.load()) handler(signal);
}

// Wakes the main thread until it has woken, or has left Python.
class Waking {
 public:
  static constexpr uint64_t first_pause = 4, longest_pause = 64;  // ms

  void begin() {
    std::lock_guard lock(mutex_);
    wanted_ = true;
    if (!std::exchange(repeats_, true)) again_after(first_pause);
  }
  void end() {
    std::lock_guard lock(mutex_);
    wanted_ = false;
  }

 private:
  void again_after(uint64_t pause) {
    watcher::after(pause, [this, pause] { again(pause); });
  }
  void again(uint64_t pause) {
    std::lock_guard lock(mutex_);
    repeats_ = wanted_ = wanted_ && send();
    if (wanted_) again_after(std::min(2 * pause, longest_pause));
  }
  static bool send() {
    Waker waker(*main_thread);
    if (waker.inside()) pthread_kill(main_thread->handle, wake_signal());
    return waker.inside();
  }

  std::mutex mutex_;
  bool wanted_ = false;
  bool repeats_ = false;
};

// Lives for ever: the watcher wakes.
Waking& waking() {
  static auto* made = new Waking;
  return *made;
}

// True where the main thread is inside Python, and will see it before it leaves.
bool interrupt_main(int signal) {
  Waker waker(*main_thread);
  if (!waker.inside()) return false;
  trip(signal);
  main_thread->attention.store(true);
  schedule_point("interrupt");
  pthread_kill(main_thread->handle, wake_signal());
  waking().begin();
  return true;
}

void arrived(int signal) {
  const Handling handling = of(signal).handling.load();
  if (handling == Handling::call) {
    if (interrupt_main(signal)) return;
    trip(signal);
    if (run_handlers_later != nullptr) run_handlers_later();
    return;
  }
  if (handling == Handling::interrupt && interrupt_main(signal)) return;
  if (handling == Handling::ignore || of(signal).listeners.load() > 0) return;
  if (ends_the_process(signal)) die_of(signal);
}

// Those that the processor raises belong to whoever handles them at once, and nobody handles these.
bool can_be_shared(int signal) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGKILL:
    case SIGSTOP: return false;
    default:      return signal > 0 && signal < NSIG;
  }
}

// Who starts Python with PYTHONFAULTHANDLER or PYTHONDEVMODE wants to be told of these.
bool tells_of_crash(int signal) {
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE ||
         signal == SIGILL;
}

bool shared_signals = false;

}  // namespace

struct Kept::Dispositions {
  std::array<struct sigaction, NSIG> saved;
  std::array<bool, NSIG> known{};
};

Kept::Kept() : kept_(new Dispositions) {
  for (int signal = 1; signal < NSIG; signal++) {
    const auto index = static_cast<size_t>(signal);
    kept_->known[index] = sigaction(signal, nullptr, &kept_->saved[index]) == 0;
  }
}

Kept::~Kept() {
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction now;
    const auto index = static_cast<size_t>(signal);
    const struct sigaction& before = kept_->saved[index];
    if (!kept_->known[index] || sigaction(signal, nullptr, &now) != 0) continue;
    if (now.sa_handler == before.sa_handler || tells_of_crash(signal)) continue;
    if (signal == SIGINT && now.sa_handler != SIG_IGN && now.sa_handler != SIG_DFL)
      python_handler.store(now.sa_handler);
    sigaction(signal, &before, nullptr);
  }
  delete kept_;
}

int wake_signal() {
  static const int chosen = [] {
    for (int signal = SIGRTMAX - 2; signal > SIGRTMIN; signal--) {
      struct sigaction now;
      if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) return signal;
    }
    return SIGRTMAX - 2;
  }();
  return chosen;
}

void start(Thread& main, bool shared) {
  main_thread = &main;
  shared_signals = shared;
  watcher::watch_signals(arrived);
}

bool wake_main() {
  Waker waker(*main_thread);
  if (!waker.inside()) return false;
  pthread_kill(main_thread->handle, wake_signal());
  waking().begin();
  return true;
}

void woken() { waking().end(); }

void keep_disposition(int signal) { sigaction(signal, nullptr, &kept_one); }

void handled(int signal, Handling handling) {
  if (!shared_signals || !can_be_shared(signal) || signal == wake_signal()) return;
  struct sigaction now;
  if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != kept_one.sa_handler) {
    if (handling == Handling::call || handling == Handling::interrupt)
      python_handler.store(now.sa_handler);
  }
  const bool wanted = handling != Handling::by_default || signal == SIGINT;
  of(signal).handling.store(handling);
  if (wanted && !of(signal).watched.exchange(true)) {
    sigaction(signal, &kept_one, nullptr);
    watcher::watch(signal);
  } else if (!wanted && of(signal).watched.exchange(false)) {
    sigaction(signal, &kept_one, nullptr);
    watcher::unwatch(signal);
  } else if (wanted || of(signal).listeners.load() > 0 || signal == SIGCHLD) {
    sigaction(signal, &kept_one, nullptr);
  }
}

bool ends_the_process(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:  return false;
    default:       return true;
  }
}

void set_listeners(int signal, int count) {
  if (signal <= 0 || signal >= NSIG) return;
  const int before = of(signal).listeners.exchange(count);
  if (!uses_libuv.load() && before != count) watcher::listened_to(signal, count > 0);
}

void die_of(int signal) {
  if (uses_libuv.load()) uv_tty_reset_mode();
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  kill(getpid(), signal);
  pthread_kill(pthread_self(), signal);
  _exit(128 + signal);  // whoever traces this process kept the signal
}

}  // namespace pybridge::signals
