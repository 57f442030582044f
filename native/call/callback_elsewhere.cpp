// Python → JavaScript from another thread than the function's own: the call is brought to the
// function's thread as an errand, and this one waits for the answer, or does not (pybridge.post).
//
//   1. A thread that executes, in JavaScript or Python, is waited for, however long.
//   2. Python's main thread, blocked inside Python for a millisecond, is woken by a signal whose
//      handler serves the errand, if it is still where it was seen.
//   3. Any thread that is blocked, and cannot serve, for `callback_timeout` in all: WOULD_BLOCK.
//      The same where a function that was served waits for a lock for as long, without a timeout:
//      most likely one that the interrupted frame holds. It is interrupted, so that both go on.
//   4. Whoever waits here serves what is brought to its own environment.
//   5. Errors of the function go to who called it, never into the frame that was interrupted.
//      (docs/threads.md, rule 8)

#include "call/callback_elsewhere.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "call/bridge.h"
#include "call/let_go.h"
#include "call/package.h"
#include "convert/carried.h"
#include "convert/decode.h"
#include "convert/encode.h"
#include "convert/parcel.h"
#include "convert/scratch_freed.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "runtime/blocked.h"
#include "runtime/interrupts.h"
#include "runtime/signals.h"
#include "runtime/start.h"

namespace pybridge {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

std::atomic<long long> callback_timeout{5'000'000};  // µs

// This thread waits: detached, and still inside, so that a signal may wake it.
class Waiting {
 public:
  explicit Waiting(Environment* environment) : environment_(environment) { leave(); }
  ~Waiting() {
    if (state_ != nullptr) come_back();
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  void leave() {
    note(true);
    state_ = PyEval_SaveThread();
  }
  void come_back() {
    PyEval_RestoreThread(std::exchange(state_, nullptr));
    note(false);
  }

 private:
  void note(bool waits) {
    if (environment_ == nullptr) return;
    environment_->thread.attached = !waits;
    environment_->thread.waits.store(waits);
  }

  Environment* environment_;
  PyThreadState* state_ = nullptr;
};

// An exception of Python's must not outlive the attachment.
template <typename Body>
void while_attached(Bridge& bridge, Body&& body) {
  Attached attached(bridge.environment.thread);
  attached.leave();
  try {
    body();
  } catch (const PythonError&) {
    throw std::bad_alloc();
  }
}

// The arguments of a call, by value where they are scalars.
class Baggage {
 public:
  // Attached, on the thread that calls.
  Baggage(PyObject* const* args, Py_ssize_t count, PyObject* names) {
    if (names == nullptr && default_rules.plain() &&
        static_cast<size_t>(count) <= CarriedArguments::max) {
      for (; few_.count < static_cast<size_t>(count); few_.count++) {
        if (!carry(package.special, args[few_.count], few_.values[few_.count])) break;
      }
      if (few_.count == static_cast<size_t>(count)) return;
    }
    tape_ = std::make_unique<Tape>(write_arguments(package.special, args, count, names));
  }

  // On the function's thread: calls it.
  napi_value call(Bridge& bridge, napi_value function) {
    napi_env env = bridge.env;
    if (tape_ != nullptr) {
      lay_tape(bridge);
      return bridge.call_hook(Bridge::Hook::apply, &function, 1);
    }
    std::array<napi_value, CarriedArguments::max> args{};
    for (size_t i = 0; i < few_.count; i++) args[i] = to_js(env, few_.values[i]);
    napi_value self = nullptr, result = nullptr;
    node_check(env, napi_get_undefined(env, &self));
    node_check(env, napi_call_function(env, self, function, few_.count, args.data(), &result));
    return result;
  }

  bool holds_objects() const { return tape_ != nullptr && !tape_->lanes.empty(); }
  void let_go() { pybridge::let_go(tape_); }

 private:
  void lay_tape(Bridge& bridge) {
    if (tape_->lanes.empty()) return lay(bridge, *tape_);
    while_attached(bridge, [&] {
      lay(bridge, *tape_);
      tape_->lanes.clear();
    });
  }

  CarriedArguments few_;
  std::unique_ptr<Tape> tape_;
};

constexpr microseconds spin_for(50);

// Waking a thread costs as much as a short call.
template <typename Condition>
bool spin_until(microseconds time, Condition&& met) {
  static const bool may_spin = std::thread::hardware_concurrency() > 1;
  if (!may_spin) return met();
  for (const auto until = Clock::now() + time; Clock::now() < until;) {
    if (met()) return true;
  }
  return met();
}

class Request final : public Errand {
 public:
  enum class State { waiting, running, done, abandoned };

