#include "memory/arrow_export.h"

#include <cerrno>
#include <utility>

#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "errors/node_check.h"
#include "memory/js_memory.h"

namespace pybridge {
namespace {

using Table = std::shared_ptr<const ArrowTable>;

// Reads what JavaScript describes.

napi_value element(napi_env env, napi_value list, uint32_t index) {
  napi_value value = nullptr;
  node_check(env, napi_get_element(env, list, index, &value));
  return value;
}

bool is_null(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  return type == napi_null;
}

int64_t number(napi_env env, napi_value value) {
  double number = 0;
  node_check(env, napi_get_value_double(env, value, &number));
  return static_cast<int64_t>(number);
}

std::string text(napi_env env, napi_value value) {
  size_t size = 0;
  node_check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &size));
  std::string text(size, '\0');
  node_check(env, napi_get_value_string_utf8(env, value, text.data(), size + 1, &size));
  return text;
}

std::string bytes(napi_env env, napi_value value) {
  void* data = nullptr;
  size_t size = 0;
  node_check(env, napi_get_typedarray_info(env, value, nullptr, &size, &data, nullptr, nullptr));
  return {static_cast<char*>(data), size};
}

template <typename Each>
void for_each(napi_env env, napi_value list, Each each) {
  uint32_t count = 0;
  node_check(env, napi_get_array_length(env, list, &count));
  for (uint32_t i = 0; i < count; i++) {
    HandleScope scope(env);
    each(element(env, list, i));
  }
}

ArrowTable::Type read_type(napi_env env, napi_value given) {
  ArrowTable::Type type;
  type.format = text(env, element(env, given, 0));
  type.name = text(env, element(env, given, 1));
  napi_value metadata = element(env, given, 2);
  if (!is_null(env, metadata)) type.metadata = bytes(env, metadata);
  type.flags = number(env, element(env, given, 3));
  for_each(env, element(env, given, 4),
           [&](napi_value child) { type.children.push_back(read_type(env, child)); });
  napi_value dictionary = element(env, given, 5);
  if (!is_null(env, dictionary))
    type.dictionary = std::make_unique<ArrowTable::Type>(read_type(env, dictionary));
  return type;
}

bool is_view(const ArrowTable::Type& type) { return type.format[0] == 'v'; }

// A buffer: [bytes, whether other threads of JavaScript's write there].
void read_buffer(napi_env env, napi_value given, ArrowTable::Array& array) {
  if (is_null(env, given)) return array.buffers.push_back(nullptr);
  const bool is_shared = number(env, element(env, given, 1)) != 0;
  const Block block = block_of_bytes(env, {element(env, given, 0), 'B', is_shared}, false);
  array.buffers.push_back(block.data);
  array.holders.push_back(block.holder);
}

ArrowTable::Array read_array(napi_env env, napi_value given, const ArrowTable::Type& type) {
  ArrowTable::Array array;
  array.length = number(env, element(env, given, 0));
  array.null_count = number(env, element(env, given, 1));
  array.offset = number(env, element(env, given, 2));
  for_each(env, element(env, given, 3),
           [&](napi_value buffer) { read_buffer(env, buffer, array); });
  size_t index = 0;
  for_each(env, element(env, given, 4), [&](napi_value child) {
    array.children.push_back(read_array(env, child, type.children.at(index++)));
  });
  napi_value dictionary = element(env, given, 5);
  if (!is_null(env, dictionary))
    array.dictionary =
        std::make_unique<ArrowTable::Array>(read_array(env, dictionary, *type.dictionary));
  array.has_lengths = is_view(type);
  if (array.has_lengths) {
    for_each(env, element(env, given, 6),
             [&](napi_value length) { array.lengths.push_back(number(env, length)); });
  }
  return array;
}

// Gives what is kept, in Arrow's way. Children are released by their parents, unless they were
// moved.

template <typename Struct>
struct Given {
  Table table;  // keeps what the struct points at
  std::vector<Struct> children;
  std::vector<Struct*> pointers;
  Struct dictionary{};
  std::vector<const void*> buffers;
};

template <typename Struct>
void release(Struct* self) {
  auto* given = static_cast<Given<Struct>*>(self->private_data);
  for (Struct& child : given->children) {
    if (child.release != nullptr) child.release(&child);
  }
  if (given->dictionary.release != nullptr) given->dictionary.release(&given->dictionary);
  self->release = nullptr;
  delete given;
}

template <typename Struct, typename Node>
void give(const Table& table, const Node& node, Struct* out);

// The children and the dictionary, which both structs have in the same way.
template <typename Struct, typename Node>
Given<Struct>* give_parts(const Table& table, const Node& node, Struct* out) {
  auto given = std::make_unique<Given<Struct>>();
  given->table = table;
  given->children.resize(node.children.size());
  for (size_t i = 0; i < node.children.size(); i++) {
    give(table, node.children[i], &given->children[i]);
    given->pointers.push_back(&given->children[i]);
  }
  out->n_children = static_cast<int64_t>(node.children.size());
  out->children = given->pointers.data();
  if (node.dictionary != nullptr) {
    give(table, *node.dictionary, &given->dictionary);
    out->dictionary = &given->dictionary;
  }
  out->private_data = given.get();
  out->release = release<Struct>;
  return given.release();
}

