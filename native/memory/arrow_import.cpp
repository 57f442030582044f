#include "memory/arrow_import.h"

#include <cstring>
#include <utility>

#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "errors/node_check.h"
#include "memory/arrow_layout.h"

namespace pybridge {
namespace {

template <typename Struct>
void take_from(ArrowOwned<Struct>& to, PyObject* capsule, const char* name) {
  auto* from = static_cast<Struct*>(PyCapsule_GetPointer(capsule, name));
  if (from == nullptr) throw PythonError::take();
  if (from->release == nullptr)
    throw BridgeError(Code::CONVERSION, "these Arrow data were used up by somebody else");
  to.take(from);
}

napi_value null(napi_env env) {
  napi_value value = nullptr;
  node_check(env, napi_get_null(env, &value));
  return value;
}

napi_value number(napi_env env, int64_t number) {
  napi_value value = nullptr;
  node_check(env, napi_create_double(env, static_cast<double>(number), &value));
  return value;
}

napi_value text(napi_env env, const char* text) {
  napi_value value = nullptr;
  node_check(env,
             napi_create_string_utf8(env, text == nullptr ? "" : text, NAPI_AUTO_LENGTH, &value));
  return value;
}

napi_value list(napi_env env, const std::vector<napi_value>& items) {
  napi_value made = nullptr;
  node_check(env, napi_create_array_with_length(env, items.size(), &made));
  for (uint32_t i = 0; i < items.size(); i++)
    node_check(env, napi_set_element(env, made, i, items[i]));
  return made;
}

// A count of pairs, and each key and value after its length: 32-bit integers of this machine.
size_t size_of_metadata(const char* metadata) {
  size_t at = 0;
  const auto take = [&] {
    int32_t value = 0;
    std::memcpy(&value, metadata + at, sizeof value);
    at += sizeof value;
    return value;
  };
  for (int32_t strings = 2 * take(); strings > 0; strings--) {
    const int32_t length = take();
    if (length < 0) throw BridgeError(Code::CONVERSION, "the metadata of an Arrow type are broken");
    at += static_cast<size_t>(length);
  }
  return at;
}

napi_value metadata_of(napi_env env, const ArrowSchema& schema) {
  if (schema.metadata == nullptr) return null(env);
  napi_value buffer = nullptr;
  node_check(env, napi_create_buffer_copy(env, size_of_metadata(schema.metadata), schema.metadata,
                                          nullptr, &buffer));
  return buffer;
}

napi_value describe(napi_env env, const ArrowSchema& schema) {
  std::vector<napi_value> children;
  children.reserve(static_cast<size_t>(schema.n_children));
  for (int64_t i = 0; i < schema.n_children; i++)
    children.push_back(describe(env, *schema.children[i]));
  return list(env, {text(env, schema.format), text(env, schema.name), metadata_of(env, schema),
                    number(env, schema.flags), list(env, children),
                    schema.dictionary == nullptr ? null(env) : describe(env, *schema.dictionary)});
}

// As any extension does that waits: Python may run meanwhile, here too.
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() { PyEval_RestoreThread(state_); }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

// A batch: released when JavaScript has forgotten all of its buffers.
struct Batch final : Loan {
  ArrowOwned<ArrowArray> array;
};

// Typed arrays of JavaScript's want what they are of to be aligned; Arrow only recommends it.
napi_value lend(napi_env env, Loans& loans, const std::shared_ptr<Loan>& loan,
                const ArrowBuffer& buffer) {
  if (buffer.data == nullptr) return null(env);
  if (reinterpret_cast<uintptr_t>(buffer.data) % buffer.alignment == 0)
    return loans.lend_constant(loan, buffer.data, buffer.size);
  napi_value copy = nullptr;
  void* data = nullptr;
  node_check(env, napi_create_arraybuffer(env, buffer.size, &data, &copy));
  std::memcpy(data, buffer.data, buffer.size);
  return copy;
}

}  // namespace

struct ArrowReader::Type {
  explicit Type(const ArrowSchema& schema) : format(schema.format == nullptr ? "" : schema.format) {
    for (int64_t i = 0; i < schema.n_children; i++) children.emplace_back(*schema.children[i]);
    if (schema.dictionary != nullptr) dictionary = std::make_unique<Type>(*schema.dictionary);
  }

  std::string format;
  std::vector<Type> children;
  std::unique_ptr<Type> dictionary;
};

ArrowReader::ArrowReader(PyObject* stream_capsule) {
  take_from(stream_, stream_capsule, arrow_stream_capsule);
  ask([](ArrowReader& reader) {
    ArrowArrayStream* stream = reader.stream_.get();
    return stream->get_schema(stream, reader.schema_.get());
  });
  type_ = std::make_unique<Type>(*schema_);
}

ArrowReader::ArrowReader(PyObject* schema_capsule, PyObject* array_capsule) {
  take_from(schema_, schema_capsule, arrow_schema_capsule);
  take_from(array_, array_capsule, arrow_array_capsule);
  type_ = std::make_unique<Type>(*schema_);
}

ArrowReader::~ArrowReader() = default;

void ArrowReader::ask(int (*question)(ArrowReader& reader)) {
  int failed = 0;
  std::string message;
  {
    const WithoutGil without;
    failed = question(*this);
    const char* error = failed == 0 ? nullptr : (*stream_).get_last_error(stream_.get());
    message = error == nullptr ? "it does not say why" : error;
  }
  if (failed != 0)
    throw BridgeError(Code::CONVERSION, "the Arrow stream ended with an error: " + message);
}

napi_value ArrowReader::schema(napi_env env) const { return describe(env, *schema_); }

napi_value ArrowReader::next(napi_env env, Loans& loans) {
  if (!stream_.is_released()) {
    ask([](ArrowReader& reader) {
      ArrowArrayStream* stream = reader.stream_.get();
      return stream->get_next(stream, reader.array_.get());
    });
  }
  if (array_.is_released()) return null(env);
  auto batch = std::make_shared<Batch>();
  batch->array.take(array_.get());
  const ArrowArray& taken = *batch->array;
  return array(env, loans, std::move(batch), *type_, taken);
}

napi_value ArrowReader::array(napi_env env, Loans& loans, const std::shared_ptr<Loan>& loan,
                              const Type& type, const ArrowArray& array) const {
  if (array.n_children != static_cast<int64_t>(type.children.size()) ||
      (array.dictionary == nullptr) != (type.dictionary == nullptr))
    throw BridgeError(Code::CONVERSION, "an Arrow array is not as its type wants it");
  std::vector<napi_value> buffers, children;
  for (const ArrowBuffer& buffer : buffers_of(type.format, array))
    buffers.push_back(lend(env, loans, loan, buffer));
  for (int64_t i = 0; i < array.n_children; i++)
    children.push_back(
        this->array(env, loans, loan, type.children[static_cast<size_t>(i)], *array.children[i]));
  return list(env, {number(env, array.length), number(env, array.null_count),
                    number(env, array.offset), list(env, buffers), list(env, children),
                    array.dictionary == nullptr
                        ? null(env)
                        : this->array(env, loans, loan, *type.dictionary, *array.dictionary)});
}

}  // namespace pybridge
