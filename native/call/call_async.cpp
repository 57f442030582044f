// A call is a job on its way out and an errand on its way home.
//
//   1. Arguments are packed on JavaScript's thread and read on the worker's, and the result the
//      other way: neither side needs the other's thread, and JavaScript's needs Python only for
//      references and errors.
//   2. The callable is pinned, and references among the arguments come home again: what is dropped
//      is dropped on the thread of the environment that held it.
//   3. A call is interrupted while it runs, never after: `state_` says which.

#include "call/call_async.h"

#include <array>
#include <mutex>
#include <unordered_map>

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
#include "jobs/pool.h"
#include "runtime/end.h"
#include "runtime/interrupts.h"

namespace pybridge::calls {
namespace {

enum class State { queued, running, ended, cancelled };

using Hook = Bridge::Hook;

// References that came home wait for the next call into Python, unless there are this many.
constexpr size_t max_homeless = 1'000;

class AsyncCall final : public Job, public Errand, public std::enable_shared_from_this<AsyncCall> {
 public:
  AsyncCall(Bridge& bridge, double ticket, uint32_t id, Rules rules)
      : owner_(bridge.js_objects.owner()),
        ticket_(ticket),
        id_(id),
        callable_(bridge.proxies.object(id)),
        rules_(rules) {
    is_quiet = true;
  }

  // JavaScript's thread. What cannot be packed leaves nothing behind.
  void pack_tape(Bridge& bridge, napi_value objects) {
    arguments_ = std::make_unique<Parcel>(pack(bridge, objects));
  }
  bool carry_scalars(napi_env env, const napi_value* values, size_t count) {
    few_.count = count;
    for (size_t i = 0; i < count; i++) {
      if (!carry(env, values[i], few_.values[i])) return false;
    }
    return is_few_ = true;
  }

  // The worker's thread, attached.
  void run(const std::shared_ptr<Thread>& thread) override {
    if (limited_ == nullptr) {
      call();
    } else if (limited_->begin(thread)) {
      call();
      limited_->end();
    }
    owner_->inbox->push(shared_from_this());
  }

  // JavaScript's thread.
  void run() override {
    auto* caller = owner_->caller();
    if (caller != nullptr)
      answer(static_cast<Bridge&>(*caller));
    else
      attached_or_after_the_end(owner_->environment->thread, [this] { refuse(); });
  }

  // The environment ended: nobody waits for the answer. Attached, or after the end.
  void refuse() override {
    let_go(tape_);
    let_go(arguments_);
    if (gate.load() == Gate::open) PyProxies::drop_orphan(callable_);
  }

  // What an interrupt needs to know. Rule 3.
  class Limited {
   public:
    bool interrupt() {
      std::lock_guard lock(mutex_);
      if (state_ == State::queued) state_ = State::cancelled;
      if (state_ != State::running) return false;
      interrupts::interrupt(thread_);
      return true;
    }
    bool begin(const std::shared_ptr<Thread>& thread) {
      std::lock_guard lock(mutex_);
      if (state_ == State::cancelled) return false;
      state_ = State::running;
      thread_ = thread;
      return true;
    }
    void end() {
      std::lock_guard lock(mutex_);
      state_ = State::ended;
      if (thread_->attention.exchange(false)) interrupts::take_back(*thread_);
    }
    bool give_up() {
      std::lock_guard lock(mutex_);
      if (state_ != State::running) return false;
      pool::give_up(*thread_);
      return true;
    }

   private:
    std::mutex mutex_;
    State state_ = State::queued;
    std::shared_ptr<Thread> thread_;
  };
  bool interrupt() { return limited_->interrupt(); }

  // JavaScript's thread. Nobody waits for it any more: it keeps no event loop alive.
  bool give_up(Bridge& bridge) {
    if (given_up_ || !limited_->give_up()) return false;
    given_up_ = true;
    bridge.inbox->unexpect();
    return true;
  }

