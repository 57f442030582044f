#include "runtime/watcher.h"

#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpython/schedule.h"
#include "cpython/system_thread.h"
#include "errors/bridge_error.h"
#include "runtime/libuv.h"
#include "runtime/watch_loop.h"

namespace pybridge::watcher {
namespace {

using Clock = std::chrono::steady_clock;

// Lives for ever: its thread does.
struct State {
  std::unique_ptr<WatchLoop> loop;
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

// On the watcher's thread, without the mutex.
void set_timer() {
  std::lock_guard lock(state->mutex);
  if (state->order.empty())
    state->loop->stop_timer();
  else
    state->loop->set_timer(milliseconds_until(state->order.begin()->first));
}

void run_due() {
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

void run_requests() {
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
  state->loop->wake();
}

void run() {
  name_this_thread("pybridge-watch");
  leave_signals_to_others();  // the handler runs there, and tells this loop
  state->loop->run();
}

void signal_arrived(int signal) {
  schedule_point("signal");
  if (state->arrived != nullptr) state->arrived(signal);
}

constexpr WatchLoop::Events events{run_requests, run_due, signal_arrived};

}  // namespace

void start() {
  static std::once_flag once;
  std::call_once(once, [] {
    state = new State;
    state->loop = uses_libuv.load() ? open_libuv_watch_loop(events) : open_poll_watch_loop(events);
    try {
      std::thread(run).detach();
    } catch (const std::system_error& error) {
      throw BridgeError(Code::START_FAILED, error.what());
    }
  });
}

void watch_signals(void (*arrived)(int signal)) { state->arrived = arrived; }

// Not back before the handler is in place: whoever asked may be about to raise the signal.
void watch(int signal) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable done;
  bool watched = false;
  ask([&, signal] {
    state->loop->watch(signal);
    std::lock_guard inner(mutex);
    watched = true;
    done.notify_one();
  });
  done.wait(lock, [&] { return watched; });
}

void unwatch(int signal) {
  ask([signal] { state->loop->unwatch(signal); });
}

void listened_to(int signal, bool listeners) {
  constexpr uint64_t moment = 5;
  if (state == nullptr || state->loop == nullptr) return;
  state->loop->listened_to(signal, listeners);
  after(moment, [signal, listeners] { state->loop->listened_to(signal, listeners); });
}

uint64_t after(uint64_t milliseconds, Action action) {
  const auto when = Clock::now() + std::chrono::milliseconds(milliseconds);
  std::lock_guard lock(state->mutex);
  const uint64_t timer = state->next++;
  const auto placed = state->order.emplace(when, timer);
  state->timers.emplace(timer, std::pair{when, std::move(action)});
  if (placed == state->order.begin()) state->loop->wake();
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