  Request(std::shared_ptr<JsOwner> owner, napi_ref function, Baggage arguments,
          std::shared_ptr<Inbox> waiter)
      : owner_(std::move(owner)),
        function_(function),
        arguments_(std::move(arguments)),
        waiter_(std::move(waiter)) {
    is_request = true;
  }

  void run() override {
    State waiting = State::waiting;
    if (!state_.compare_exchange_strong(waiting, State::running)) return;
    if (auto* caller = owner_->caller())
      answer(static_cast<Bridge&>(*caller));
    else
      ended_ = true;
    finish();
  }

  void refuse() override {
    State waiting = State::waiting;
    if (!state_.compare_exchange_strong(waiting, State::running)) return;
    ended_ = true;
    finish();
  }

  bool done() const { return state_.load() == State::done; }
  bool is_running_within() const { return state_.load() == State::running && is_served; }
  bool failed() const { return static_cast<bool>(exception_); }

  // Nobody will run it any more; false where somebody does already.
  bool abandon() {
    State waiting = State::waiting;
    return state_.compare_exchange_strong(waiting, State::abandoned);
  }

  // The thread that asked, attached again.
  void let_go() { arguments_.let_go(); }
  void let_failure_go() {
    let_go();
    const Ref dropped = std::move(exception_);
  }
  Ref result() {
    let_go();
    if (ended_) throw BridgeError(Code::ENDED, "the environment of this function has ended");
    if (exception_) throw PythonError(std::move(exception_));
    // Its references die here: the function's thread, which may be the last to let go of this, is
    // not attached.
    const Parcel parcel = std::move(parcel_);
    Ref value = is_carried_ ? to_python(package.special, carried_)
                            : std::move(unpack(package.special, parcel)[0]);
    return value.get() == package.special.undefined ? borrow(Py_None) : std::move(value);
  }

  bool wait_for(microseconds time) {
    if (time == spin_for) return spin_until(time, [this] { return done(); });
    std::unique_lock lock(mutex_);
    return answered_.wait_for(lock, time, [this] { return done(); });
  }

 private:
  void answer(Bridge& bridge) {
    napi_env env = bridge.env;
    const ScratchFreed freed(bridge);  // it is served from within another call as well
    try {
      napi_value function = nullptr;
      node_check(env, napi_get_reference_value(env, function_, &function));
      napi_value result = arguments_.call(bridge, function);
      is_carried_ = carry(env, result, carried_);
      if (!is_carried_)
        parcel_ = pack(bridge, bridge.call_hook(Bridge::Hook::encodeForThread, &result, 1));
    } catch (...) {
      Attached attached(bridge.environment.thread);
      attached.leave();
      raise_python(bridge);
      exception_ = borrow(PythonError::take().exception());
    }
  }

  void finish() {
    {
      std::lock_guard lock(mutex_);
      state_.store(State::done);
    }
    answered_.notify_all();  // whoever runs this holds it: it outlives the caller
    if (waiter_ != nullptr) waiter_->notify();
  }

  std::shared_ptr<JsOwner> owner_;
  napi_ref function_;  // the caller holds the JsProxy
  Baggage arguments_;
  std::shared_ptr<Inbox> waiter_;  // of the JavaScript thread that waits, if it is one
  std::atomic<State> state_{State::waiting};
  std::mutex mutex_;
  std::condition_variable answered_;
  bool is_carried_ = false;
  Carried carried_;
  Parcel parcel_;
  Ref exception_;
  bool ended_ = false;
};

// A post that cannot be delivered is lost without a word: nobody waits for it.
class Post final : public Errand {
 public:
  Post(std::shared_ptr<JsOwner> owner, napi_ref function, Baggage arguments)
      : owner_(std::move(owner)),
        number_(owner_->next_post()),
        function_(function),
        arguments_(std::move(arguments)) {}

  void run() override {
    owner_->deliver(number_);
    if (auto* caller = owner_->caller()) call(static_cast<Bridge&>(*caller));
    if (!arguments_.holds_objects()) return;
    attached_or_after_the_end(owner_->environment->thread, [this] { arguments_.let_go(); });
  }

  void refuse() override { arguments_.let_go(); }

 private:
  void call(Bridge& bridge) {
    napi_env env = bridge.env;
    const ScratchFreed freed(bridge);
    try {
      napi_value function = nullptr;
      node_check(env, napi_get_reference_value(env, function_, &function));
      arguments_.call(bridge, function);
    } catch (const JsPending&) {
      // Reported as an uncaught exception.
    } catch (...) {
      Attached attached(bridge.environment.thread);
      attached.leave();
      throw_js(bridge);
    }
  }

