#pragma once
// What the watcher's thread waits in: for a wake-up, for a time, for signals. libuv's loop where
// libuv can be used, else a poll of our own (runtime/libuv.h).

#include <cstdint>
#include <memory>

namespace pybridge {

class WatchLoop {
 public:
  // All run on the loop's thread.
  struct Events {
    void (*woken)();
    void (*due)();
    void (*arrived)(int signal);
  };

  virtual ~WatchLoop() = default;
  WatchLoop(const WatchLoop&) = delete;
  WatchLoop& operator=(const WatchLoop&) = delete;

  virtual void run() = 0;

  // Any thread.
  virtual void wake() = 0;

  // The loop's thread. One time at most is waited for.
  virtual void set_timer(uint64_t milliseconds) = 0;
  virtual void stop_timer() = 0;
  virtual void watch(int signal) = 0;
  virtual void unwatch(int signal) = 0;

  // Any thread. JavaScript's listeners: the runtime may have put a handler in the place of ours.
  virtual void listened_to(int signal, bool listeners) = 0;

 protected:
  WatchLoop() = default;
};

// They throw START_FAILED where descriptors have run out.
std::unique_ptr<WatchLoop> open_libuv_watch_loop(const WatchLoop::Events& events);
std::unique_ptr<WatchLoop> open_poll_watch_loop(const WatchLoop::Events& events);

}  // namespace pybridge
