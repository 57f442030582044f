#include "jobs/inbox.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "cpython/schedule.h"
#include "errors/node_check.h"
#include "runtime/libuv.h"

namespace pybridge {
namespace {

thread_local std::weak_ptr<Inbox> current;

uint64_t now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::nanoseconds(time).count());
}

}  // namespace

uint64_t number_of_this_thread() {
  static std::atomic<uint64_t> count{0};
  thread_local const uint64_t number = ++count;
  return number;
}

std::shared_ptr<Inbox> Inbox::open(napi_env env) {
  if (auto known = current.lock()) return known;
  std::shared_ptr<Inbox> inbox(new Inbox);
  inbox->env_ = env;
  inbox->loop_ =
      uses_libuv.load() ? open_libuv_host_loop(env, inbox) : open_threadsafe_host_loop(env, inbox);
  if (inbox->loop_->has_scopes()) {
    napi_value name = nullptr;
    node_check(env, napi_create_string_utf8(env, "pybridge", NAPI_AUTO_LENGTH, &name));
    node_check(env, napi_async_init(env, nullptr, name, &inbox->context_));
  }
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
      if (was_empty && !polling_) loop_->wake();
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
  const uint64_t begin = now(), until = begin + round_nanoseconds;
  take_over();
  size_t count = round_.size();
  HandleScope scope(env_);
  napi_value resource = nullptr;
  if (napi_create_object(env_, &resource) != napi_ok) return;
  const bool has_scopes = loop_->has_scopes();
  for (bool more = true; more && count > 0 && now() < until; more = has_scopes) {
    napi_callback_scope callback = nullptr;
    if (has_scopes && napi_open_callback_scope(env_, resource, context_, &callback) != napi_ok)
      return;
    for (bool quiet = true; quiet && count > 0; count--) {
      const std::shared_ptr<Errand> errand = next([](const Errand&) { return true; });
      if (errand == nullptr) {
        count = 0;
        break;
      }
      quiet = errand->is_quiet;
      run_one(*errand);
    }
    if (has_scopes) napi_close_callback_scope(env_, callback);
  }
  if (loop_ == nullptr) return;
  if (begin < last_round_ + soon_nanoseconds) look_again();
  last_round_ = now();
  if (!round_.empty()) loop_->wake();
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
  if (!round_.empty() && loop_ != nullptr) loop_->wake();
}

void Inbox::expect() {
  if (expected_++ == 0 && loop_ != nullptr) loop_->keep_alive(true);
}

void Inbox::unexpect() {
  if (--expected_ == 0 && loop_ != nullptr) loop_->keep_alive(false);
}

void Inbox::look_again() {
  static const bool may_spin = std::thread::hardware_concurrency() > 1;
  constexpr uint64_t nanoseconds = 50'000;
  if (loop_ != nullptr && may_spin && loop_->can_idle()) poll(now() + nanoseconds);
}

void Inbox::poll(uint64_t until) {
  poll_until_ = until;
  {
    std::lock_guard lock(mutex_);
    if (polling_.exchange(true)) return;
  }
  loop_->start_idling();
}

void Inbox::idles() {
  if (!round_.empty() || has_errands_.load(std::memory_order_relaxed))
    run_from_loop();
  else if (now() > poll_until_)
    stop_polling();
}

void Inbox::stop_polling() {
  loop_->stop_idling();
  std::lock_guard lock(mutex_);
  polling_ = false;
  if (!errands_.empty()) loop_->wake();
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
