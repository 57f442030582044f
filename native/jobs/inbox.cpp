#include "jobs/inbox.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "cpython/schedule.h"
#include "errors/bridge_error.h"
#include "errors/node_check.h"

namespace pybridge {
namespace {

thread_local std::weak_ptr<Inbox> current;

void check_uv(int status) {
  if (status != 0)
    throw BridgeError(Code::START_FAILED, std::string("no inbox: ") + uv_strerror(status));
}

}  // namespace

uint64_t number_of_this_thread() {
  static std::atomic<uint64_t> count{0};
  thread_local const uint64_t number = ++count;
  return number;
}

// libuv's handles, which outlive the inbox until they are closed.
struct Inbox::Loop {
  uv_async_t wake;
  uv_idle_t again;
  uint64_t again_until = 0;
  std::shared_ptr<Inbox> inbox;
  napi_async_cleanup_hook_handle hook = nullptr;
  int open = 0;

  static void closed(uv_handle_t* handle) {
    auto* self = static_cast<Loop*>(handle->data);
    if (--self->open > 0) return;
    if (self->hook != nullptr) napi_remove_async_cleanup_hook(self->hook);
    delete self;
  }

  void close() {
    open = 2;
    uv_close(reinterpret_cast<uv_handle_t*>(&wake), closed);
    uv_close(reinterpret_cast<uv_handle_t*>(&again), closed);
  }
};

std::shared_ptr<Inbox> Inbox::open(napi_env env) {
  if (auto known = current.lock()) return known;
  std::shared_ptr<Inbox> inbox(new Inbox);
  inbox->env_ = env;
  uv_loop_s* loop = nullptr;
  node_check(env, napi_get_uv_event_loop(env, &loop));
  napi_value name = nullptr;
  node_check(env, napi_create_string_utf8(env, "pybridge", NAPI_AUTO_LENGTH, &name));
  node_check(env, napi_async_init(env, nullptr, name, &inbox->context_));

  auto made = std::make_unique<Loop>();
  check_uv(uv_async_init(loop, &made->wake, [](uv_async_t* wake) {
    std::shared_ptr<Inbox> woken = static_cast<Loop*>(wake->data)->inbox;
    if (woken != nullptr) woken->run_from_loop();
  }));
  auto* handles = inbox->loop_ = made.release();
  handles->inbox = inbox;
  handles->wake.data = handles->again.data = handles;
  uv_unref(reinterpret_cast<uv_handle_t*>(&handles->wake));
  uv_idle_init(loop, &handles->again);  // never fails
  uv_unref(reinterpret_cast<uv_handle_t*>(&handles->again));
  napi_add_async_cleanup_hook(
      env,
      [](napi_async_cleanup_hook_handle hook, void* data) {
        auto* self = static_cast<Loop*>(data);
        self->hook = hook;
        std::shared_ptr<Inbox> ending = std::exchange(self->inbox, nullptr);
        ending->end();
        self->close();
      },
      handles, nullptr);
  current = inbox;
  return inbox;
}

std::shared_ptr<Inbox> Inbox::of_this_thread() { return current.lock(); }

bool Inbox::push(std::shared_ptr<Errand> errand) {
  schedule_point("push");
  {
    std::lock_guard lock(mutex_);
    if (!ended_) {
      const bool was_empty = errands_.empty();
      if (errand->is_request) {
        requests_++;
        changed_.notify_all();
      }
      errands_.push_back(std::move(errand));
      has_errands_.store(true, std::memory_order_relaxed);
      if (was_empty && !polling_) uv_async_send(&loop_->wake);
      return true;
    }
  }
  errand->refuse();
  return false;
}

void Inbox::notify() {
  std::lock_guard lock(mutex_);
  changed_.notify_all();
}

// Taken over all at once: the rest of the round needs no lock.
void Inbox::take_over() {
  std::lock_guard lock(mutex_);
  has_errands_.store(false, std::memory_order_relaxed);
  if (round_.empty()) return round_.swap(errands_);
  for (auto& errand : errands_) round_.push_back(std::move(errand));
  errands_.clear();
}

template <typename Wanted>
std::shared_ptr<Errand> Inbox::next(Wanted&& wanted) {
  const auto found = std::find_if(round_.begin(), round_.end(),
                                  [&wanted](const auto& errand) { return wanted(*errand); });
  if (found == round_.end()) return nullptr;
  std::shared_ptr<Errand> errand = std::move(*found);
  round_.erase(found);
  if (errand->is_request) requests_--;
  return errand;
}

void Inbox::run_one(Errand& errand) {
  schedule_point("errand");
  HandleScope scope(env_);
  errand.run();
  bool pending = false;
  napi_is_exception_pending(env_, &pending);
  if (!pending) return;
  napi_value thrown = nullptr;
  if (napi_get_and_clear_last_exception(env_, &thrown) == napi_ok)
    napi_fatal_exception(env_, thrown);
}

// One by one: an errand may block, and what is behind it is then served from within. Whatever came
// meanwhile, or takes too long, waits for the next round, so that the loop's other events have
// theirs.
void Inbox::run_from_loop() {
  constexpr uint64_t round_nanoseconds = 10'000'000, soon_nanoseconds = 150'000;
  const uint64_t begin = uv_hrtime(), until = begin + round_nanoseconds;
  take_over();
  size_t count = round_.size();
  HandleScope scope(env_);
  napi_value resource = nullptr;
  if (napi_create_object(env_, &resource) != napi_ok) return;
  while (count > 0 && uv_hrtime() < until) {
    napi_callback_scope callback = nullptr;
    if (napi_open_callback_scope(env_, resource, context_, &callback) != napi_ok) return;
    for (bool quiet = true; quiet && count > 0; count--) {
      const std::shared_ptr<Errand> errand = next([](const Errand&) { return true; });
      if (errand == nullptr) {
        count = 0;
        break;
      }
      quiet = errand->is_quiet;
      run_one(*errand);
    }
    napi_close_callback_scope(env_, callback);
  }
  if (loop_ == nullptr) return;
  if (begin < last_round_ + soon_nanoseconds) look_again();
  last_round_ = uv_hrtime();
  if (!round_.empty()) uv_async_send(&loop_->wake);
}

// Rule 3. One by one: an errand that blocks is served from within what is behind it.
void Inbox::serve() {
  take_over();
  std::set<uint64_t> waiting;
  for (const auto& errand : round_) {
    if (errand->is_request) waiting.insert(errand->from);
  }
  const auto is_waited_for = [&waiting](const Errand& errand) {
    return waiting.count(errand.from) > 0;
  };
  auto count = std::count_if(round_.begin(), round_.end(),
                             [&](const auto& errand) { return is_waited_for(*errand); });
  for (; count > 0; count--) {
    const std::shared_ptr<Errand> errand = next(is_waited_for);
    if (errand == nullptr) break;
    errand->is_served = true;
    run_one(*errand);
  }
  if (!round_.empty() && loop_ != nullptr) uv_async_send(&loop_->wake);
}

void Inbox::expect() {
  if (expected_++ == 0 && loop_ != nullptr) uv_ref(reinterpret_cast<uv_handle_t*>(&loop_->wake));
}

void Inbox::unexpect() {
  if (--expected_ == 0 && loop_ != nullptr) uv_unref(reinterpret_cast<uv_handle_t*>(&loop_->wake));
}

// An active idle handle keeps the loop from sleeping.
void Inbox::look_again() {
  static const bool may_spin = std::thread::hardware_concurrency() > 1;
  constexpr uint64_t nanoseconds = 50'000;
  if (loop_ != nullptr && may_spin) poll(uv_hrtime() + nanoseconds);
}

void Inbox::poll(uint64_t until) {
  loop_->again_until = until;
  {
    std::lock_guard lock(mutex_);
    if (polling_.exchange(true)) return;
  }
  uv_idle_start(&loop_->again, [](uv_idle_t* again) {
    auto* self = static_cast<Loop*>(again->data);
    const std::shared_ptr<Inbox> inbox = self->inbox;
    if (inbox == nullptr) return;
    if (!inbox->round_.empty() || inbox->has_errands_.load(std::memory_order_relaxed))
      inbox->run_from_loop();
    else if (uv_hrtime() > self->again_until)
      inbox->stop_polling();
  });
}

void Inbox::stop_polling() {
  uv_idle_stop(&loop_->again);
  std::lock_guard lock(mutex_);
  polling_ = false;
  if (!errands_.empty()) uv_async_send(&loop_->wake);
}

void Inbox::end() {
  std::deque<std::shared_ptr<Errand>> left;
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    loop_ = nullptr;
    left = std::exchange(errands_, {});
  }
  left.insert(left.begin(), round_.begin(), round_.end());
  round_.clear();
  for (const auto& errand : left) errand->refuse();
  if (context_ != nullptr) napi_async_destroy(env_, std::exchange(context_, nullptr));
}

}  // namespace pybridge
