// Memory that both sides hold, for JavaScript.

#include <cstring>

#include "call/entry.h"
#include "call/package.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "memory/js_memory.h"
#include "memory/memory_object.h"

namespace pybridge::memories {
namespace {

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  node_check(env, napi_create_double(env, value, &result));
  return result;
}

napi_value sizes(napi_env env, const Py_ssize_t* values, int count) {
  napi_value list = nullptr;
  node_check(env, napi_create_array_with_length(env, static_cast<size_t>(count), &list));
  for (int i = 0; i < count; i++)
    node_check(env, napi_set_element(env, list, static_cast<uint32_t>(i),
                                     number(env, static_cast<double>(values[i]))));
  return list;
}

// What an ArrayBuffer is a view of, for lib/memory/.
void describe(Bridge& bridge, const Loans::Lent& lent, const Export& exported, const Items& items) {
  napi_env env = bridge.env;
  const Py_buffer& view = exported.view();
  napi_value format = nullptr, name = nullptr, layout = nullptr, is_readonly = nullptr;
  node_check(env, napi_create_string_utf8(env, exported.format(), NAPI_AUTO_LENGTH, &format));
  node_check(env, napi_create_string_utf8(env, items.name.data(), items.name.size(), &name));
  node_check(env, napi_create_string_utf8(env, items.layout.data(), items.layout.size(), &layout));
  node_check(env, napi_get_boolean(env, view.readonly != 0, &is_readonly));
  constexpr uintptr_t widest = 16;  // of the items of typed arrays, and more
  const bool is_copy = lent.id == 0;
  const uintptr_t skew = is_copy ? 0 : reinterpret_cast<uintptr_t>(exported.data()) % widest;
  const napi_value args[] = {lent.buffer,
                             number(env, lent.id),
                             format,
                             name,
                             layout,
                             is_readonly,
                             number(env, static_cast<double>(view.itemsize)),
                             number(env, static_cast<double>(exported.offset())),
                             number(env, static_cast<double>(skew)),
                             sizes(env, exported.shape(), view.ndim),
                             sizes(env, exported.strides(), view.ndim)};
  bridge.call_hook(Bridge::Hook::describeView, args, 11);
}

// What exports the memory of an object, and how its items are called where a format cannot say.
struct Exporter {
  Ref object;
  std::string name;
};

Exporter exporter_of(PyObject* object, const PythonError& error) {
  load_memory();
  Ref answer = call(package.exporter_of, {object, error.exception()});
  return {borrow(check(PyTuple_GetItem(answer.get(), 0))),
          utf8(check(PyTuple_GetItem(answer.get(), 1)))};
}

Items items_of(const Exporter& exporter, const Export& exported) {
  const char* format = exported.format();
  if (std::strstr(format, "T{") == nullptr) return {exporter.name, ""};
  load_memory();
  const Ref layout = call(package.layout_of, {exporter.object.get(), str(format).get()});
  return {exporter.name, utf8(layout.get())};
}

// As long as the export is the one that JavaScript sees already, that one is as good.
napi_value find(Bridge& bridge, PyObject* object, const Exporter& exporter) {
  const Export now(exporter.object.get());
  return bridge.views.find(object, now, items_of(exporter, now));
}

napi_value open(Bridge& bridge, PyObject* object, const Exporter& exporter) {
  if (napi_value known = find(bridge, object, exporter)) return known;
  auto exported = std::make_unique<Export>(exporter.object.get());
  const Export& lending = *exported;
  const Items items = items_of(exporter, lending);
  const Loans::Lent lent = bridge.views.lend(object, std::move(exported), items);
  describe(bridge, lent, lending, items);
  return lent.buffer;
}

bool truth(napi_env env, napi_value value) {
  bool result = false;
  node_check(env, napi_get_value_bool(env, value, &result));
  return result;
}

std::vector<Py_ssize_t> sizes_of(napi_env env, napi_value list) {
  uint32_t count = 0;
  node_check(env, napi_get_array_length(env, list, &count));
  std::vector<Py_ssize_t> sizes(count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value item = nullptr;
    int64_t size = 0;
    node_check(env, napi_get_element(env, list, i, &item));
    node_check(env, napi_get_value_int64(env, item, &size));
    sizes[i] = static_cast<Py_ssize_t>(size);
  }
  return sizes;
}

}  // namespace

// openView(id): the ArrayBuffer over the memory of an object. A new one was described before.
napi_value open_view(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  try {
    return open(bridge, object.get(), {borrow(object.get()), ""});
  } catch (const PythonError& error) {
    return open(bridge, object.get(), exporter_of(object.get(), error));
  }
}

// takeBackView(loan): the ArrayBuffer is detached.
napi_value take_back_view(Bridge& bridge, const Arguments& arguments) {
  bridge.loans.take_back(arguments.id(bridge.env, 0));
  return nullptr;
}

// makeMemory(bytes, kind, readonly, shape): a pybridge.Memory, by reference. Python holds the
// memory of the object; the object itself it does not need. Whoever read the shape may have run
// code that transferred the memory.
napi_value make(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  load_memory();
  const JsBytes bytes =
      JsBytes::of(arguments.values[0], static_cast<int32_t>(arguments.id(env, 1)));
  Block block = block_of_bytes(env, bytes, false);
  const Py_ssize_t count = block.count();
  block.is_readonly |= truth(env, arguments.values[2]);
  block.shape = sizes_of(env, arguments.values[3]);
  if (block.count() != count)
    throw BridgeError(Code::INVALID_ARGUMENT, "the memory is not what it was");
  block.strides = contiguous_strides(block.shape, block.item_size);
  Ref memory = make_memory(std::move(block));
  return bridge.proxies.acquire(memory.get());
}

}  // namespace pybridge::memories
