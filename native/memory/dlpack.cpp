#include "memory/dlpack.h"

#include <array>
#include <utility>

#include "cpython/check.h"
#include "errors/bridge_error.h"

namespace pybridge::dlpack {
namespace {

// dlpack.h of dmlc/dlpack 1.0.
struct Device {
  int32_t type;
  int32_t id;
};
struct DataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};
struct Tensor {
  void* data;
  Device device;
  int32_t ndim;
  DataType type;
  int64_t* shape;
  int64_t* strides;  // in items; null where they follow each other
  uint64_t byte_offset;
};
constexpr uint64_t readonly_flag = 1, copied_flag = 2;
struct Unversioned {
  static constexpr const char* name = "dltensor";
  static constexpr const char* used_name = "used_dltensor";
  Tensor tensor;
  void* context;
  void (*end)(Unversioned* self);
  bool is_readonly() const { return false; }
};
struct Versioned {
  static constexpr const char* name = "dltensor_versioned";
  static constexpr const char* used_name = "used_dltensor_versioned";
  uint32_t major;
  uint32_t minor;
  void* context;
  void (*end)(Versioned* self);
  uint64_t flags;
  Tensor tensor;
  bool is_readonly() const { return (flags & readonly_flag) != 0; }
};

constexpr int32_t cpu = 1, cuda_host = 3, rocm_host = 11;

struct Known {
  DataType type;
  const char* format;
};
// A bfloat16 has no format: whoever asks is told by its name (python/pybridge/memory.py).
constexpr Known known[] = {{{0, 8, 1}, "b"},   {{0, 16, 1}, "h"},   {{0, 32, 1}, "i"},
                           {{0, 64, 1}, "q"},  {{1, 8, 1}, "B"},    {{1, 16, 1}, "H"},
                           {{1, 32, 1}, "I"},  {{1, 64, 1}, "Q"},   {{2, 16, 1}, "e"},
                           {{2, 32, 1}, "f"},  {{2, 64, 1}, "d"},   {{4, 16, 1}, "H"},
                           {{5, 64, 1}, "Zf"}, {{5, 128, 1}, "Zd"}, {{6, 8, 1}, "?"}};

bool are_same(DataType left, DataType right) {
  return left.code == right.code && left.bits == right.bits && left.lanes == right.lanes;
}

const char* format_of(DataType type) {
  for (const Known& each : known) {
    if (are_same(each.type, type)) return each.format;
  }
  throw BridgeError(Code::CONVERSION, "a tensor of a type that JavaScript has no numbers for");
}

template <typename Managed>
Ref take(PyObject* capsule) {
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, Managed::name));
  if (managed == nullptr) throw PythonError::take();
  const Tensor& tensor = managed->tensor;
  if (tensor.device.type != cpu && tensor.device.type != cuda_host &&
      tensor.device.type != rocm_host)
    throw BridgeError(Code::CONVERSION, "its memory is on another device: copy it with .cpu()");
  Block block;
  block.format = format_of(tensor.type);
  block.item_size = tensor.type.bits / 8;
  block.shape.assign(tensor.shape, tensor.shape + tensor.ndim);
  block.strides = contiguous_strides(block.shape, block.item_size);
  for (int i = 0; i < tensor.ndim && tensor.strides != nullptr; i++)
    block.strides[static_cast<size_t>(i)] = tensor.strides[i] * block.item_size;
  block.data = static_cast<char*>(tensor.data) + tensor.byte_offset;
  block.is_readonly = managed->is_readonly();
  check(PyCapsule_SetName(capsule, Managed::used_name));
  block.holder = std::shared_ptr<Managed>(managed, [](Managed* each) {
    if (each->end != nullptr) each->end(each);
  });
  return make_memory(std::move(block));
}

// What a capsule of ours holds: the block, and what points into it.
template <typename Managed>
struct Exported {
  Managed managed{};
  Block block;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

template <typename Managed>
void end(Managed* self) {
  delete static_cast<Exported<Managed>*>(self->context);
}

// Nobody has used it.
template <typename Managed>
void end_capsule(PyObject* capsule) {
  if (PyCapsule_IsValid(capsule, Managed::name) == 0) return;
  end(static_cast<Managed*>(PyCapsule_GetPointer(capsule, Managed::name)));
}

DataType type_of_format(const std::string& format) {
  for (const Known& each : known) {
    if (format == each.format) return each.type;
  }
  PyErr_SetString(*PyExc_BufferError, "DLPack has no type for this memory");
  throw PythonError::take();
}

template <typename Managed>
Ref give(Block given, bool copied) {
  auto exported = std::make_unique<Exported<Managed>>();
  exported->block = std::move(given);
  const Block& block = exported->block;
  exported->shape.assign(block.shape.begin(), block.shape.end());
  for (const Py_ssize_t stride : block.strides)
    exported->strides.push_back(stride / block.item_size);
  Tensor& tensor = exported->managed.tensor;
  tensor.data = block.data;
  tensor.device = {cpu, 0};
  tensor.ndim = static_cast<int32_t>(block.shape.size());
  tensor.type = type_of_format(block.format);
  tensor.shape = exported->shape.data();
  tensor.strides = exported->strides.data();
  exported->managed.context = exported.get();
  exported->managed.end = end<Managed>;
  if constexpr (std::is_same_v<Managed, Versioned>) {
    exported->managed.major = 1;
    exported->managed.flags = (block.is_readonly ? readonly_flag : 0) | (copied ? copied_flag : 0);
  }
  Ref capsule =
      steal(check(PyCapsule_New(&exported->managed, Managed::name, end_capsule<Managed>)));
  [[maybe_unused]] auto* gone = exported.release();  // the capsule has it
  return capsule;
}

// Memory of JavaScript's has its items one after another.
void copy(Block& block) {
  auto copied = std::make_shared<std::string>(block.data, static_cast<size_t>(block.size()));
  block.data = copied->data();
  block.holder = std::move(copied);
  block.is_readonly = false;
}

[[noreturn]] void refuse(const char* why) {
  PyErr_SetString(*PyExc_BufferError, why);
  throw PythonError::take();
}

}  // namespace

Ref import(PyObject* capsule) {
  const bool versioned = PyCapsule_IsValid(capsule, Versioned::name) != 0;
  return versioned ? take<Versioned>(capsule) : take<Unversioned>(capsule);
}

Ref export_memory(PyObject* memory, bool versioned, bool copied) {
  const Block* known = block_of(memory);
  if (known == nullptr) refuse("this Memory has nothing in it");
  if (!known->is_of_javascript)
    refuse("this memory belongs to an object of Python's: ask that one for a tensor");
  Block block = *known;
  if (copied) copy(block);
  if (block.is_readonly && !versioned)
    refuse("DLPack before 1.0 has no read-only memory: ask with max_version=(1, 0), or copy=True");
  return versioned ? give<Versioned>(std::move(block), copied)
                   : give<Unversioned>(std::move(block), copied);
}

}  // namespace pybridge::dlpack