  std::shared_ptr<JsOwner> owner_;
  uint64_t number_;
  napi_ref function_;  // see JsOwner::next_post
  Baggage arguments_;
};

// Where Python's main thread was last seen blocked, for the handler of the wake signal.
struct Sight {
  PyObject* frame = nullptr;  // borrowed: compared, never used
  long instruction = -1;
};
std::mutex sight_mutex;
std::optional<Sight> sight;

Sight sight_of(PyObject* frame) {
  if (frame == nullptr || frame == Py_None) return {};
  Ref instruction = attribute(frame, "f_lasti");
  return {frame, PyLong_AsLong(instruction.get())};
}

// The frame in which a thread of Python's is; Python must hold still.
Sight look_at(const Thread& thread) {
  Ref frames = call(attribute(import("sys").get(), "_current_frames").get(), {});
  Ref key = steal(check(PyLong_FromLongLong(static_cast<long long>(thread.identity))));
  PyObject* frame = PyDict_GetItemWithError(frames.get(), key.get());
  check_no_error();
  return sight_of(frame);
}

std::string describe_block(const Environment& owner) {
  Ref key = steal(check(PyLong_FromLongLong(static_cast<long long>(owner.thread.identity))));
  Ref text = call(package.describe_threads, {key.get()});
  const long js_thread = owner.js_thread.load();
  const std::string who =
      js_thread == 0 ? "the main thread" : "worker thread " + std::to_string(js_thread);
  return who + " has been blocked for " + std::to_string(callback_timeout.load() / 1000) + " ms\n" +
         utf8(text.get());
}

class Wait {
 public:
  Wait(const std::shared_ptr<JsOwner>& owner, Request& request, Environment* mine,
       std::shared_ptr<Inbox> inbox, bool owner_is_awake)
      : owning_(owner->environment),
        owner_(*owning_),
        request_(request),
        mine_(mine),
        inbox_(std::move(inbox)),
        owner_is_awake_(owner_is_awake) {}

  void run() {
    wait();
    if (interrupt_) throw PythonError(std::move(interrupt_));
    if (over_) throw BridgeError(Code::WOULD_BLOCK, describe_block(owner_));
    if (!stuck_at_.empty() && request_.failed()) {
      request_.let_failure_go();
      throw BridgeError(Code::WOULD_BLOCK, stuck_at_);
    }
  }

