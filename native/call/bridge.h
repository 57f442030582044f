#pragma once
// One loaded instance of the addon in one environment: everything that a call needs, in one place.

#include <string>
#include <unordered_map>
#include <vector>

#include "convert/context.h"
#include "memory/loans.h"
#include "memory/views.h"
#include "object/errors_across.h"
#include "object/js_objects.h"
#include "object/py_proxies.h"
#include "runtime/environment.h"

namespace pybridge {

// Functions of lib/ that native code calls.
#define PYBRIDGE_HOOKS(X) \
  X(decode)               \
  X(encode)               \
  X(encodeForThread)      \
  X(reserve)              \
  X(defineShape)          \
  X(makeDate)             \
  X(makeProxy)            \
  X(describeView)         \
  X(makeError)            \
  X(makeBridgeError)      \
  X(describeThrown)       \
  X(apply)                \
  X(settleCall)           \
  X(settleScalar)         \
  X(failCall)             \
  X(warnSlow)             \
  X(startHere)

class Bridge final : public ErrorBridge, PyProxies::Maker, public JsCaller {
 public:
  explicit Bridge(napi_env env);
  ~Bridge() override;
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  const EnvironmentShare share;  // given up last, and also where the rest cannot be made
  Environment& environment;
  const std::shared_ptr<Inbox> inbox;
  PyProxies proxies;
  JsObjects js_objects;
  Loans loans;
  Views views;

  // Lets JavaScript hand over its functions, and the typed arrays that both sides write.
  void connect(napi_value hooks);
  void set_scratch(napi_value words, napi_value numbers, napi_value units);

  // Between calls: frees what nobody holds any more.
  void settle() {
    if (proxies.sweep_is_due()) [[unlikely]]
      proxies.sweep();
    if (js_objects.has_dropped()) [[unlikely]]
      js_objects.release_dropped();
    if (external_texts.has_given_back()) [[unlikely]]
      external_texts.drop(env);
    if (loans.has_returned()) [[unlikely]]
      proxies.know_collected(loans.end_returned());
    if (proxies.has_unpinned() || !homeless.empty()) [[unlikely]]
      release_homeless();
  }

  // What calls on other threads brought home: let go between two calls, where it was made.
  std::vector<Ref> homeless;

  // A str for a property name, made once.
  uint32_t intern(napi_value name);
  Ref name(uint32_t id) const { return borrow(names_.at(id)); }
  void forget_names();

  // The same number for each object of a type. The type is held for good.
  uint32_t type_number(PyObject* object);

  // A tuple of names for keyword arguments, made once and kept. Ids count from 1.
  uint32_t intern_list(napi_value names);
  Ref name_list(uint32_t id) const { return borrow(name_lists_.at(id - 1).get()); }

  void end();

  // Calls a function of lib/.
  enum class Hook {
#define X(name) name,
    PYBRIDGE_HOOKS(X) count
#undef X
  };
  napi_value hook(Hook hook) const;
  napi_value call_hook(Hook hook, const napi_value* args, size_t count);

  // Context
  napi_value reference(PyObject* object) override;
  napi_value error(PyObject* exception) override;
  Ref referred(uint32_t id) override { return borrow(proxies.object(id)); }
  Ref js_reference(double number, napi_value object) override;
  Ref js_memory(double number, napi_value object, napi_value bytes, int32_t kind) override;
  napi_value decode() override { return call_hook(Hook::decode, nullptr, 0); }
  napi_value encode(napi_value value) override { return call_hook(Hook::encode, &value, 1); }
  napi_value make_date(const napi_value* parts, size_t count) override {
    return call_hook(Hook::makeDate, parts, count);
  }
  void reserve_scratch(size_t words, size_t numbers) override;
  void mail(uint32_t index, napi_value value) override;
  napi_value mailed(uint32_t index) override;
  std::vector<Ref> keys_of_shape(uint32_t shape) override;
  void define_shape(uint32_t shape, PyObject* const* keys, size_t count) override;
  void know_text(uint32_t slot, const Text& text) override;

  // ErrorBridge
  napi_value make_error(napi_value proxy, const std::array<napi_value, 5>& about) override;
  napi_value make_bridge_error(napi_value code, napi_value detail) override;
  Ref describe_thrown(napi_value thrown) override;
  void javascript_ended() override;
  napi_value proxy(PyObject* object) override { return proxies.acquire(object); }
  napi_value js_object(PyObject* object) override;

  // PyProxies::Maker
  napi_value make_proxy(uint32_t id, PyProxies::Kind kind) override;

  // JsCaller
  PyObject* call_js(napi_ref function, PyObject* const* args, Py_ssize_t count,
                    PyObject* names) override;
  Ref name_of(napi_ref function) override;

 private:
  void release_homeless();
  Ref interned(napi_value name) const;
  std::vector<napi_value> items_of(napi_value array);
  using FewValues = std::array<napi_value, 6>;
  bool few_scalars(PyObject* const* args, size_t count, FewValues& values);

  std::array<napi_ref, static_cast<size_t>(Hook::count)> hooks_{};
  napi_ref words_ = nullptr;
  napi_ref numbers_ = nullptr;
  napi_ref units_ = nullptr;
  napi_ref mailbox_ = nullptr;
  napi_ref known_texts_ = nullptr;
  napi_ref departing_keys_ = nullptr;
  std::unordered_map<PyObject*, uint32_t> type_numbers_;
  std::vector<PyObject*> names_;
  std::vector<Ref> name_lists_;
};

}  // namespace pybridge