  // Those that can be interrupted, by ticket. JavaScript's thread.
  static std::unordered_map<double, std::shared_ptr<AsyncCall>>& limited(napi_env env) {
    thread_local std::unordered_map<napi_env,
                                    std::unordered_map<double, std::shared_ptr<AsyncCall>>>
        all;
    return all[env];
  }
  void remember(napi_env env) {
    limited_ = std::make_unique<Limited>();
    limited(env)[ticket_] = shared_from_this();
  }

 private:
  void answer(Bridge& bridge) {
    if (!given_up_) bridge.inbox->unexpect();
    bridge.proxies.unpin(id_);
    forget(bridge.env);
    bring_references_home(bridge);
    settle(bridge);
    if (tape_ == nullptr || tape_->lanes.empty()) return;
    attached_or_after_the_end(bridge.environment.thread, [this] { let_go(tape_); });
  }

  void call() {
    try {
      Ref callable = borrow(callable_);
      Ref result = is_few_ ? call_with_scalars(callable.get()) : call_with_tape(callable.get());
      if (is_forked()) leave_child(nullptr);
      has_scalar_ =
          !rules_.by_reference() && rules_.plain() && carry(package.special, result.get(), scalar_);
      if (!has_scalar_) bring(write_tape(package.special, result.get(), rules_));
    } catch (const PythonError& error) {
      if (is_forked()) leave_child(error.exception());
      fail(error.exception());
    } catch (...) {
      raise_python_here();
      fail(PythonError::take().exception());
    }
  }

  void bring(Tape tape) { tape_ = std::make_unique<Tape>(std::move(tape)); }

  Ref call_with_scalars(PyObject* callable) {
    std::array<Ref, CarriedArguments::max> values;
    std::array<PyObject*, CarriedArguments::max + 1> borrowed{};  // item 0 is scratch (PEP 590)
    for (size_t i = 0; i < few_.count; i++) {
      values[i] = to_python(package.special, few_.values[i]);
      borrowed[i + 1] = values[i].get();
    }
    return steal(check(vectorcall(callable, borrowed.data() + 1,
                                  few_.count | vectorcall_arguments_offset, nullptr)));
  }

  Ref call_with_tape(PyObject* callable) {
    TapeReader::Roots roots = unpack(package.special, *arguments_);
    PyObject* keywords = roots[1].get() == Py_None ? nullptr : roots[1].get();
    return steal(check(PyObject_Call(callable, roots[0].get(), keywords)));
  }

  void fail(PyObject* exception) {
    failed_ = true;
    bring(write_tape(package.special, exception, copying));
  }

  void forget(napi_env env) {
    if (limited_ != nullptr) limited(env).erase(ticket_);
  }

  void bring_references_home(Bridge& bridge) {
    if (arguments_ == nullptr) return;
    for (Parcel::Lane& lane : arguments_->lanes) {
      if (auto* reference = std::get_if<Ref>(&lane))
        bridge.homeless.push_back(std::move(*reference));
    }
  }

  // Who cancelled a call that had not begun knows already, and hears only that it is over.
  void settle(Bridge& bridge) {
    const ScratchFreed freed(bridge);
    napi_value scalar = nullptr;
    bool is_answered = false;
    try {
      is_answered = answer_to_js(bridge, scalar);
    } catch (...) {
      throw_detached(bridge);
    }
    try {
      if (is_answered)
        tell(bridge, scalar);
      else
        tell_pending(bridge);
    } catch (...) {
      // What is pending is reported as an uncaught exception; an environment that ends has none.
    }
  }

  // Makes the scalar, or lays the tape; false where that failed, and JavaScript has the reason
  // pending.
  bool answer_to_js(Bridge& bridge, napi_value& scalar) {
    const bool attaches = tape_ != nullptr && !tape_->lanes.empty();
    if (attaches || bridge.homeless.size() >= max_homeless) {
      Attached attached(bridge.environment.thread);
      attached.leave();
      bridge.settle();
      if (attaches) return lay_attached(bridge);
    }
    if (tape_ == nullptr)
      scalar = to_js(bridge.env, scalar_);
    else
      lay(bridge, *tape_);
    return true;
  }

  bool lay_attached(Bridge& bridge) {
    bool is_laid = false;
    try {
      lay(bridge, *tape_);
      is_laid = true;
    } catch (...) {
      throw_js(bridge);
    }
    tape_->lanes.clear();
    return is_laid;
  }

