#include "convert/encode.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "convert/integer.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

constexpr Py_ssize_t max_items = 0x7FFFFFFF;

// Which tag a container of an exact type gets; `none` for anything else.
Tag container_tag(const Context& context, PyObject* value) {
  PyTypeObject* type = type_of(value);
  if (type == PyList_Type) return Tag::list;
  if (type == PyTuple_Type) return Tag::tuple;
  if (type == PyDict_Type) return Tag::dict;
  if (type == PySet_Type) return Tag::set;
  if (type == PyFrozenSet_Type) return Tag::frozenset;
  if (type == context.special.map) return Tag::js_map;
  return Tag::none;
}

bool is_mutable(Tag tag) { return tag != Tag::tuple && tag != Tag::frozenset; }

bool crosses_as_container(const Context& context, PyObject* value, Mode mode) {
  if (mode == Mode::reference) return false;
  const Tag tag = container_tag(context, value);
  return tag != Tag::none && (mode == Mode::copy || !is_mutable(tag));
}

bool is_exception(PyObject* value) {
  constexpr unsigned long base_exception_subclass = 1UL << 30;
  return (PyType_GetFlags(type_of(value)) & base_exception_subclass) != 0;
}

// Depth is bounded by memory, not by the stack: open containers are frames of our own.
//
//   1. Nothing here asks a value anything, so what was counted stays true.
//   2. Before 3.12 Python's collector may run `__del__` of the user's when a snapshot is made: what
//   is
//      walked is held, and a container that changed is noticed.
//   3. A free-threaded build walks snapshots, because other threads do not wait.
class Encoder {
 public:
  Encoder(Context& context, Mode mode, size_t depth)
      : context_(context), mode_(mode), depth_(depth) {
    words_.resize(tape_header);
  }

  napi_value encode(PyObject* root) {
    node_check(context_.env, napi_create_array(context_.env, &objects_));
    value(root);
    while (!open_.empty()) step();
    return finish();
  }

 private:
  struct Frame {
    Tag tag;
    PyObject* items;  // list or tuple (sets too, as a list of their items) or dict
    Py_ssize_t count;
    Py_ssize_t index = 0;
    Py_ssize_t position = 0;  // of PyDict_Next
    Ref pending;              // a value whose key has just been written
    Ref snapshot;
  };

  void put(Tag tag) { words_.push_back(static_cast<int32_t>(tag)); }
  void put(Tag tag, int32_t word) {
    put(tag);
    words_.push_back(word);
  }

  void step() {
    Frame& frame = open_.back();
    if (frame.pending) {
      const Ref pending = std::move(frame.pending);
      value(pending.get());
      return;
    }
    if (frame.index == frame.count) {
      open_.pop_back();
      return;
    }
    frame.index++;
    switch (frame.tag) {
      case Tag::dict:
      case Tag::map:
      case Tag::js_map: {
        PyObject *key = nullptr, *item = nullptr;
        if (PyDict_Next(frame.items, &frame.position, &key, &item) == 0)
          throw BridgeError(Code::CONVERSION, "a dict changed while it crossed");
        frame.pending = borrow(item);
        value(key);
        return;
      }
      case Tag::tuple: value(check(PyTuple_GetItem(frame.items, frame.index - 1))); return;
      default:         value(check(PyList_GetItem(frame.items, frame.index - 1))); return;
    }
  }

  void value(PyObject* object) {
    PyTypeObject* type = type_of(object);
    if (type == PyLong_Type) return whole(object);
    if (type == PyFloat_Type) {
      put(Tag::floating);
      numbers_.push_back(PyFloat_AsDouble(object));
    } else if (type == PyUnicode_Type) {
      string(object);
    } else if (object == Py_None) {
      put(Tag::none);
    } else if (type == PyBool_Type) {
      put(object == Py_True ? Tag::yes : Tag::no);
    } else if (object == context_.special.undefined) {
      put(Tag::undefined);
    } else if (open_.size() < depth_ && crosses_as_container(context_, object, mode_)) {
      container(object);
    } else {
      uncommon(object);
    }
  }

