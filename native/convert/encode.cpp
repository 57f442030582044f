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
Tag container_tag(const Special& special, PyObject* value) {
  PyTypeObject* type = type_of(value);
  if (type == PyList_Type) return Tag::list;
  if (type == PyTuple_Type) return Tag::tuple;
  if (type == PyDict_Type) return Tag::dict;
  if (type == PySet_Type) return Tag::set;
  if (type == PyFrozenSet_Type) return Tag::frozenset;
  if (type == special.map) return Tag::js_map;
  return Tag::none;
}

bool is_mutable(Tag tag) { return tag != Tag::tuple && tag != Tag::frozenset; }

bool crosses_as_container(const Special& special, PyObject* value, Mode mode) {
  if (mode == Mode::reference) return false;
  const Tag tag = container_tag(special, value);
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
  Encoder(const Special& special, Mode mode, size_t depth)
      : special_(special), mode_(mode), depth_(depth) {
    tape_.words.resize(tape_header);
  }

  Tape encode(PyObject* root) {
    value(root);
    while (!open_.empty()) step();
    return finish();
  }

  Tape encode_reference(PyObject* root) {
    lane(root);
    Tape tape = finish();
    tape.by_reference = true;
    return tape;
  }

  Tape encode_arguments(PyObject* const* args, Py_ssize_t count, PyObject* names) {
    const Py_ssize_t keywords = names != nullptr ? PyTuple_Size(names) : 0;
    begin(Tag::list, count + (keywords > 0 ? 1 : 0));
    for (Py_ssize_t i = 0; i < count; i++) whole_value(args[i]);
    if (keywords > 0) begin(Tag::dict, keywords);
    for (Py_ssize_t i = 0; i < keywords; i++) {
      whole_value(check(PyTuple_GetItem(names, i)));
      whole_value(args[count + i]);
    }
    return finish();
  }

 private:
  // A container that is not Python's: it takes an ordinal all the same.
  void begin(Tag tag, Py_ssize_t count) {
    begun_++;
    put(tag, static_cast<int32_t>(count));
  }

  void whole_value(PyObject* object) {
    value(object);
    while (!open_.empty()) step();
  }

  Tape finish() {
    if (static_cast<Py_ssize_t>(tape_.text.size()) > text::max_units)
      throw BridgeError(Code::CONVERSION, "the strings of this value are too long together");
    tape_.words[0] = static_cast<int32_t>(tape_.words.size());
    tape_.words[1] = static_cast<int32_t>(tape_.numbers.size());
    return std::move(tape_);
  }

  struct Frame {
    Tag tag;
    PyObject* items;  // list or tuple (sets too, as a list of their items) or dict
    Py_ssize_t count;
    Py_ssize_t index = 0;
    Py_ssize_t position = 0;  // of PyDict_Next
    Ref pending;              // a value whose key has just been written
    Ref snapshot;
  };

  void put(Tag tag) { tape_.words.push_back(static_cast<int32_t>(tag)); }
  void put(Tag tag, int32_t word) {
    put(tag);
    tape_.words.push_back(word);
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
      tape_.numbers.push_back(PyFloat_AsDouble(object));
    } else if (type == PyUnicode_Type) {
      string(object);
    } else if (object == Py_None) {
      put(Tag::none);
    } else if (type == PyBool_Type) {
      put(object == Py_True ? Tag::yes : Tag::no);
    } else if (object == special_.undefined) {
      put(Tag::undefined);
    } else if (open_.size() < depth_ && crosses_as_container(special_, object, mode_)) {
      container(object);
    } else {
      lane(object);
    }
  }

  void whole(PyObject* object) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0 && number == static_cast<int32_t>(number))
      return put(Tag::integer, static_cast<int32_t>(number));
    if (overflow != 0 || number > integer::max_safe || number < -integer::max_safe)
      return lane(object);
    put(Tag::wide);
    tape_.numbers.push_back(static_cast<double>(number));
  }

  void string(PyObject* object) {
    int32_t units = 0;
    if (text::append_latin1(object, tape_.text, units)) return put(Tag::text, units);
    lane(object);
  }

  void container(PyObject* object) {
    const auto [known, added] = ordinals_.try_emplace(object, ordinals_.size() + begun_);
    if (!added) return put(Tag::back, static_cast<int32_t>(known->second));
    walked_.push_back(borrow(object));

    Frame frame{container_tag(special_, object), object, 0, 0, 0, {}, {}};
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

  void lane(PyObject* object) {
    tape_.lanes.push_back(borrow(object));
    put(Tag::object, static_cast<int32_t>(tape_.lanes.size()));
  }

  const Special& special_;
  Mode mode_;
  size_t depth_;
  Tape tape_;
  std::vector<Frame> open_;
  std::unordered_map<PyObject*, size_t> ordinals_;
  std::vector<Ref> walked_;  // so that `ordinals_` may borrow
  size_t begun_ = 0;         // ordinals of containers that are not Python's
};

// Describing an exception runs user code: nothing is being walked any more.
napi_value lane_to_js(Context& context, PyObject* object, bool by_reference) {
  if (by_reference) return context.reference(object);
  if (is_exception(object)) return context.error(object);
  napi_value scalar = scalar_to_js(context, object);
  return scalar != nullptr ? scalar : context.reference(object);
}

}  // namespace

Tape write_tape(const Special& special, PyObject* value, Mode mode, size_t depth) {
  Encoder encoder(special, mode, depth);
  return mode == Mode::reference ? encoder.encode_reference(value) : encoder.encode(value);
}

Tape write_arguments(const Special& special, PyObject* const* args, Py_ssize_t count,
                     PyObject* names) {
  return Encoder(special, Mode::copy, any_depth).encode_arguments(args, count, names);
}

napi_value lay(Context& context, const Tape& tape) {
  napi_env env = context.env;
  napi_value objects = nullptr;
  node_check(env, napi_create_array(env, &objects));
  for (uint32_t i = 0; i < tape.lanes.size(); i++) {
    HandleScope scope(env);
    napi_value value = lane_to_js(context, tape.lanes[i].get(), tape.by_reference);
    node_check(env, napi_set_element(env, objects, i + 1, value));
  }
  if (!tape.text.empty()) {
    napi_value text = nullptr;
    node_check(env, napi_create_string_latin1(env, tape.text.data(), tape.text.size(), &text));
    node_check(env, napi_set_element(env, objects, 0, text));
  }
  if (tape.words.size() > context.scratch.word_capacity ||
      tape.numbers.size() > context.scratch.number_capacity)
    context.reserve_scratch(tape.words.size(), tape.numbers.size());
  const int32_t entries = context.scratch.words[2];
  std::copy(tape.words.begin(), tape.words.end(), context.scratch.words);
  context.scratch.words[2] = entries;
  std::copy(tape.numbers.begin(), tape.numbers.end(), context.scratch.numbers);
  return objects;
}

napi_value unroll(Context& context, const Tape& tape) { return context.decode(lay(context, tape)); }

napi_value to_js(Context& context, PyObject* value, Mode mode, size_t depth) {
  stay_out_of_javascript();
  if (mode == Mode::reference) return context.reference(value);
  if (napi_value scalar = scalar_to_js(context, value)) return scalar;
  if (depth > 0 && crosses_as_container(context.special, value, mode))
    return unroll(context, Encoder(context.special, mode, depth).encode(value));
  if (is_exception(value)) return context.error(value);
  return context.reference(value);
}

}  // namespace pybridge
