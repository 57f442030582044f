#include "call/bridge.h"

#include <utility>

#include "convert/text.h"
#include "cpython/check.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

napi_value unsigned_integer(napi_env env, size_t number) {
  napi_value value = nullptr;
  node_check(env, napi_create_double(env, static_cast<double>(number), &value));
  return value;
}

void hold(napi_env env, napi_value value, napi_ref& reference) {
  if (reference != nullptr) napi_delete_reference(env, reference);
  reference = nullptr;
  node_check(env, napi_create_reference(env, value, 1, &reference));
}

}  // namespace

Bridge::Bridge(napi_env env)
    : environment(*share.environment),
      inbox(Inbox::open(env)),
      proxies(env, *this),
      js_objects(env, std::make_shared<JsOwner>(this, share.environment, inbox)) {
  this->env = env;
  thread = &environment.thread;
}

Bridge::~Bridge() {
  for (napi_ref hook : hooks_) {
    if (hook != nullptr) napi_delete_reference(env, hook);
  }
  if (words_ != nullptr) napi_delete_reference(env, words_);
  if (numbers_ != nullptr) napi_delete_reference(env, numbers_);
}

void Bridge::connect(napi_value hooks) {
  const char* names[] = {
#define X(name) #name,
      PYBRIDGE_HOOKS(X)
#undef X
  };
  for (size_t i = 0; i < hooks_.size(); i++) {
    napi_value hook = nullptr;
    node_check(env, napi_get_named_property(env, hooks, names[i], &hook));
    hold(env, hook, hooks_[i]);
  }
}

void Bridge::set_scratch(napi_value words, napi_value numbers) {
  void* data = nullptr;
  node_check(env, napi_get_typedarray_info(env, words, nullptr, &scratch.word_capacity, &data,
                                           nullptr, nullptr));
  scratch.words = static_cast<int32_t*>(data);
  node_check(env, napi_get_typedarray_info(env, numbers, nullptr, &scratch.number_capacity, &data,
                                           nullptr, nullptr));
  scratch.numbers = static_cast<double*>(data);
  hold(env, words, words_);
  hold(env, numbers, numbers_);
}

Ref Bridge::interned(napi_value name) const {
  PyObject* interned = text::to_python(env, name).release();
  PyUnicode_InternInPlace(&interned);
  return steal(interned);
}

uint32_t Bridge::intern_list(napi_value names) {
  const std::vector<napi_value> items = items_of(names);
  Ref list = steal(check(PyTuple_New(static_cast<Py_ssize_t>(items.size()))));
  Py_ssize_t index = 0;
  for (napi_value name : items)
    check(PyTuple_SetItem(list.get(), index++, interned(name).release()));
  name_lists_.push_back(std::move(list));
  return static_cast<uint32_t>(name_lists_.size());
}

uint32_t Bridge::intern(napi_value name) {
  names_.push_back(interned(name).release());
  return static_cast<uint32_t>(names_.size() - 1);
}

void Bridge::forget_names() {
  for (PyObject* name : std::exchange(names_, {})) Py_DecRef(name);
}

napi_value Bridge::call_hook(Hook hook, const napi_value* args, size_t count) {
  napi_value function = nullptr, self = nullptr, result = nullptr;
  node_check(env, napi_get_reference_value(env, hooks_[static_cast<size_t>(hook)], &function));
  node_check(env, napi_get_undefined(env, &self));
  node_check(env, napi_call_function(env, self, function, count, args, &result));
  return result;
}

napi_value Bridge::reference(PyObject* object) {
  stay_out_of_javascript();
  napi_value home = js_objects.object_of(object);
  return home != nullptr ? home : proxies.acquire(object);
}

napi_value Bridge::error(PyObject* exception) { return error_to_js(*this, exception); }

Ref Bridge::js_reference(double number, napi_value object) {
  return js_objects.reference(number, object);
}

napi_value Bridge::decode(napi_value objects) { return call_hook(Hook::decode, &objects, 1); }

napi_value Bridge::encode(napi_value value) { return call_hook(Hook::encode, &value, 1); }

void Bridge::reserve_scratch(size_t words, size_t numbers) {
  const napi_value sizes[] = {unsigned_integer(env, words), unsigned_integer(env, numbers)};
  call_hook(Hook::reserve, sizes, 2);
  if (scratch.word_capacity < words || scratch.number_capacity < numbers)
    throw BridgeError(Code::CONVERSION, "the value is too large to cross in one piece");
}

napi_value Bridge::make_error(napi_value proxy, const std::array<napi_value, 5>& about) {
  const napi_value args[] = {proxy, about[0], about[1], about[2], about[3], about[4]};
  return call_hook(Hook::makeError, args, 6);
}

napi_value Bridge::make_bridge_error(napi_value code, napi_value detail) {
  const napi_value args[] = {code, detail};
  return call_hook(Hook::makeBridgeError, args, 2);
}

napi_value Bridge::make_proxy(uint32_t id, PyProxies::Kind kind) {
  const napi_value args[] = {unsigned_integer(env, id),
                             unsigned_integer(env, static_cast<size_t>(kind))};
  return call_hook(Hook::makeProxy, args, 2);
}

void Bridge::release_homeless() {
  proxies.drop_unpinned();
  const std::vector<Ref> dropped = std::exchange(homeless, {});  // whose __del__ may bring more
}

// Errands that are refused hold objects of Python's: this thread is attached meanwhile. Proxies go
// first, so that calls that ended and were not heard find what they pinned among the orphans.
void Bridge::end() {
  js_objects.owner()->end();
  if (environment.thread.state == nullptr) return;
  if (gate.load() != Gate::open) {
    for (Ref& reference : homeless) (void)reference.release();
    for (Ref& names : name_lists_) (void)names.release();
    return;
  }
  Attached attached(environment.thread);
  environment.ending = true;
  release_homeless();
  forget_names();
  name_lists_.clear();
  proxies.clear();
  if (environment.shares == 1) inbox->end();
  js_objects.clear();
}

}  // namespace pybridge
