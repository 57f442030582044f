#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "errors/node_check.h"
#include "jobs/host_loop.h"
#include "runtime/watcher.h"

namespace pybridge {
namespace {

using Clock = std::chrono::steady_clock;

// Lives for ever, one for each thread: a wake-up may still be on its way when its thread ends.
//
//   Bun runs threadsafe functions for as long as they are called, and nothing else: a flood of
//   errands would leave timers, messages and sockets no turn. So it is not woken for a moment after
//   it has run errands for a while.
class ThreadsafeHostLoop final : public HostLoop {
 public:
  ThreadsafeHostLoop(napi_env env, std::shared_ptr<Guest> guest)
      : env_(env), guest_(std::move(guest)) {
    napi_value name = nullptr;
    node_check(env, napi_create_string_utf8(env, "pybridge", NAPI_AUTO_LENGTH, &name));
    node_check(env, napi_create_threadsafe_function(
                        env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                        [](napi_env called_in, napi_value, void* context, void*) {
                          if (called_in != nullptr) of(context).arrive();
                        },
                        &function_));
    node_check(env, napi_unref_threadsafe_function(env, function_));
    node_check(env, napi_add_env_cleanup_hook(
                        env,
                        [](void* data) {
                          ThreadsafeHostLoop& self = of(data);
                          std::exchange(self.guest_, nullptr)->ending();
                          self.end();
                        },
                        this));
  }

  // One call on its way is enough, however many ask for it.
  void wake() override {
    if (!on_its_way_.exchange(true)) call();
  }

  void keep_alive(bool wanted) override {
    if (function_ != nullptr)
      (wanted ? napi_ref_threadsafe_function : napi_unref_threadsafe_function)(env_, function_);
  }

  bool can_idle() const override { return false; }
  void start_idling() override {}
  void stop_idling() override {}
  bool has_scopes() const override { return false; }

 private:
  static ThreadsafeHostLoop& of(void* data) { return *static_cast<ThreadsafeHostLoop*>(data); }

  void call() {
    std::lock_guard lock(mutex_);
    if (function_ != nullptr)
      napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  }

  void end() {
    std::lock_guard lock(mutex_);
    napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
  }

  void arrive() {
    if (needs_rest()) {
      watcher::after(1, [this] { call(); });
      return;
    }
    on_its_way_.store(false);
    const std::shared_ptr<Guest> guest = guest_;
    if (guest != nullptr) guest->woken();
    last_ = Clock::now();
  }

  bool needs_rest() {
    constexpr auto pause = std::chrono::milliseconds(1), enough = std::chrono::milliseconds(10);
    const auto now = Clock::now();
    if (now - last_ < pause && now - first_ > enough) {
      first_ = now + pause;
      return true;
    }
    if (now - last_ >= pause) first_ = now;
    return false;
  }

  napi_env env_;
  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;  // null after the end
  std::shared_ptr<Guest> guest_;
  std::atomic<bool> on_its_way_{false};
  Clock::time_point first_, last_;  // of errands that came one soon after the other
};

}  // namespace

HostLoop* open_threadsafe_host_loop(napi_env env, std::shared_ptr<HostLoop::Guest> guest) {
  return new ThreadsafeHostLoop(env, std::move(guest));
}

}  // namespace pybridge
