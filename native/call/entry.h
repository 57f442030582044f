#pragma once
// The door from JavaScript: every exported function is a body behind `entry`, which attaches,
// translates failures, and settles. A body may throw whatever the rooms below throw.

#include "call/bridge.h"
#include "cpython/check.h"
#include "runtime/end.h"
#include "runtime/slow_calls.h"

namespace pybridge {

// What JavaScript passed. Calls with more than `inline_count` arguments cross by tape.
struct Arguments {
  static constexpr size_t inline_count = 10;
  size_t count;
  napi_value values[inline_count];

  uint32_t id(napi_env env, size_t index) const {
    uint32_t value = 0;
    node_check(env, napi_get_value_uint32(env, values[index], &value));
    return value;
  }
};

using Body = napi_value (*)(Bridge& bridge, const Arguments& arguments);

void throw_detached(Bridge& bridge) noexcept;

// What came for this call while it ended (may throw), and what it is told of.
void settle_interrupts(Bridge& bridge);
void throw_with_interrupts(Bridge& bridge) noexcept;
// Most failures, without throwing again to see which it is; false where this is none of them.
bool throw_plainly(Bridge& bridge, const PythonError& error) noexcept;
void report_slow_call(Bridge& bridge) noexcept;

// Calls that hold the event loop for long are told of, unless nothing else would serve.
enum class Slow { reported, expected };

// Node fills `most` arguments, with `undefined` where JavaScript passed fewer.
template <Body body, Slow slow = Slow::reported, size_t most = Arguments::inline_count>
napi_value entry(napi_env env, napi_callback_info info) {
  static_assert(most <= Arguments::inline_count);
  Arguments arguments;
  arguments.count = most;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &arguments.count, arguments.values, nullptr, &data) != napi_ok)
    return nullptr;
  Bridge& bridge = *static_cast<Bridge*>(data);
  bridge.scratch.count_entry();
  try {
    check_stack(bridge.environment);
    if (bridge.environment.thread.state == nullptr) [[unlikely]]
      join_python(bridge.environment);
    slow_calls::begin(bridge.environment);
    Attached attached(bridge.environment.thread);
    try {
      napi_value result = body(bridge, arguments);
      if (is_forked()) [[unlikely]]
        leave_child(nullptr);
      bridge.settle();
      attached.leave();
      if (bridge.environment.thread.attention.load(std::memory_order_relaxed)) [[unlikely]]
        settle_interrupts(bridge);
      if (bridge.environment.held_for.load(std::memory_order_relaxed) > 0) [[unlikely]] {
        if (slow == Slow::reported)
          report_slow_call(bridge);
        else
          slow_calls::take(bridge.environment);
      }
      return result;
    } catch (const PythonError& error) {
      attached.leave();
      if (!throw_plainly(bridge, error)) throw_with_interrupts(bridge);
      return nullptr;
    } catch (...) {
      attached.leave();
      throw_with_interrupts(bridge);
      return nullptr;
    }
  } catch (...) {
    throw_detached(bridge);
    return nullptr;
  }
}

// The bodies, by file.
namespace calls {
// Entries of their own, beside the body: the compiler makes one function of both.
napi_value enter_scalars(napi_env env, napi_callback_info info);
napi_value enter_many_scalars(napi_env env, napi_callback_info info);
napi_value keywords(Bridge& bridge, const Arguments& arguments);
napi_value by_tape(Bridge& bridge, const Arguments& arguments);
}  // namespace calls

namespace objects {
napi_value import_module(Bridge& bridge, const Arguments& arguments);
napi_value intern(Bridge& bridge, const Arguments& arguments);
napi_value intern_list(Bridge& bridge, const Arguments& arguments);
napi_value forget_names(Bridge& bridge, const Arguments& arguments);
napi_value type_number(Bridge& bridge, const Arguments& arguments);
napi_value know_unsteered(Bridge& bridge, const Arguments& arguments);
napi_value get_attribute(Bridge& bridge, const Arguments& arguments);
napi_value set_attribute(Bridge& bridge, const Arguments& arguments);
napi_value delete_attribute(Bridge& bridge, const Arguments& arguments);
napi_value has_attribute(Bridge& bridge, const Arguments& arguments);
napi_value get_item(Bridge& bridge, const Arguments& arguments);
napi_value set_item(Bridge& bridge, const Arguments& arguments);
napi_value is_iterable(Bridge& bridge, const Arguments& arguments);
napi_value iterate(Bridge& bridge, const Arguments& arguments);
napi_value next(Bridge& bridge, const Arguments& arguments);
napi_value represent(Bridge& bridge, const Arguments& arguments);
napi_value convert_to_string(Bridge& bridge, const Arguments& arguments);
napi_value attribute_names(Bridge& bridge, const Arguments& arguments);
napi_value copy(Bridge& bridge, const Arguments& arguments);
napi_value reference(Bridge& bridge, const Arguments& arguments);
napi_value give_back(Bridge& bridge, const Arguments& arguments);
napi_value sweep(Bridge& bridge, const Arguments& arguments);
napi_value count_live(Bridge& bridge, const Arguments& arguments);
}  // namespace objects

namespace memories {
napi_value open_view(Bridge& bridge, const Arguments& arguments);
napi_value take_back_view(Bridge& bridge, const Arguments& arguments);
napi_value make(Bridge& bridge, const Arguments& arguments);
}  // namespace memories

namespace tables {
napi_value open(Bridge& bridge, const Arguments& arguments);
napi_value next(Bridge& bridge, const Arguments& arguments);
napi_value keep(Bridge& bridge, const Arguments& arguments);
}  // namespace tables

}  // namespace pybridge