  void whole(PyObject* object) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0 && number == static_cast<int32_t>(number))
      return put(Tag::integer, static_cast<int32_t>(number));
    if (overflow != 0 || number > integer::max_safe || number < -integer::max_safe) {
      HandleScope scope(context_.env);
      return lane(integer::to_js(context_.env, object));
    }
    put(Tag::wide);
    numbers_.push_back(static_cast<double>(number));
  }

  void string(PyObject* object) {
    int32_t units = 0;
    if (text::append_latin1(object, text_, units)) return put(Tag::text, units);
    HandleScope scope(context_.env);
    napi_value value = text::to_js(context_.env, object);
    lane(value != nullptr ? value : context_.reference(object));
  }

  void uncommon(PyObject* object) {
    HandleScope scope(context_.env);
    if (is_exception(object)) {
      errors_.emplace_back(lane_count_, borrow(object));
      napi_value later = nullptr;
      node_check(context_.env, napi_get_null(context_.env, &later));
      return lane(later);
    }
    napi_value scalar = scalar_to_js(context_, object);
    lane(scalar != nullptr ? scalar : context_.reference(object));
  }

  void container(PyObject* object) {
    const auto [known, added] = ordinals_.try_emplace(object, ordinals_.size());
    if (!added) return put(Tag::back, static_cast<int32_t>(known->second));
    walked_.push_back(borrow(object));

    Frame frame{container_tag(context_, object), object, 0, 0, 0, {}, {}};
    switch (frame.tag) {
      case Tag::list:
        if (free_threaded) frame.items = hold(frame, PySequence_List(object));
        frame.count = PyList_Size(frame.items);
        break;
      case Tag::tuple: frame.count = PyTuple_Size(object); break;
      case Tag::set:
      case Tag::frozenset:
        frame.items = hold(frame, PySequence_List(object));
        frame.count = PyList_Size(frame.items);
        break;
      default:
        if (free_threaded) frame.items = hold(frame, PyDict_Copy(object));
        frame.count = PyDict_Size(frame.items);
        if (frame.tag == Tag::dict && !has_only_text_keys(frame.items)) frame.tag = Tag::map;
    }
    if (frame.count > max_items)
      throw BridgeError(Code::CONVERSION, "a container of " + std::to_string(frame.count) +
                                              " items is longer than JavaScript's can be");
    put(frame.tag, static_cast<int32_t>(frame.count));
    open_.push_back(std::move(frame));
  }

  static PyObject* hold(Frame& frame, PyObject* made) {
    frame.snapshot = steal(check(made));
    return made;
  }

  static bool has_only_text_keys(PyObject* dict) {
    Py_ssize_t position = 0;
    PyObject *key = nullptr, *value = nullptr;
    while (PyDict_Next(dict, &position, &key, &value) != 0) {
      if (type_of(key) != PyUnicode_Type || !text::is_representable(key)) return false;
    }
    return true;
  }

  // `objects`, where item 0 is kept for the text.
  void lane(napi_value value) {
    napi_env env = context_.env;
    node_check(env, napi_set_element(env, objects_, lane_count_, value));
    put(Tag::object, static_cast<int32_t>(lane_count_++));
  }

  napi_value finish() {
    napi_env env = context_.env;
    // Describing an exception runs user code: only now, when nothing is being walked.
    for (const auto& [index, exception] : errors_) {
      HandleScope scope(env);
      node_check(env, napi_set_element(env, objects_, index, context_.error(exception.get())));
    }
    if (!text_.empty()) {
      if (static_cast<Py_ssize_t>(text_.size()) > text::max_units)
        throw BridgeError(Code::CONVERSION, "the strings of this value are too long together");
      napi_value text = nullptr;
      node_check(env, napi_create_string_latin1(env, text_.data(), text_.size(), &text));
      node_check(env, napi_set_element(env, objects_, 0, text));
    }
    words_[0] = static_cast<int32_t>(words_.size());
    words_[2] = context_.scratch.words[2];
    words_[1] = static_cast<int32_t>(numbers_.size());
    if (words_.size() > context_.scratch.word_capacity ||
        numbers_.size() > context_.scratch.number_capacity)
      context_.reserve_scratch(words_.size(), numbers_.size());
    std::copy(words_.begin(), words_.end(), context_.scratch.words);
    std::copy(numbers_.begin(), numbers_.end(), context_.scratch.numbers);
    return context_.decode(objects_);
  }

  Context& context_;
  Mode mode_;
  size_t depth_;
  std::vector<int32_t> words_;
  std::vector<double> numbers_;
  std::string text_;
  napi_value objects_ = nullptr;
  uint32_t lane_count_ = 1;
  std::vector<std::pair<uint32_t, Ref>> errors_;
  std::vector<Frame> open_;
  std::unordered_map<PyObject*, size_t> ordinals_;
  std::vector<Ref> walked_;  // so that `ordinals_` may borrow
};

}  // namespace

napi_value to_js(Context& context, PyObject* value, Mode mode, size_t depth) {
  if (mode == Mode::reference) return context.reference(value);
  if (napi_value scalar = scalar_to_js(context, value)) return scalar;
  if (depth > 0 && crosses_as_container(context, value, mode))
    return Encoder(context, mode, depth).encode(value);
  if (is_exception(value)) return context.error(value);
  return context.reference(value);
}

}  // namespace pybridge
