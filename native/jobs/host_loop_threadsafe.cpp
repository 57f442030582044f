#include <atomic>
#include <utility>

#include "errors/node_check.h"
#include "jobs/host_loop.h"

namespace pybridge {
namespace {

// Lives for ever, one for each thread: a wake-up may still be on its way when its thread ends.
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
                          napi_release_threadsafe_function(self.function_, napi_tsfn_abort);
                        },
                        this));
  }

  // One call on its way is enough, however many ask for it.
  void wake() override {
    if (!on_its_way_.exchange(true))
      napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  }

  void keep_alive(bool wanted) override {
    (wanted ? napi_ref_threadsafe_function : napi_unref_threadsafe_function)(env_, function_);
  }

  bool can_idle() const override { return false; }
  void start_idling() override {}
  void stop_idling() override {}
  bool has_scopes() const override { return false; }

 private:
  static ThreadsafeHostLoop& of(void* data) { return *static_cast<ThreadsafeHostLoop*>(data); }

  void arrive() {
    on_its_way_.store(false);
    const std::shared_ptr<Guest> guest = guest_;
    if (guest != nullptr) guest->woken();
  }

  napi_env env_;
  napi_threadsafe_function function_ = nullptr;
  std::shared_ptr<Guest> guest_;
  std::atomic<bool> on_its_way_{false};
};

}  // namespace

HostLoop* open_threadsafe_host_loop(napi_env env, std::shared_ptr<HostLoop::Guest> guest) {
  return new ThreadsafeHostLoop(env, std::move(guest));
}

}  // namespace pybridge