template <>
void give(const Table& table, const ArrowTable::Type& type, ArrowSchema* out) {
  *out = {};
  out->format = type.format.c_str();
  out->name = type.name.c_str();
  out->metadata = type.metadata.empty() ? nullptr : type.metadata.data();
  out->flags = type.flags;
  give_parts(table, type, out);
}

template <>
void give(const Table& table, const ArrowTable::Array& array, ArrowArray* out) {
  *out = {};
  out->length = array.length;
  out->null_count = array.null_count;
  out->offset = array.offset;
  auto* given = give_parts(table, array, out);
  given->buffers = array.buffers;
  if (array.has_lengths) given->buffers.push_back(array.lengths.data());
  out->n_buffers = static_cast<int64_t>(given->buffers.size());
  out->buffers = given->buffers.data();
}

struct Stream {
  Table table;
  size_t next = 0;
  const char* error = nullptr;

  template <typename Body>
  int guarded(Body body) {
    try {
      body();
      return 0;
    } catch (const std::bad_alloc&) {
      error = "there is not enough memory";
      return ENOMEM;
    }
  }
};

Stream& of(ArrowArrayStream* self) { return *static_cast<Stream*>(self->private_data); }

int get_schema(ArrowArrayStream* self, ArrowSchema* out) {
  return of(self).guarded([&] { give(of(self).table, of(self).table->type, out); });
}

int get_next(ArrowArrayStream* self, ArrowArray* out) {
  Stream& stream = of(self);
  *out = {};
  if (stream.next == stream.table->batches.size()) return 0;
  return stream.guarded([&] { give(stream.table, stream.table->batches[stream.next++], out); });
}

const char* get_last_error(ArrowArrayStream* self) { return of(self).error; }

void release_stream(ArrowArrayStream* self) {
  delete static_cast<Stream*>(self->private_data);
  self->release = nullptr;
}

// Capsules own the struct that they point at, and release what nobody has taken.
template <typename Struct, const char* const& name>
void end_capsule(PyObject* capsule) {
  auto* held = static_cast<Struct*>(PyCapsule_GetPointer(capsule, name));
  if (held == nullptr) return PyErr_Clear();
  if (held->release != nullptr) held->release(held);
  delete held;
}

constexpr const char* kept_name = "pybridge.table";

void end_kept(PyObject* capsule) {
  delete static_cast<Table*>(PyCapsule_GetPointer(capsule, kept_name));
}

Table table_of(PyObject* kept) {
  auto* table = static_cast<Table*>(PyCapsule_GetPointer(kept, kept_name));
  if (table == nullptr) throw PythonError::take();
  return *table;
}

}  // namespace

std::shared_ptr<const ArrowTable> read_arrow_table(napi_env env, napi_value schema,
                                                   napi_value batches) {
  auto table = std::make_shared<ArrowTable>();
  table->type = read_type(env, schema);
  for_each(env, batches, [&](napi_value batch) {
    table->batches.push_back(read_array(env, batch, table->type));
  });
  return table;
}

Ref keep_arrow_table(std::shared_ptr<const ArrowTable> table) {
  auto kept = std::make_unique<Table>(std::move(table));
  Ref capsule = steal(check(PyCapsule_New(kept.get(), kept_name, end_kept)));
  [[maybe_unused]] auto* given = kept.release();  // the capsule has it
  return capsule;
}

Ref arrow_schema_of(PyObject* kept) {
  const Table table = table_of(kept);
  auto schema = std::make_unique<ArrowSchema>();
  give(table, table->type, schema.get());
  PyObject* capsule = PyCapsule_New(schema.get(), arrow_schema_capsule,
                                    end_capsule<ArrowSchema, arrow_schema_capsule>);
  if (capsule == nullptr) schema->release(schema.get());
  Ref made = steal(check(capsule));
  [[maybe_unused]] auto* given = schema.release();  // the capsule has it
  return made;
}

Ref arrow_stream_of(PyObject* kept) {
  auto reading = std::make_unique<Stream>(Stream{table_of(kept)});
  auto stream = std::make_unique<ArrowArrayStream>(
      ArrowArrayStream{get_schema, get_next, get_last_error, release_stream, reading.get()});
  Ref capsule = steal(check(PyCapsule_New(stream.get(), arrow_stream_capsule,
                                          end_capsule<ArrowArrayStream, arrow_stream_capsule>)));
  [[maybe_unused]] auto* given = stream.release();  // the capsule has both
  [[maybe_unused]] auto* given_too = reading.release();
  return capsule;
}

}  // namespace pybridge
