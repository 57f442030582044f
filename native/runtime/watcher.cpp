#include "runtime/watcher.h"

#include <signal.h>
#include <uv.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpython/schedule.h"
#include "cpython/system_thread.h"
#include "errors/bridge_error.h"

namespace pybridge::watcher {
namespace {

using Clock = std::chrono::steady_clock;

// Lives for ever: its thread does.
struct State {
  uv_loop_t loop;
  uv_async_t wake;
  uv_timer_t timer;
  uv_signal_t first_signal;
  std::array<uv_signal_t*, NSIG> signals{};
  void (*arrived)(int) = nullptr;

  std::mutex mutex;
  std::vector<Action> requests;
  std::multimap<Clock::time_point, uint64_t> order;
  std::unordered_map<uint64_t, std::pair<Clock::time_point, Action>> timers;
  uint64_t next = 1;
};

State* state = nullptr;

uint64_t milliseconds_until(Clock::time_point when) {
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(when - Clock::now()).count();
  return left <= 0 ? 0 : static_cast<uint64_t>(left + 999) / 1000;
}

void run_due(uv_timer_t*);

// On the watcher's thread, without the mutex.
void set_timer() {
  std::lock_guard lock(state->mutex);
  if (state->order.empty()) {
    uv_timer_stop(&state->timer);
    return;
  }
  uv_update_time(&state->loop);
  uv_timer_start(&state->timer, run_due, milliseconds_until(state->order.begin()->first), 0);
}

void run_due(uv_timer_t*) {
  for (;;) {
    Action action;
    {
      std::lock_guard lock(state->mutex);
      const auto first = state->order.begin();
      if (first == state->order.end() || first->first > Clock::now()) break;
      const auto due = state->timers.find(first->second);
      action = std::move(due->second.second);
      state->timers.erase(due);
      state->order.erase(first);
    }
    schedule_point("timer");
    action();
  }
  set_timer();
}

void run_requests(uv_async_t*) {
  std::vector<Action> requests;
  {
    std::lock_guard lock(state->mutex);
    requests.swap(state->requests);
  }
  for (const Action& request : requests) request();
  set_timer();
}

// Requests that only the watcher's thread can carry out.
void ask(Action request) {
  {
    std::lock_guard lock(state->mutex);
    state->requests.push_back(std::move(request));
  }
  uv_async_send(&state->wake);
}

// What a failed start leaves open stays so: another attempt may have more luck, and needs its own.
void check_uv(int status) {
  if (status == 0) return;
  throw BridgeError(Code::START_FAILED,
                    std::string("no thread for signals: ") + uv_strerror(status));
}

void run() {
  name_this_thread("pybridge-watch");
  leave_signals_to_others();  // libuv's handler runs there, and tells this loop
  uv_run(&state->loop, UV_RUN_DEFAULT);
}

}  // namespace

void start() {
  static std::once_flag once;
  std::call_once(once, [] {
    state = new State;
    check_uv(uv_loop_init(&state->loop));
    check_uv(uv_async_init(&state->loop, &state->wake, run_requests));
    check_uv(uv_timer_init(&state->loop, &state->timer));
    // The first one opens descriptors: whatever is watched later needs none.
    check_uv(uv_signal_init(&state->loop, &state->first_signal));
    try {
      std::thread(run).detach();
    } catch (const std::system_error& error) {
      throw BridgeError(Code::START_FAILED, error.what());
    }
  });
}

void watch_signals(void (*arrived)(int signal)) { state->arrived = arrived; }

// Not back before libuv's handler is in place: whoever asked may be about to raise the signal.
void watch(int signal) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable done;
  bool watched = false;
  ask([&, signal] {
    uv_signal_t*& handle = state->signals[static_cast<size_t>(signal)];
    if (handle == nullptr) {
      handle = new uv_signal_t;
      uv_signal_init(&state->loop, handle);
    }
    uv_signal_start(
        handle,
        [](uv_signal_t*, int number) {
          schedule_point("signal");
          if (state->arrived != nullptr) state->arrived(number);
        },
        signal);
    std::lock_guard inner(mutex);
    watched = true;
    done.notify_one();
  });
  done.wait(lock, [&] { return watched; });
}

void unwatch(int signal) {
  ask([signal] {
    uv_signal_t* handle = state->signals[static_cast<size_t>(signal)];
    if (handle != nullptr) uv_signal_stop(handle);
  });
}

uint64_t after(uint64_t milliseconds, Action action) {
  const auto when = Clock::now() + std::chrono::milliseconds(milliseconds);
  std::lock_guard lock(state->mutex);
  const uint64_t timer = state->next++;
  const auto placed = state->order.emplace(when, timer);
  state->timers.emplace(timer, std::pair{when, std::move(action)});
  if (placed == state->order.begin()) uv_async_send(&state->wake);
  return timer;
}

bool cancel(uint64_t timer) {
  std::lock_guard lock(state->mutex);
  const auto found = state->timers.find(timer);
  if (found == state->timers.end()) return false;
  const auto [first, last] = state->order.equal_range(found->second.first);
  for (auto it = first; it != last; ++it) {
    if (it->second != timer) continue;
    state->order.erase(it);
    break;
  }
  state->timers.erase(found);
  return true;
}

}  // namespace pybridge::watcher
