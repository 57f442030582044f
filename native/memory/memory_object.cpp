#include "memory/memory_object.h"

#include <cstddef>
#include <utility>

#include "cpython/check.h"
#include "cpython/layouts.h"

namespace pybridge {
namespace {

// What follows the head of a Memory. All null in one that Python made by itself.
struct Body {
  struct Content* content;
  PyObject* weak_references;
};

struct Content {
  Block block;
  std::shared_ptr<JsOwner> owner;
  double number = 0;
  napi_ref object = nullptr;
  PyObject* view = nullptr;  // a weakref to its memoryview
};

PyTypeObject* memory_type = nullptr;

Body& body_of(PyObject* self) {
  return *reinterpret_cast<Body*>(reinterpret_cast<char*>(self) + layouts.head);
}

Content* content_of(PyObject* candidate) {
  return type_of(candidate) == memory_type ? body_of(candidate).content : nullptr;
}

// tracemalloc shows memory of JavaScript's as allocated where it came; it is asked for by the
// address of what says so, because several may be of the same memory.
constexpr unsigned int tracing_domain = 0x70796272;  // "pybr"

void trace(const Content* content) {
  if (PyTraceMalloc_Track == nullptr || !content->block.is_of_javascript) return;
  PyTraceMalloc_Track(tracing_domain, reinterpret_cast<uintptr_t>(content),
                      static_cast<size_t>(content->block.size()));
}

void trace_no_more(const Content* content) {
  if (PyTraceMalloc_Untrack == nullptr) return;
  PyTraceMalloc_Untrack(tracing_domain, reinterpret_cast<uintptr_t>(content));
}

void deallocate(PyObject* self) {
  PyTypeObject* type = type_of(self);
  Body& body = body_of(self);
  if (body.weak_references != nullptr) PyObject_ClearWeakRefs(self);
  if (Content* content = body.content) {
    trace_no_more(content);
    if (content->view != nullptr) Py_DecRef(content->view);
    if (content->owner != nullptr) content->owner->drop(content->number, content->object);
    delete content;
  }
  PyObject_Free(self);
  Py_DecRef(reinterpret_cast<PyObject*>(type));
}

// What a consumer of the buffer protocol asks for.
constexpr int writable = 0x1, with_format = 0x4, with_shape = 0x8, with_strides = 0x10 | with_shape,
              c_contiguous = 0x20, f_contiguous = 0x40, any_contiguous = 0x80;

const char* refusal(const Block& block, int flags) {
  const auto asks = [flags](int flag) { return (flags & flag) != 0; };
  if (asks(writable) && block.is_readonly) return "this memory is read-only";
  const bool is_c = block.is_contiguous('C');
  if (asks(c_contiguous) && !is_c) return "this memory is not C-contiguous";
  if (asks(f_contiguous) && !block.is_contiguous('F')) return "this memory is not F-contiguous";
  if (asks(any_contiguous) && !is_c && !block.is_contiguous('F'))
    return "this memory is not contiguous";
  if ((flags & with_strides) != with_strides && !is_c) return "this memory is not C-contiguous";
  return nullptr;
}

int export_memory(PyObject* self, Py_buffer* view, int flags) {
  static char nothing;  // what is empty is somewhere, too
  view->obj = nullptr;
  Content* content = content_of(self);
  const char* refused =
      content == nullptr ? "this Memory has nothing in it" : refusal(content->block, flags);
  if (refused != nullptr) {
    PyErr_SetString(*PyExc_BufferError, refused);
    return -1;
  }
  Block& block = content->block;
  const bool has_shape = (flags & with_shape) != 0;
  *view = {};
  view->buf = block.data == nullptr ? &nothing : block.data;
  view->len = block.size();
  view->itemsize = block.item_size;
  view->readonly = block.is_readonly ? 1 : 0;
  view->ndim = has_shape ? static_cast<int>(block.shape.size()) : 1;
  view->format = (flags & with_format) != 0 ? block.format.data() : nullptr;
  view->shape = has_shape ? block.shape.data() : nullptr;
  view->strides = (flags & with_strides) == with_strides ? block.strides.data() : nullptr;
  view->obj = borrow(self).release();
  return 0;
}

constexpr int py_bf_getbuffer = 1, py_tp_dealloc = 52, py_tp_doc = 56, py_tp_members = 72;
constexpr int t_pyssizet = 19, readonly = 1;
constexpr unsigned int tpflags_default = 1u << 18;

// PyType_FromSpec knows buffers from 3.9 on. In 3.8 a type has a pointer to two functions right
// before its flags, by which it is found.
struct BufferFunctions {
  int (*get)(PyObject* self, Py_buffer* view, int flags);
  void (*release)(PyObject* self, Py_buffer* view);
};

void add_buffer_functions(PyTypeObject* type) {
  constexpr size_t most_words = 40;
  auto** const words = reinterpret_cast<void**>(type);
  const auto flags = PyType_GetFlags(type);
  for (size_t i = 1; i < most_words; i++) {
    if (reinterpret_cast<uintptr_t>(words[i]) != flags) continue;
    auto* functions = static_cast<BufferFunctions*>(words[i - 1]);
    functions->get = export_memory;
    return;
  }
}

Ref alive(PyObject* weakref) {
  if (weakref == nullptr) return {};
  if (PyWeakref_GetRef == nullptr) {
    PyObject* found = PyWeakref_GetObject(weakref);
    return found == Py_None ? Ref() : borrow(found);
  }
  PyObject* found = nullptr;
  check(PyWeakref_GetRef(weakref, &found));
  return steal(found);
}

// Null where the memoryview was released.
Ref memory_behind(PyObject* view) {
  PyObject* found = PyObject_GetAttrString(view, "obj");
  if (found == nullptr) PyErr_Clear();
  return steal(found);
}

}  // namespace

Py_ssize_t Block::count() const {
  Py_ssize_t items = 1;
  for (const Py_ssize_t length : shape) items *= length;
  return items;
}

bool Block::is_contiguous(char order) const {
  if (count() == 0) return true;
  Py_ssize_t expected = item_size;
  for (size_t k = 0; k < shape.size(); k++) {
    const size_t i = order == 'F' ? k : shape.size() - 1 - k;
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

std::vector<Py_ssize_t> contiguous_strides(const std::vector<Py_ssize_t>& shape,
                                           Py_ssize_t item_size) {
  std::vector<Py_ssize_t> strides(shape.size());
  Py_ssize_t stride = item_size;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i]) strides[i] = stride;
  return strides;
}

PyTypeObject* make_memory_type() {
  if (memory_type != nullptr) return memory_type;
  const bool has_slots = python_version >= 0x0309;
  static PyMemberDef members[2];
  members[0] = {"__weaklistoffset__", t_pyssizet,
                static_cast<Py_ssize_t>(layouts.head + offsetof(Body, weak_references)), readonly,
                nullptr};
  members[1] = {};
  static const char* documentation = "Memory that is not Python's, such as that of an ArrayBuffer.";
  PyType_Slot slots[] = {{py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                         {py_tp_doc, const_cast<char*>(documentation)},
                         {has_slots ? py_tp_members : 0, has_slots ? members : nullptr},
                         {has_slots ? py_bf_getbuffer : 0, reinterpret_cast<void*>(export_memory)},
                         {0, nullptr}};
  PyType_Spec spec{"pybridge.Memory", static_cast<int>(layouts.head + sizeof(Body)), 0,
                   tpflags_default, slots};
  memory_type = reinterpret_cast<PyTypeObject*>(check(PyType_FromSpec(&spec)));
  if (!has_slots) add_buffer_functions(memory_type);
  return memory_type;
}

Ref make_memory(Block block) {
  Ref memory = steal(check(PyType_GenericAlloc(memory_type, 0)));
  auto* content = new Content{std::move(block), nullptr};
  body_of(memory.get()) = {content, nullptr};
  trace(content);
  return memory;
}

const Block* block_of(PyObject* candidate) {
  const Content* content = content_of(candidate);
  return content == nullptr ? nullptr : &content->block;
}

void bind_to_js(PyObject* memory, std::shared_ptr<JsOwner> owner, double number, napi_ref object) {
  Content& content = *content_of(memory);
  content.owner = std::move(owner);
  content.number = number;
  content.object = object;
}

Ref memoryview_of(PyObject* memory) {
  Content& content = *content_of(memory);
  Ref known = alive(content.view);
  if (known && memory_behind(known.get())) return known;
  Ref made = steal(check(PyMemoryView_FromObject(memory)));
  PyObject* reference = check(PyWeakref_NewRef(made.get(), nullptr));
  if (PyObject* before = std::exchange(content.view, reference)) Py_DecRef(before);
  return made;
}

Ref memory_of_view(PyObject* candidate) {
  if (type_of(candidate) != PyMemoryView_Type) return {};
  Ref memory = memory_behind(candidate);
  if (!memory) return {};
  const Content* content = content_of(memory.get());
  if (content == nullptr || alive(content->view).get() != candidate) return {};
  return memory;
}

napi_ref js_object_of(PyObject* memory, const JsOwner* owner) {
  const Content* content = content_of(memory);
  return content == nullptr || content->owner.get() != owner ? nullptr : content->object;
}

}  // namespace pybridge
