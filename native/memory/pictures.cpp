#include "memory/pictures.h"

#include <string_view>
#include <utility>

#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "memory/arrow_abi.h"

namespace pybridge::pictures {
namespace {

template <typename Struct>
Struct* struct_of(PyObject* capsule, const char* name) {
  auto* found = static_cast<Struct*>(PyCapsule_GetPointer(capsule, name));
  if (found == nullptr) throw PythonError::take();
  if (found->release == nullptr)
    throw BridgeError(Code::CONVERSION, "this picture has given its pixels away already");
  return found;
}

// What Pillow has: numbers of one size, or fixed lists of them.
Py_ssize_t size_of(std::string_view format) {
  if (format == "C" || format == "c") return 1;
  if (format == "S" || format == "s") return 2;
  if (format == "I" || format == "i" || format == "f") return 4;
  throw BridgeError(Code::CONVERSION,
                    "its pixels are of an Arrow type (" + std::string(format) +
                        ") that is not known here: pass numpy.asarray(x), which copies them");
}

struct Pixels {
  const char* data;
  Py_ssize_t size;
};

// The numbers are the list's only child, or the array itself.
Pixels pixels_of(const ArrowSchema& schema, const ArrowArray& array) {
  constexpr std::string_view list = "+w:";
  const std::string_view format = schema.format;
  if (format.substr(0, list.size()) == list && schema.n_children == 1 && array.n_children == 1 &&
      array.offset == 0)
    return pixels_of(*schema.children[0], *array.children[0]);
  const Py_ssize_t item_size = size_of(format);
  if (array.n_buffers != 2 || array.buffers[0] != nullptr)
    throw BridgeError(Code::CONVERSION, "some of its pixels are missing");
  return {static_cast<const char*>(array.buffers[1]) + array.offset * item_size,
          array.length * item_size};
}

// Bytes from the first item to the end of the last one; the strides are not negative.
Py_ssize_t reach_of(const Block& block) {
  if (block.count() == 0) return 0;
  Py_ssize_t reach = block.item_size;
  for (size_t i = 0; i < block.shape.size(); i++) reach += (block.shape[i] - 1) * block.strides[i];
  return reach;
}

}  // namespace

Ref import_arrow(PyObject* schema_capsule, PyObject* array_capsule, Block layout) {
  const auto* schema = struct_of<ArrowSchema>(schema_capsule, arrow_schema_capsule);
  auto* array = struct_of<ArrowArray>(array_capsule, arrow_array_capsule);
  const Pixels pixels = pixels_of(*schema, *array);
  if (pixels.data == nullptr || reach_of(layout) > pixels.size)
    throw BridgeError(Code::CONVERSION, "it exports fewer pixels than it has");
  layout.data = const_cast<char*>(pixels.data);
  layout.is_readonly = true;  // the interface says so: a consumer must not write
  auto holder = std::make_shared<ArrowOwned<ArrowArray>>();
  holder->take(array);
  layout.holder = std::move(holder);
  return make_memory(std::move(layout));
}

}  // namespace pybridge::pictures
