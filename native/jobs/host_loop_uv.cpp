#include <string>
#include <utility>

#include "errors/bridge_error.h"
#include "errors/node_check.h"
#include "jobs/host_loop.h"
#include "runtime/libuv.h"

namespace pybridge {
namespace {

void check_uv(int status) {
  if (status != 0)
    throw BridgeError(Code::START_FAILED, std::string("no inbox: ") + uv_strerror(status));
}

// Its handles outlive the inbox until libuv has closed them.
class UvHostLoop final : public HostLoop {
 public:
  UvHostLoop(uv_loop_t* loop, std::shared_ptr<Guest> guest) {
    check_uv(uv_async_init(loop, &wake_, [](uv_async_t* wake) {
      const std::shared_ptr<Guest> woken = of(wake->data).guest_;
      if (woken != nullptr) woken->woken();
    }));
    uv_idle_init(loop, &again_);  // never fails
    wake_.data = again_.data = this;
    uv_unref(reinterpret_cast<uv_handle_t*>(&wake_));
    uv_unref(reinterpret_cast<uv_handle_t*>(&again_));
    guest_ = std::move(guest);
  }

  void end_with(napi_env env) {
    napi_add_async_cleanup_hook(
        env,
        [](napi_async_cleanup_hook_handle hook, void* data) {
          UvHostLoop& self = of(data);
          self.hook_ = hook;
          std::exchange(self.guest_, nullptr)->ending();
          self.open_ = 2;
          uv_close(reinterpret_cast<uv_handle_t*>(&self.wake_), closed);
          uv_close(reinterpret_cast<uv_handle_t*>(&self.again_), closed);
        },
        this, nullptr);
  }

  void wake() override { uv_async_send(&wake_); }

  void keep_alive(bool wanted) override {
    (wanted ? uv_ref : uv_unref)(reinterpret_cast<uv_handle_t*>(&wake_));
  }

  // An active idle handle keeps the loop from sleeping.
  bool can_idle() const override { return true; }
  void start_idling() override {
    uv_idle_start(&again_, [](uv_idle_t* again) {
      const std::shared_ptr<Guest> guest = of(again->data).guest_;
      if (guest != nullptr) guest->idles();
    });
  }
  void stop_idling() override { uv_idle_stop(&again_); }

  bool has_scopes() const override { return true; }

 private:
  ~UvHostLoop() override = default;

  static UvHostLoop& of(void* data) { return *static_cast<UvHostLoop*>(data); }

  static void closed(uv_handle_t* handle) {
    UvHostLoop& self = of(handle->data);
    if (--self.open_ > 0) return;
    if (self.hook_ != nullptr) napi_remove_async_cleanup_hook(self.hook_);
    delete &self;
  }

  uv_async_t wake_;
  uv_idle_t again_;
  std::shared_ptr<Guest> guest_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  int open_ = 0;
};

}  // namespace

HostLoop* open_libuv_host_loop(napi_env env, std::shared_ptr<HostLoop::Guest> guest) {
  uv_loop_t* loop = nullptr;
  node_check(env, napi_get_uv_event_loop(env, &loop));
  auto* made = new UvHostLoop(loop, std::move(guest));
  made->end_with(env);
  return made;
}

}  // namespace pybridge
