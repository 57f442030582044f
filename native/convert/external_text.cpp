#include "convert/external_text.h"

#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpython/ref.h"
#include "cpython/shared_library.h"
#include "errors/node_check.h"
#include "runtime/libuv.h"

namespace pybridge {

struct ExternalTexts::GivenBack {
  std::atomic<bool> any{false};
  std::mutex mutex;
  bool ended = false;
  std::vector<PyObject*> texts;
  int64_t size = 0;                            // of those that no string holds any more
  std::unordered_map<PyObject*, size_t> held;  // by how many strings

  // Whether it is the first string of this str: its memory is new to the collector.
  bool hold(PyObject* text) {
    std::lock_guard lock(mutex);
    return ++held[text] == 1;
  }

  void push(PyObject* text, int64_t length) {
    std::lock_guard lock(mutex);
    texts.push_back(text);
    any.store(true, std::memory_order_release);
    const auto strings = held.find(text);
    if (strings == held.end() || --strings->second > 0) return;
    held.erase(strings);
    size += length;
  }

  // The size of what was dropped.
  int64_t drop() {
    std::vector<PyObject*> dropped;
    int64_t dropped_size = 0;
    {
      std::lock_guard lock(mutex);
      any.store(false, std::memory_order_relaxed);
      dropped = std::exchange(texts, {});
      dropped_size = std::exchange(size, 0);
    }
    for (PyObject* text : dropped) give_up(text);
    return dropped_size;
  }
};

namespace {

using GivenBack = ExternalTexts::GivenBack;
using Create = napi_status (*)(napi_env env, char* data, size_t length, napi_finalize finalize,
                               void* hint, napi_value* result, bool* copied);

Create find_create() {
  return reinterpret_cast<Create>(symbol_of_program("node_api_create_external_string_latin1"));
}

// Rule 2. It lives for ever: the collector may give a str back while the process ends.
GivenBack& of_ended_environments() {
  static auto* made = new GivenBack;
  return *made;
}

struct Held {
  std::shared_ptr<GivenBack> home;
  PyObject* text;
  int64_t length;
};

void give_back(napi_env, void*, void* hint) {
  const std::unique_ptr<Held> held(static_cast<Held*>(hint));
  bool ended = false;
  {
    std::lock_guard lock(held->home->mutex);
    ended = held->home->ended;
  }
  (ended ? of_ended_environments() : *held->home).push(held->text, held->length);
}

}  // namespace

ExternalTexts::ExternalTexts() : given_back_(std::make_shared<GivenBack>()) {}

ExternalTexts::~ExternalTexts() {
  std::lock_guard lock(given_back_->mutex);
  given_back_->ended = true;
  for (PyObject* text : given_back_->texts) of_ended_environments().push(text, 0);
}

napi_value ExternalTexts::make(napi_env env, PyObject* value, const Text& text) {
  static const Create create = find_create();
  if (create == nullptr || !uses_libuv.load()) return nullptr;
  if (of_ended_environments().any.load(std::memory_order_acquire)) of_ended_environments().drop();
  auto* data = static_cast<char*>(const_cast<void*>(text.data));
  auto held = std::make_unique<Held>(given_back_, borrow(value).release(), text.length);
  const bool is_new = given_back_->hold(value);
  napi_value result = nullptr;
  bool copied = false;
  const napi_status status =
      create(env, data, static_cast<size_t>(text.length), give_back, held.get(), &result, &copied);
  if (status != napi_ok) held.release()->home->push(value, 0);
  node_check(env, status);
  [[maybe_unused]] Held* given =
      held.release();  // by give_back, which has run already where it was copied
  if (is_new) {
    int64_t now = 0;
    node_check(env, napi_adjust_external_memory(env, text.length, &now));
  }
  return result;
}

bool ExternalTexts::has_given_back() const {
  return given_back_->any.load(std::memory_order_relaxed);
}

void ExternalTexts::drop(napi_env env) {
  int64_t now = 0;
  napi_adjust_external_memory(env, -given_back_->drop(), &now);
}

}  // namespace pybridge
