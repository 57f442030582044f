#include "runtime/signals.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "cpython/schedule.h"
#include "runtime/libuv.h"
#include "runtime/watcher.h"

namespace pybridge::signals {
namespace {

struct Signal {
  std::atomic<Handling> handling{Handling::by_default};
  std::atomic<int> listeners{0};
  std::atomic<bool> watched{false};
};

std::array<Signal, NSIG> all;
Thread* main_thread = nullptr;

Signal& of(int signal) { return all[static_cast<size_t>(signal)]; }

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
    if (waker.inside()) send_wake_signal(*main_thread);
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
  send_wake_signal(*main_thread);
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

bool shared_signals = false;

}  // namespace

void start(Thread& main, bool shared) {
  main_thread = &main;
  shared_signals = shared;
  watcher::watch_signals(arrived);
}

bool wake_main() {
  Waker waker(*main_thread);
  if (!waker.inside()) return false;
  send_wake_signal(*main_thread);
  waking().begin();
  return true;
}

void woken() { waking().end(); }

void handled(int signal, Handling handling) {
  const bool handles = handling == Handling::call || handling == Handling::interrupt;
  if (handles) learn_python_handler(signal);
  if (!shared_signals || !can_be_shared(signal) || signal == wake_signal()) return;
  const bool wanted = handling != Handling::by_default || signal == SIGINT;
  of(signal).handling.store(handling);
  if (wanted && !of(signal).watched.exchange(true)) {
    put_disposition_back(signal);
    watcher::watch(signal);
  } else if (!wanted && of(signal).watched.exchange(false)) {
    put_disposition_back(signal);
    watcher::unwatch(signal);
  } else if (wanted || of(signal).listeners.load() > 0 || is_needed_by_node(signal)) {
    put_disposition_back(signal);
  }
}

void set_listeners(int signal, int count) {
  if (signal <= 0 || signal >= NSIG) return;
  const int before = of(signal).listeners.exchange(count);
  if (!uses_libuv.load() && before != count) watcher::listened_to(signal, count > 0);
}

}  // namespace pybridge::signals
