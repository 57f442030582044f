#pragma once
// What other threads bring to a JavaScript thread: opaque errands, run there in the order in which
// they came, from the event loop or, where the thread is blocked inside Python, from within.
//
//   1. Any thread may push, without waiting for Python. A wake-up is sent only to an empty inbox.
//   2. Errands run detached. From the loop each has a callback scope of its own: microtasks and
//      process.nextTick run after it, as after any event. Where they come one soon after the other,
//      the loop looks again for a moment instead of sleeping: the next need not wake it.
//   3. Serving runs only requests, which somebody waits for, and what their threads brought before.
//   4. After the end every errand is refused, on the thread that pushes it.
//      (docs/threads.md, rule 8)

#include <node_api.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "jobs/host_loop.h"

namespace pybridge {

// Never that of another thread, as std::thread::id is once a thread has ended.
uint64_t number_of_this_thread();

class Errand {
 public:
  virtual ~Errand() = default;
  // On the owner's thread, detached, in a handle scope. What it leaves pending in JavaScript is
  // reported as an uncaught exception.
  virtual void run() = 0;
  // Any thread: the owner has ended.
  virtual void refuse() {}

  const uint64_t from = number_of_this_thread();
  bool is_request = false;
  // It only settles promises: many in a row share one callback scope.
  bool is_quiet = false;
  bool is_served = false;  // run from within what its thread was doing
};

class Inbox final : public HostLoop::Guest {
 public:
  // The inbox of this thread, made for the first environment and ended with it. Throws
  // START_FAILED.
  static std::shared_ptr<Inbox> open(napi_env env);

  // The inbox of this thread, if it has one.
  static std::shared_ptr<Inbox> of_this_thread();

  ~Inbox() override = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Any thread. False (rule 4) after the end.
  bool push(std::shared_ptr<Errand> errand);
  void notify();
  bool has_requests() const { return requests_.load(std::memory_order_relaxed) > 0; }

  // Whether the owner looks for errands already, and need not be woken: its answer is near.
  bool is_awake() const { return polling_.load(std::memory_order_relaxed); }

  // The owner's thread, detached.
  void serve();

  // The owner's thread waits for something that notify() tells of, and serves requests meanwhile.
  // False when the time is over.
  template <typename Condition, typename Serve>
  bool wait_for(std::chrono::microseconds time, Condition&& met, Serve&& serve_now) {
    const auto until = std::chrono::steady_clock::now() + time;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_until(lock, until, [&] { return met() || requests_ > 0; })) return false;
        if (met()) return true;
      }
      serve_now();
    }
  }

  // Errands on their way keep the event loop alive: work that was given away, and comes back.
  void expect();
  void unexpect();

  // Looks again at once, for a moment, instead of waiting for a wake-up: an answer is near.
  void look_again();

  // The owner's thread. Refuses everything that is left.
  void end();

 private:
  Inbox() = default;
  void woken() override { run_from_loop(); }
  void idles() override;
  void ending() override { end(); }
  void take_over();
  template <typename Wanted>
  std::shared_ptr<Errand> next(Wanted&& wanted);
  void run_from_loop();
  void run_one(Errand& errand);
  void poll(uint64_t until);
  void stop_polling();

  napi_env env_ = nullptr;
  napi_async_context context_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Errand>> errands_;
  std::deque<std::shared_ptr<Errand>> round_;  // the owner's: what it has taken over
  std::atomic<size_t> requests_{0};
  std::atomic<bool> has_errands_{false};
  uint64_t last_round_ = 0;  // when it ended
  size_t expected_ = 0;
  bool ended_ = false;
  std::atomic<bool> polling_{false};  // the loop does not sleep: no wake-up is needed
  uint64_t poll_until_ = 0;
  HostLoop* loop_ = nullptr;
};

}  // namespace pybridge
