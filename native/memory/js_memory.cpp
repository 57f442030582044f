#include "memory/js_memory.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "convert/tape.h"
#include "errors/node_check.h"
#include "memory/backing_store.h"

namespace pybridge {
namespace {

Py_ssize_t size_of(char letter) {
  switch (letter) {
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'q':
    case 'Q':
    case 'd': return 8;
    default:  return 1;
  }
}

std::string_view content_of(napi_env env, const JsBytes& given) {
  size_t length = 0;
  void* data = nullptr;
  node_check(env,
             napi_get_typedarray_info(env, given.bytes, nullptr, &length, &data, nullptr, nullptr));
  return {static_cast<char*>(data), length};
}

// An object that crosses again may have been written to meanwhile.
void copy_again(const Block& block, std::string_view content) {
  const size_t size = std::min(content.size(), static_cast<size_t>(block.size()));
  if (size > 0 && block.data != content.data()) std::memcpy(block.data, content.data(), size);
}

}  // namespace

JsBytes JsBytes::of(napi_value bytes, int32_t kind) {
  return {bytes, static_cast<char>(kind & letter_mask), (kind & shared_memory_bit) != 0};
}

Block block_of_bytes(napi_env env, const JsBytes& given, bool is_held) {
  size_t length = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  node_check(env,
             napi_get_typedarray_info(env, given.bytes, nullptr, &length, &data, &buffer, nullptr));
  Block block;
  block.data = static_cast<char*>(data);
  block.format = given.letter;
  block.item_size = size_of(given.letter);
  block.shape = {static_cast<Py_ssize_t>(length) / block.item_size};
  block.strides = {block.item_size};
  block.is_of_javascript = true;
  if (has_backing_stores()) {
    block.holder = hold_backing_store(buffer, given.is_shared);
  } else if (!given.is_shared || !is_held) {
    auto copied = std::make_shared<std::string>(block.data, length);
    block.data = copied->data();
    block.holder = std::move(copied);
    block.is_readonly = true;
  }
  return block;
}

Ref memoryview_of_js(JsObjects& objects, napi_env env, double number, napi_value object,
                     const JsBytes& bytes) {
  Ref memory = objects.find(number);
  if (!memory) {
    const bool is_main = objects.owner()->environment->js_thread.load() == 0;
    memory = make_memory(block_of_bytes(env, bytes, is_main));
    napi_ref strong = objects.hold(object);
    bind_to_js(memory.get(), objects.owner(), number, strong);
    objects.know(number, strong, memory.get());
  } else if (!has_backing_stores()) {
    copy_again(*block_of(memory.get()), content_of(env, bytes));
  }
  return memoryview_of(memory.get());
}

napi_value js_object_of_view(napi_env env, PyObject* candidate, const JsOwner* owner) {
  const Ref memory = memory_of_view(candidate);
  napi_ref held = memory ? js_object_of(memory.get(), owner) : nullptr;
  napi_value object = nullptr;
  if (held != nullptr) node_check(env, napi_get_reference_value(env, held, &object));
  return object;
}

}  // namespace pybridge