  void tell(Bridge& bridge, napi_value scalar) {
    if (tape_ == nullptr) {
      napi_value args[] = {ticket(bridge.env), scalar};
      bridge.call_hook(Hook::settleScalar, args, 2);
      return;
    }
    napi_value failed = nullptr;
    node_check(bridge.env, napi_get_boolean(bridge.env, failed_, &failed));
    napi_value args[] = {ticket(bridge.env), failed};
    bridge.call_hook(Hook::settleCall, args, 2);
  }

  void tell_pending(Bridge& bridge) {
    napi_value reason = nullptr;
    node_check(bridge.env, napi_get_and_clear_last_exception(bridge.env, &reason));
    napi_value args[] = {ticket(bridge.env), reason};
    bridge.call_hook(Hook::failCall, args, 2);
  }

  napi_value ticket(napi_env env) const {
    napi_value value = nullptr;
    node_check(env, napi_create_double(env, ticket_, &value));
    return value;
  }

  std::shared_ptr<JsOwner> owner_;
  double ticket_;
  uint32_t id_;
  PyObject* callable_;  // pinned
  Rules rules_;
  bool is_few_ = false;
  bool has_scalar_ = false;
  bool failed_ = false;
  bool given_up_ = false;
  CarriedArguments few_;
  Carried scalar_;
  std::unique_ptr<Parcel> arguments_;
  std::unique_ptr<Tape> tape_;
  std::unique_ptr<Limited> limited_;
};

std::shared_ptr<AsyncCall> limited_call(Bridge& bridge, const Arguments& arguments) {
  double ticket = 0;
  node_check(bridge.env, napi_get_value_double(bridge.env, arguments.values[0], &ticket));
  auto& all = AsyncCall::limited(bridge.env);
  const auto found = all.find(ticket);
  return found == all.end() ? nullptr : found->second;
}

napi_value boolean(napi_env env, bool truth) {
  napi_value result = nullptr;
  node_check(env, napi_get_boolean(env, truth, &result));
  return result;
}

}  // namespace

namespace {

// The callable is pinned last: nothing fails after that.
void send(Bridge& bridge, std::shared_ptr<AsyncCall> call, uint32_t id) {
  bridge.proxies.pin(id);
  bridge.inbox->expect();
  if (pool::submit(std::move(call))) bridge.inbox->look_again();
}

double ticket_of(napi_env env, const Arguments& arguments) {
  if (gate.load(std::memory_order_acquire) != Gate::open) refuse_entry();
  double ticket = 0;
  node_check(env, napi_get_value_double(env, arguments.values[0], &ticket));
  return ticket;
}

}  // namespace

napi_value submit(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  const double ticket = ticket_of(env, arguments);
  const uint32_t id = arguments.id(env, 1);
  bool limited = false;
  node_check(env, napi_get_value_bool(env, arguments.values[4], &limited));
  auto call = std::make_shared<AsyncCall>(bridge, ticket, id, Rules::of(arguments.id(env, 3)));
  call->pack_tape(bridge, arguments.values[2]);
  if (limited) call->remember(env);
  send(bridge, std::move(call), id);
  return nullptr;
}

napi_value submit_scalars(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  const double ticket = ticket_of(env, arguments);
  const uint32_t id = arguments.id(env, 1);
  auto call = std::make_shared<AsyncCall>(bridge, ticket, id, copying);
  if (!call->carry_scalars(env, arguments.values + 2, arguments.count - 2))
    throw BridgeError(Code::CONVERSION, "an argument is no scalar");
  send(bridge, std::move(call), id);
  return nullptr;
}

napi_value interrupt_call(Bridge& bridge, const Arguments& arguments) {
  const auto call = limited_call(bridge, arguments);
  return boolean(bridge.env, call != nullptr && call->interrupt());
}

napi_value give_up_call(Bridge& bridge, const Arguments& arguments) {
  const auto call = limited_call(bridge, arguments);
  return boolean(bridge.env, call != nullptr && call->give_up(bridge));
}

}  // namespace pybridge::calls
