// Containers on their way to a tape: how each kind is begun, and how the place of a fault is named.

#include <algorithm>
#include <string>

#include "convert/text.h"
#include "convert/walk.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

constexpr Py_ssize_t max_items = 0x7FFFFFFF;
// JavaScript reads tapes with recursion where they are flatter than this.
constexpr size_t max_flat = 100;

}  // namespace

bool Walk::container(PyObject* object, Tag tag) {
  const size_t begin = sink_.position();
  if (!is_unshared(object)) {
    if (const size_t known = memory_.sightings.see(object, begin)) {
      const bool is_in_itself = is_open(object);
      if (is_in_itself && rules_.json) refuse("is in itself, which JSON cannot say");
      sink_.mark(known, shared_bit);
      sink_.flags |= shared_flag | (is_in_itself ? deep_flag : 0);
      sink_.put(Tag::back, static_cast<int32_t>(known));
      return false;
    }
    if (free_threaded) memory_.held.push_back(borrow(object));
  }
  if (rules_.json && tag != Tag::list && tag != Tag::dict) refuse_json(object);

  Frame frame{tag, begin, object, object, nullptr, 0, memory_.values.size()};
  switch (tag) {
    case Tag::list:
    case Tag::tuple:     open_list(frame, object); break;
    case Tag::set:
    case Tag::frozenset:
    case Tag::js_set:    open_set(frame, object); break;
    default:             open_dict(frame, object);
  }
  if (frame.count > max_items)
    refuse("has " + std::to_string(frame.count) +
           " items, which is longer than a container of JavaScript's can be");
  if (frame.tag == Tag::object) {
    sink_.put(frame.tag, static_cast<int32_t>(frame.position));
  } else {
    if (rules_.json && frame.tag == Tag::map)
      refuse("has keys that are no str, which JSON does not have");
    sink_.put(frame.tag, static_cast<int32_t>(frame.count));
  }
  if (frame.count == 0) return false;
  if (memory_.open.size() == max_flat) sink_.flags |= deep_flag;
  memory_.open.push_back(frame);
  return true;
}

PyObject* Walk::hold(PyObject* made) {
  memory_.held.push_back(steal(check(made)));
  return made;
}

void Walk::open_list(Frame& frame, PyObject* object) {
  if (frame.tag == Tag::list) {
    if (free_threaded) frame.source = hold(PySequence_List(object));
    frame.count = PyList_Size(frame.source);
    if (layouts.list) frame.items = list_items(frame.source);
  } else {
    frame.count = PyTuple_Size(object);
    if (layouts.tuple) frame.items = tuple_items(object);
  }
}

// Making a list of a set would let Python's collector run before 3.12, and with it `__del__`: there
// its entries are read one by one.
void Walk::open_set(Frame& frame, PyObject* object) {
  auto& values = memory_.values;
  if (_PySet_NextEntry != nullptr && !free_threaded && python_version < 0x030C) {
    Py_ssize_t position = 0, ignored = 0;
    PyObject* item = nullptr;
    while (_PySet_NextEntry(object, &position, &item, &ignored) != 0) values.push_back(item);
  } else {
    PyObject* list = hold(PySequence_List(object));
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) values.push_back(PyList_GetItem(list, i));
  }
  frame.count = static_cast<Py_ssize_t>(values.size() - frame.values);
  if (frame.tag != Tag::js_set) return;

  // In the order that JavaScript gave it; what came later is last.
  PyObject* order = hold(PyObject_GetAttr(object, special_.set_order));
  std::vector<PyObject*> left(values.begin() + static_cast<Py_ssize_t>(frame.values), values.end());
  std::vector<PyObject*> sorted = left;
  std::sort(sorted.begin(), sorted.end());
  size_t at = frame.values;
  const Py_ssize_t count = type_of(order) == PyTuple_Type ? PyTuple_Size(order) : 0;
  std::vector<PyObject*> placed;
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject* item = PyTuple_GetItem(order, i);
    if (!std::binary_search(sorted.begin(), sorted.end(), item)) continue;
    values[at++] = item;
    placed.push_back(item);
  }
  std::sort(placed.begin(), placed.end());
  for (PyObject* item : left) {
    if (!std::binary_search(placed.begin(), placed.end(), item)) values[at++] = item;
  }
}

void Walk::open_dict(Frame& frame, PyObject* object) {
  if (free_threaded) frame.source = hold(PyDict_Copy(object));
  frame.count = PyDict_Size(frame.source);
  if (frame.tag == Tag::js_map) return;
  if (const uint32_t shape = shape_of(frame, frame.source)) {
    frame.tag = Tag::object;
    frame.position = shape;
  }
}

// Leaves the values of a dict that has a shape in `values`; 0 for any other, whose tag it corrects.
uint32_t Walk::shape_of(Frame& frame, PyObject* dict) {
  PyObject* keys[Shapes::max_keys];
  const bool is_candidate = context_ != nullptr && layouts.text && frame.count > 0 &&
                            frame.count <= static_cast<Py_ssize_t>(Shapes::max_keys);
  Py_ssize_t position = 0;
  size_t count = 0;
  PyObject *key = nullptr, *value = nullptr;
  while (PyDict_Next(dict, &position, &key, &value) != 0) {
    if (type_of(key) != PyUnicode_Type || (!is_candidate && !text::is_representable(key))) {
      frame.tag = Tag::map;
      break;
    }
    if (!is_candidate) continue;
    keys[count++] = key;
    memory_.values.push_back(value);
  }
  uint32_t shape = 0;
  if (is_candidate && frame.tag == Tag::dict) {
    shape = context_->shapes.find(keys, count);
    if (shape == 0 && !std::all_of(keys, keys + count, text::is_representable))
      frame.tag = Tag::map;
  }
  if (shape == 0) memory_.values.resize(frame.values);
  return shape;
}

bool Walk::is_open(PyObject* object) const {
  return std::any_of(memory_.open.begin(), memory_.open.end(),
                     [&](const Frame& frame) { return frame.container == object; });
}

void Walk::refuse(const std::string& what) const {
  throw BridgeError(Code::CONVERSION, path() + " " + what);
}

void Walk::refuse_json(PyObject* object) const {
  Ref type = steal(check(PyObject_Type(object)));
  refuse("is of type " + utf8(attribute(type.get(), "__qualname__").get()) +
         ", which JSON does not have; mode 'auto' lets it cross");
}

std::string Walk::place() const {
  if (keyword_ != nullptr) return "keyword " + utf8(steal(check(PyObject_Repr(keyword_))).get());
  return argument_ < 0 ? "the result" : "argument " + std::to_string(argument_);
}

std::string Walk::path() const {
  std::string path = place();
  bool is_first = true;
  for (const Frame& frame : memory_.open) {
    if (is_first) path += " → ";
    is_first = false;
    PyObject* key = frame.key;
    if (frame.tag == Tag::object) {
      Py_ssize_t position = 0;
      PyObject* ignored = nullptr;
      for (Py_ssize_t i = 0; i < frame.index; i++)
        PyDict_Next(frame.source, &position, &key, &ignored);
    }
    if (key == nullptr) {
      path += "[" + std::to_string(frame.index - 1) + "]";
    } else {
      const PyTypeObject* type = type_of(key);
      const bool is_shown = type == PyUnicode_Type || type == PyLong_Type;
      path += is_shown ? "[" + utf8(steal(check(PyObject_Repr(key))).get()) + "]" : "[…]";
    }
  }
  return path;
}

}  // namespace pybridge
