// libuv fans a signal out to every loop that watches it, and does not reset the disposition while
// one of them does: Node's listeners and ours live side by side.

#include <array>
#include <csignal>
#include <string>

#include "errors/bridge_error.h"
#include "runtime/libuv.h"
#include "runtime/watch_loop.h"

namespace pybridge {
namespace {

void check_uv(int status) {
  if (status == 0) return;
  throw BridgeError(Code::START_FAILED,
                    std::string("no thread for signals: ") + uv_strerror(status));
}

// Lives for ever: its thread does.
class UvWatchLoop final : public WatchLoop {
 public:
  explicit UvWatchLoop(const Events& events) : events_(events) {}

  void open() {
    check_uv(uv_loop_init(&loop_));
    loop_.data = this;
    check_uv(uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { of(wake->loop).woken(); }));
    check_uv(uv_timer_init(&loop_, &timer_));
    // The first one opens descriptors: whatever is watched later needs none.
    check_uv(uv_signal_init(&loop_, &first_signal_));
  }

  void run() override { uv_run(&loop_, UV_RUN_DEFAULT); }

  void wake() override { uv_async_send(&wake_); }

  void set_timer(uint64_t milliseconds) override {
    uv_update_time(&loop_);
    uv_timer_start(&timer_, [](uv_timer_t* timer) { of(timer->loop).due(); }, milliseconds, 0);
  }

  void stop_timer() override { uv_timer_stop(&timer_); }

  void watch(int signal) override {
    uv_signal_t*& handle = signals_[static_cast<size_t>(signal)];
    if (handle == nullptr) {
      handle = new uv_signal_t;
      uv_signal_init(&loop_, handle);
    }
    uv_signal_start(
        handle, [](uv_signal_t* of_one, int number) { of(of_one->loop).arrived(number); }, signal);
  }

  void unwatch(int signal) override {
    uv_signal_t* handle = signals_[static_cast<size_t>(signal)];
    if (handle != nullptr) uv_signal_stop(handle);
  }

  void listened_to(int, bool) override {}  // libuv's one handler serves every loop

 private:
  static const Events& of(uv_loop_t* loop) {
    return static_cast<UvWatchLoop*>(loop->data)->events_;
  }

  const Events events_;
  uv_loop_t loop_;
  uv_async_t wake_;
  uv_timer_t timer_;
  uv_signal_t first_signal_;
  std::array<uv_signal_t*, NSIG> signals_{};
};

}  // namespace

std::unique_ptr<WatchLoop> open_libuv_watch_loop(const WatchLoop::Events& events) {
  // What a failed start leaves open stays so: another attempt may have more luck, and needs its
  // own.
  auto* loop = new UvWatchLoop(events);
  loop->open();
  return std::unique_ptr<WatchLoop>(loop);
}

}  // namespace pybridge
