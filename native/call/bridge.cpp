#include "call/bridge.h"

#include <utility>

#include "call/package.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "memory/js_memory.h"

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
      js_objects(env, std::make_shared<JsOwner>(this, share.environment, inbox)),
      loans(env),
      views(loans) {
  this->env = env;
  thread = &environment.thread;
}

Bridge::~Bridge() {
  for (napi_ref hook : hooks_) {
    if (hook != nullptr) napi_delete_reference(env, hook);
  }
  for (napi_ref held : {words_, numbers_, units_, mailbox_, known_texts_, departing_keys_}) {
    if (held != nullptr) napi_delete_reference(env, held);
  }
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
  napi_value array = nullptr;
  node_check(env, napi_get_named_property(env, hooks, "mailbox", &array));
  hold(env, array, mailbox_);
  node_check(env, napi_get_named_property(env, hooks, "knownTexts", &array));
  hold(env, array, known_texts_);
  node_check(env, napi_get_named_property(env, hooks, "departingKeys", &array));
  hold(env, array, departing_keys_);
}

void Bridge::set_scratch(napi_value words, napi_value numbers, napi_value units) {
  void* data = nullptr;
  node_check(env, napi_get_typedarray_info(env, words, nullptr, &scratch.word_capacity, &data,
                                           nullptr, nullptr));
  scratch.words = static_cast<int32_t*>(data);
  node_check(env, napi_get_typedarray_info(env, numbers, nullptr, &scratch.number_capacity, &data,
                                           nullptr, nullptr));
  scratch.numbers = static_cast<double*>(data);
  node_check(env, napi_get_typedarray_info(env, units, nullptr, &scratch.unit_capacity, &data,
                                           nullptr, nullptr));
  scratch.units = static_cast<const char16_t*>(data);
  hold(env, words, words_);
  hold(env, numbers, numbers_);
  hold(env, units, units_);
}

void Bridge::mail(uint32_t index, napi_value value) {
  napi_value mailbox = nullptr;
  node_check(env, napi_get_reference_value(env, mailbox_, &mailbox));
  node_check(env, napi_set_element(env, mailbox, index, value));
}

napi_value Bridge::mailed(uint32_t index) {
  napi_value mailbox = nullptr, value = nullptr;
  node_check(env, napi_get_reference_value(env, mailbox_, &mailbox));
  node_check(env, napi_get_element(env, mailbox, index, &value));
  return value;
}

void Bridge::know_text(uint32_t slot, const Text& text) {
  HandleScope scope(env);
  napi_value known = nullptr, value = nullptr;
  node_check(env, napi_create_string_latin1(env, static_cast<const char*>(text.data),
                                            static_cast<size_t>(text.length), &value));
  node_check(env, napi_get_reference_value(env, known_texts_, &known));
  node_check(env, napi_set_element(env, known, slot, value));
}

void Bridge::define_shape(uint32_t shape, PyObject* const* keys, size_t count) {
  HandleScope scope(env);
  napi_value list = nullptr;
  node_check(env, napi_create_array_with_length(env, count, &list));
  for (uint32_t i = 0; i < count; i++)
    node_check(env, napi_set_element(env, list, i, text::to_js(*this, keys[i])));
  const napi_value args[] = {unsigned_integer(env, shape), list};
  call_hook(Hook::defineShape, args, 2);
}

std::vector<Ref> Bridge::keys_of_shape(uint32_t shape) {
  HandleScope scope(env);
  napi_value all = nullptr, keys = nullptr;
  node_check(env, napi_get_reference_value(env, departing_keys_, &all));
  node_check(env, napi_get_element(env, all, shape, &keys));
  std::vector<Ref> names;
  for (napi_value key : items_of(keys)) names.push_back(interned(key));
  return names;
}

uint32_t Bridge::type_number(PyObject* object) {
  auto* type = reinterpret_cast<PyObject*>(type_of(object));
  const auto [known, added] =
      type_numbers_.try_emplace(type, static_cast<uint32_t>(type_numbers_.size()));
  if (added) (void)borrow(type).release();
  return known->second;
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
  napi_value self = nullptr, result = nullptr;
  node_check(env, napi_get_undefined(env, &self));
  node_check(env, napi_call_function(env, self, this->hook(hook), count, args, &result));
  return result;
}

napi_value Bridge::hook(Hook hook) const {
  napi_value function = nullptr;
  node_check(env, napi_get_reference_value(env, hooks_[static_cast<size_t>(hook)], &function));
  return function;
}

napi_value Bridge::reference(PyObject* object) {
  stay_out_of_javascript();
  napi_value home = js_object(object);
  return home != nullptr ? home : proxies.acquire(object);
}

napi_value Bridge::js_object(PyObject* object) {
  napi_value home = js_objects.object_of(object);
  return home != nullptr ? home : js_object_of_view(env, object, js_objects.owner().get());
}

napi_value Bridge::error(PyObject* exception) { return error_to_js(*this, exception); }

Ref Bridge::js_reference(double number, napi_value object) {
  return js_objects.reference(number, object);
}

Ref Bridge::js_memory(double number, napi_value object, napi_value bytes, int32_t kind) {
  load_memory();
  return memoryview_of_js(js_objects, env, number, object, JsBytes::of(bytes, kind));
}

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
    shapes.abandon();
    arriving.abandon();
    known_texts.abandon();
    loans.abandon();
    return;
  }
  Attached attached(environment.thread);
  environment.ending = true;
  release_homeless();
  forget_names();
  name_lists_.clear();
  shapes.clear();
  arriving.clear();
  known_texts.clear();
  loans.end();
  proxies.clear();
  if (environment.shares == 1) inbox->end();
  js_objects.clear();
}

}  // namespace pybridge
