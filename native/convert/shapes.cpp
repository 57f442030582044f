#include "convert/shapes.h"

#include <algorithm>
#include <cstring>

#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"

namespace pybridge {
namespace {

// An object of JavaScript's has keys such as "7" before all others.
bool is_reordered(PyObject* key) {
  const auto length = PyUnicode_GetLength(key);
  if (length == 0 || length > 10) return false;
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(key, &size);
  if (text == nullptr) {
    PyErr_Clear();  // a surrogate
    return false;
  }
  return std::all_of(text, text + size, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void Shapes::forget() {
  clear();
  listener_.define_shape(0, nullptr, 0);
}

void Shapes::clear() {
  nodes_.assign(1, Node{});
  steps_.clear();
  aliases_.assign(aliases, Alias{});
  names_ = Ref();
  last_count_ = none;
  shapes_ = 0;
}

uint32_t Shapes::find(PyObject* const* keys, size_t count) {
  if (count == last_count_ && std::memcmp(keys, last_keys_, count * sizeof *keys) == 0)
    return last_shape_;
  if (!names_) names_ = steal(check(PyDict_New()));
  uint32_t node = 0;
  bool is_borrowed = false;
  for (size_t i = 0; i < count; i++) {
    PyObject* key = canonical(keys[i]);
    is_borrowed |= key != keys[i];
    node = step(node, key);
    if (nodes_[node].is_data) return 0;
  }
  const uint32_t shape = define(nodes_[node], keys, count);
  if (shape != 0) {
    std::copy(keys, keys + count, last_keys_);
    last_count_ = count;
    last_shape_ = shape;
    last_is_borrowed_ = is_borrowed;
  }
  return shape;
}

PyObject* Shapes::canonical(PyObject* key) {
  Alias& alias = aliases_[(reinterpret_cast<size_t>(key) >> 4) % aliases];
  if (alias.other == key && (alias.tape == tape_ || alias.key == key)) return alias.key;
  PyObject* found = PyDict_GetItemWithError(names_.get(), key);
  if (found == nullptr) {
    check_no_error();
    check(PyDict_SetItem(names_.get(), key, key));
    found = key;
  }
  alias = {key, found, tape_};
  return found;
}

uint32_t Shapes::step(uint32_t node, PyObject* key) {
  const auto [known, added] = steps_.try_emplace({node, key}, static_cast<uint32_t>(nodes_.size()));
  if (added) {
    Node made;
    made.key = key;
    made.is_data = is_reordered(key) || !text::is_representable(key);
    nodes_.push_back(made);
  }
  return known->second;
}

uint32_t Shapes::define(Node& node, PyObject* const* keys, size_t count) {
  if (node.shape != 0 || ++node.seen < 2) return node.shape;
  const uint32_t shape = shapes_ + 1;
  listener_.define_shape(shape, keys, count);
  shapes_ = shape;
  node.shape = shape;
  return shape;
}

const ArrivingShapes::Shape& ArrivingShapes::define(uint32_t number) {
  Shape shape{steal(check(PyDict_New())), {}};
  for (const Ref& key : source_.keys_of_shape(number)) {
    check(PyDict_SetItem(shape.blank.get(), key.get(), Py_None));
    shape.keys.push_back(key.get());
  }
  return shapes_.insert_or_assign(number, std::move(shape)).first->second;
}

void ArrivingShapes::abandon() {
  for (auto& [number, shape] : shapes_) (void)shape.blank.release();
  shapes_.clear();
}

}  // namespace pybridge