 private:
  void wait() {
    constexpr microseconds longest(16'000);
    Waiting waiting(mine_);
    if (owner_is_awake_ && is_answered(spin_for)) return;
    before_ = spot_of(owner_.thread.number);
    microseconds time(1'000);
    for (auto last = Clock::now(); !is_answered(time);) {
      const auto now = Clock::now();
      look_at_owner(waiting, std::chrono::duration_cast<microseconds>(now - last));
      if (mine_ != nullptr && mine_->thread.attention.load()) look_at_signals(waiting);
      if ((over_ || interrupt_) && request_.abandon()) return;
      last = now;
      time = std::min(time * 2, longest);
    }
    over_ = false;
  }

  // Rule 4.
  bool is_answered(microseconds time) {
    if (inbox_ == nullptr) return request_.wait_for(time);
    return inbox_->wait_for(
        time, [this] { return request_.done(); },
        [this] {
          leave_inside(mine_->thread);
          inbox_->serve();
          go_inside(mine_->thread);
        });
  }

  // Rules 1 to 3.
  void look_at_owner(Waiting& waiting, microseconds since_last) {
    const Spot now = spot_of(owner_.thread.number);
    const bool still = now.blocked() && now == before_;
    before_ = now;
    if (request_.is_running_within())
      return look_at_lock(waiting, still && now.for_ever, since_last);
    if (!still) return;
    blocked_ += since_last;
    over_ = blocked_.count() >= callback_timeout.load();
    if (owner_.thread.state != main_thread_state() || !owner_.thread.inside.load()) return;
    waiting.come_back();
    const bool seen = note_sight();
    waiting.leave();
    if (seen) signals::wake_main();
  }

  void look_at_lock(Waiting& waiting, bool waits, microseconds since_last) {
    if (owner_.thread.state != main_thread_state() || !owner_.thread.inside.load()) return;
    const uint64_t computed = computed_by(owner_.thread);
    stuck_ = waits && computed == computed_ ? stuck_ + since_last : microseconds(0);
    computed_ = computed;
    if (stuck_.count() < callback_timeout.load() || !stuck_at_.empty()) return;
    waiting.come_back();
    try {
      stuck_at_ = describe_block(owner_);
    } catch (const PythonError&) {
      // Out of memory: it is tried again.
    }
    waiting.leave();
    if (!stuck_at_.empty()) interrupts::interrupt(std::shared_ptr<Thread>(owning_, &owner_.thread));
  }

  // While this thread holds Python, whoever is in a system call is detached there.
  bool note_sight() {
    try {
      if (!(spot_of(owner_.thread.number) == before_)) return false;
      const Sight seen = look_at(owner_.thread);
      std::lock_guard lock(sight_mutex);
      sight = seen;
      return true;
    } catch (const PythonError&) {
      return false;  // out of memory: it is tried again
    }
  }

  // What a handler of Python's raises ends the wait, unless somebody runs the function already.
  void look_at_signals(Waiting& waiting) {
    waiting.come_back();
    mine_->thread.attention.store(false);
    if (PyErr_CheckSignals() != 0 || interrupts::raise_due(mine_->thread))
      interrupt_ = borrow(PythonError::take().exception());
    waiting.leave();
  }

  std::shared_ptr<Environment> owning_;
  Environment& owner_;
  Request& request_;
  Environment* mine_;
  std::shared_ptr<Inbox> inbox_;
  bool owner_is_awake_;  // one that has to be woken is longer on its way than a spin
  Spot before_;
  microseconds blocked_{0};
  bool over_ = false;
  microseconds stuck_{0};
  uint64_t computed_ = 0;
  std::string stuck_at_;
  Ref interrupt_;
};

Ref request_answer(const std::shared_ptr<JsOwner>& owner, napi_ref function, PyObject* const* args,
                   Py_ssize_t count, PyObject* names) {
  if (gate.load(std::memory_order_acquire) != Gate::open) refuse_entry();
  Environment* mine = environment_of_this_thread();
  if (mine != nullptr && !mine->thread.attached) mine = nullptr;
  const std::shared_ptr<Inbox> inbox = mine != nullptr ? Inbox::of_this_thread() : nullptr;
  auto request = std::make_shared<Request>(owner, function, Baggage(args, count, names), inbox);
  const bool is_awake = owner->inbox->is_awake();
  if (!owner->inbox->push(request)) return request->result();
  try {
    Wait(owner, *request, mine, inbox, is_awake).run();
  } catch (...) {
    request->let_go();
    throw;
  }
  return request->result();
}

PyObject* call_from_here(const std::shared_ptr<JsOwner>& owner, napi_ref function,
                         PyObject* const* args, Py_ssize_t count, PyObject* names) {
  try {
    return request_answer(owner, function, args, count, names).release();
  } catch (...) {
    raise_python_here();
    return nullptr;
  }
}

}  // namespace

void set_callback_timeout(double milliseconds) {
  callback_timeout.store(static_cast<long long>(milliseconds * 1000));
}

void supply_call_elsewhere() { call_elsewhere = call_from_here; }

Ref post(PyObject* function, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  if (gate.load(std::memory_order_acquire) != Gate::open) refuse_entry();
  const std::shared_ptr<JsOwner>* owner = nullptr;
  napi_ref target = nullptr;
  if (!find_js_object(function, owner, target))
    throw BridgeError(Code::INVALID_ARGUMENT, "pybridge.post takes a function of JavaScript");
  auto errand = std::make_shared<Post>(*owner, target, Baggage(args, count, names));
  if (!(*owner)->inbox->push(errand))
    throw BridgeError(Code::ENDED, "the environment of this function has ended");
  return borrow(Py_None);
}

// A stream refuses whoever prints in the midst of its write: it is let finish.
bool is_writing(PyObject* frame) {
  if (frame == nullptr || frame == Py_None) return false;
  const Ref code = attribute(frame, "f_code");
  return code.get() == package.write_code || code.get() == package.write_wait_code;
}

// Whoever called once calls again soon: a little longer in the handler saves a millisecond each
// time.
constexpr microseconds linger(200);

PyObject* on_wake(PyObject* frame) {
  Environment* mine = environment_of_this_thread();
  if (mine == nullptr || !mine->thread.attached) return borrow(Py_None).release();
  try {
    if (!interrupts::must_wait(mine->thread, frame)) {
      signals::woken();
      if (interrupts::raise_due(mine->thread)) return nullptr;
    }
    const Sight here = sight_of(frame);
    {
      std::lock_guard lock(sight_mutex);
      const std::optional<Sight> seen = std::exchange(sight, std::nullopt);
      if (!seen || seen->frame != here.frame || seen->instruction != here.instruction)
        return borrow(Py_None).release();
    }
    if (is_writing(frame)) return borrow(Py_None).release();
    Detached detached(mine->thread);
    const std::shared_ptr<Inbox> inbox = Inbox::of_this_thread();
    do {
      inbox->serve();
    } while (spin_until(linger, [&] { return inbox->has_requests(); }));
  } catch (...) {
    raise_python_here();
    return nullptr;
  }
  return borrow(Py_None).release();
}

}  // namespace pybridge
