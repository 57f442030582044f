#include "convert/walk.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "convert/integer.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// Which tag a container of an exact type gets; `none` for anything else.
Tag container_tag(const Special& special, PyObject* value) {
  PyTypeObject* type = type_of(value);
  if (type == PyList_Type) return Tag::list;
  if (type == PyTuple_Type) return Tag::tuple;
  if (type == PyDict_Type) return Tag::dict;
  if (type == PySet_Type) return Tag::set;
  if (type == PyFrozenSet_Type) return Tag::frozenset;
  if (type == special.map) return Tag::js_map;
  if (type == special.set) return Tag::js_set;
  return Tag::none;
}

bool is_mutable(Tag tag) { return tag != Tag::tuple && tag != Tag::frozenset; }

bool is_copied(Tag tag, Rules rules) {
  return tag != Tag::none && (rules.containers == Rules::Containers::copy ||
                              (rules.containers == Rules::Containers::reach && !is_mutable(tag)));
}

}  // namespace

bool crosses_as_container(const Special& special, PyObject* value, Rules rules) {
  return is_copied(container_tag(special, value), rules);
}

Walk::Walk(Sink& sink, WalkMemory& memory, Context* context, const Special& special, Rules rules,
           size_t depth)
    : sink_(sink),
      memory_(memory),
      context_(context),
      special_(special),
      rules_(rules),
      depth_(depth) {
  memory_.open.clear();
  memory_.values.clear();
  memory_.sightings.begin_tape();
  if (context == nullptr) return;
  context->shapes.begin_tape(context->known_texts.waiting_tapes > 0);
  context->known_texts.begin_tape();
}

void Walk::whole_value(PyObject* object) {
  if (value(object)) run();
}

void Walk::arguments(PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Py_ssize_t keywords = names != nullptr ? PyTuple_Size(names) : 0;
  sink_.put(Tag::list, static_cast<int32_t>(count + (keywords > 0 ? 1 : 0)));
  for (Py_ssize_t i = 0; i < count; i++) {
    argument_ = i;
    if (value(args[i])) run();
  }
  if (keywords > 0) sink_.put(Tag::dict, static_cast<int32_t>(keywords));
  for (Py_ssize_t i = 0; i < keywords; i++) {
    keyword_ = check(PyTuple_GetItem(names, i));
    value(keyword_);
    if (value(args[count + i])) run();
  }
}

void Walk::run() {
  auto& open = memory_.open;
  while (!open.empty()) {
    Frame& frame = open.back();
    bool is_done = false;
    switch (frame.tag) {
      case Tag::object: is_done = values(frame); break;
      case Tag::dict:
      case Tag::map:
      case Tag::js_map: is_done = entries(frame); break;
      default:          is_done = items(frame);
    }
    if (!is_done) continue;
    close(open.back());
    open.pop_back();
  }
}

void Walk::close(const Frame& frame) {
  if (frame.has_wholes && rules_.plain())
    sink_.mark(frame.begin, wholes_bit | (frame.has_integers ? 0 : floats_bit));
  if (frame.tag == Tag::object || frame.tag >= Tag::set) memory_.values.resize(frame.values);
}

bool Walk::value(PyObject* object) {
  PyTypeObject* type = type_of(object);
  if (type == PyLong_Type) {
    integer(object);
  } else if (type == PyFloat_Type) {
    floating(PyFloat_AsDouble(object));
  } else if (type == PyUnicode_Type) {
    text(object);
  } else if (object == Py_None) {
    sink_.put(Tag::none);
  } else if (type == PyBool_Type) {
    sink_.put(object == Py_True ? Tag::yes : Tag::no);
  } else {
    const Tag tag = container_tag(special_, object);
    if (is_copied(tag, rules_) && memory_.open.size() < depth_) return container(object, tag);
    if (rules_.json) refuse_json(object);
    if (object == special_.undefined)
      sink_.put(Tag::undefined);
    else
      lane(object);
  }
  return false;
}

void Walk::lane(PyObject* object) { sink_.lane(object); }

void Walk::integer(PyObject* object) {
  int32_t small = 0;
  long long number = 0;
  int overflow = 0;
  if (read_small_integer(object, small))
    number = small;
  else
    number = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (!memory_.open.empty()) memory_.open.back().has_integers = true;
  const bool is_safe = overflow == 0 && number <= integer::max_safe && number >= -integer::max_safe;
  if (rules_.integers == Rules::Integers::bigints) {
    if (overflow == 0) return sink_.put(Tag::int64, static_cast<int64_t>(number));
    return lane(object);
  }
  if (rules_.integers == Rules::Integers::floats) {
    const double value = PyLong_AsDouble(object);
    check_no_error();
    return sink_.put(Tag::floating, value);
  }
  if (!is_safe) {
    if (rules_.integers == Rules::Integers::numbers)
      refuse("is an int beyond 2**53 - 1, which a number cannot hold: it would need a bigint");
    if (rules_.json) refuse("is an int beyond 2**53 - 1, which JavaScript's JSON does not have");
    if (overflow == 0) return sink_.put(Tag::int64, static_cast<int64_t>(number));
    return lane(object);
  }
  if (number == static_cast<int32_t>(number))
    sink_.put(Tag::integer, static_cast<int32_t>(number));
  else
    sink_.put(Tag::wide, static_cast<double>(number));
}

// Whether it is a whole number, which its container must remember.
bool Walk::floating(double number) {
  if (rules_.exact && has_no_room(number)) {
    sink_.put(Tag::exact, number);
    return false;
  }
  if (rules_.json && !(number - number == 0)) refuse("is not finite, which JSON does not have");
  if (!is_whole(number)) {
    sink_.put(Tag::floating, number);
    return false;
  }
  if (rules_.exact) {
    sink_.put(Tag::exact, number);
  } else {
    sink_.put(Tag::whole, number);
    if (!memory_.open.empty()) memory_.open.back().has_wholes = true;
  }
  return true;
}

// Is it a key that a Map or a Set would take for another one: −0, and a second NaN?
bool Walk::has_no_room(double number) {
  if (memory_.open.empty()) return false;
  Frame& frame = memory_.open.back();
  if (frame.tag < Tag::set && frame.pending == nullptr) return false;
  if (number != number) return std::exchange(frame.has_nan, true);
  return number == 0 && std::signbit(number);
}

void Walk::text(PyObject* object) {
  Text found;
  if (read_text(object, found)) [[likely]] {
    if (found.kind == 1) {
      if (found.length == 1)
        return sink_.put(Tag::character, *static_cast<const unsigned char*>(found.data));
      if (context_ != nullptr && found.length > 1 && found.length <= KnownTexts::max_length &&
          !is_unshared(object)) {
        const int32_t slot = context_->known_texts.find(object, found);
        if (slot >= 0) return sink_.put(Tag::known_text, slot);
      }
      if (found.length <= text::max_joined) {
        sink_.text.append(static_cast<const char*>(found.data), static_cast<size_t>(found.length));
        return sink_.put(Tag::text, static_cast<int32_t>(found.length));
      }
    } else if (found.length <= text::max_joined / (found.kind / 2)) {
      const size_t before = sink_.wide_text.size();
      if (text::append_utf16(found, sink_.wide_text))
        return sink_.put(Tag::wide_text, static_cast<int32_t>(sink_.wide_text.size() - before));
    }
  }
  if (rules_.json && !text::is_representable(object))
    refuse("has two surrogates that JavaScript takes for one character");
  lane(object);
}

PyObject* Walk::item(const Frame& frame, Py_ssize_t index) const {
  if (frame.tag >= Tag::set) return memory_.values[frame.values + static_cast<size_t>(index)];
  if (frame.items != nullptr) return frame.items[index];
  return check(frame.tag == Tag::tuple ? PyTuple_GetItem(frame.source, index)
                                       : PyList_GetItem(frame.source, index));
}

bool Walk::items(Frame& frame) {
  while (frame.index < frame.count) {
    PyObject* object = item(frame, frame.index);
    PyTypeObject* type = type_of(object);
    if (frame.index + 1 < frame.count && frame.tag < Tag::set) {
      if (type == PyFloat_Type && type_of(item(frame, frame.index + 1)) == type && !rules_.exact &&
          !rules_.json) {
        floats(frame);
        continue;
      }
      if (type == PyLong_Type && type_of(item(frame, frame.index + 1)) == type && rules_.plain()) {
        integers(frame);
        continue;
      }
    }
    frame.index++;
    if (value(object)) return false;
  }
  return true;
}

void Walk::floats(Frame& frame) {
  const size_t begin = sink_.position();
  sink_.put(Tag::floats, 0);
  sink_.reserve(0, static_cast<size_t>(frame.count - frame.index));
  double* number = sink_.next_number();
  const Py_ssize_t first = frame.index;
  bool has_wholes = false;
  for (; frame.index < frame.count; frame.index++) {
    PyObject* object = item(frame, frame.index);
    if (type_of(object) != PyFloat_Type) break;
    const double value = float_value(object);
    has_wholes |=
        value ==
        static_cast<double>(static_cast<int64_t>(value < 9.1e15 && value > -9.1e15 ? value : 0.5));
    *number++ = value;
  }
  const auto count = static_cast<size_t>(frame.index - first);
  sink_.wrote(0, count);
  sink_.set(begin + 1, static_cast<int32_t>(count));
  if (has_wholes) {
    sink_.set(begin, static_cast<int32_t>(Tag::wholes));
    frame.has_wholes = true;
  }
}

// Ints of 32 bits; of any other, one.
void Walk::integers(Frame& frame) {
  const size_t begin = sink_.position();
  frame.has_integers = true;
  sink_.put(Tag::integers, 0);
  sink_.reserve(static_cast<size_t>(frame.count - frame.index), 0);
  int32_t* word = sink_.next_word();
  const Py_ssize_t first = frame.index;
  for (; frame.index < frame.count; frame.index++) {
    PyObject* object = item(frame, frame.index);
    if (type_of(object) != PyLong_Type) break;
    int32_t small = 0;
    if (!read_small_integer(object, small)) {
      int overflow = 0;
      const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
      if (overflow != 0 || number != static_cast<int32_t>(number)) break;
      small = static_cast<int32_t>(number);
    }
    *word++ = small;
  }
  const auto count = static_cast<size_t>(frame.index - first);
  if (count == 0) {
    sink_.unput(2);
    PyObject* object = item(frame, frame.index++);
    return integer(object);
  }
  sink_.wrote(count, 0);
  sink_.set(begin + 1, static_cast<int32_t>(count));
}

bool Walk::entries(Frame& frame) {
  for (;;) {
    if (frame.pending != nullptr) {
      PyObject* pending = std::exchange(frame.pending, nullptr);
      if (value(pending)) return false;
    }
    PyObject* object = nullptr;
    if (PyDict_Next(frame.source, &frame.position, &frame.key, &object) == 0) break;
    frame.index++;
    frame.pending = object;
    if (value(frame.key)) return false;
  }
  if (frame.index != frame.count) refuse("changed while it crossed");
  return true;
}

bool Walk::values(Frame& frame) {
  while (frame.index < frame.count) {
    PyObject* object = memory_.values[frame.values + static_cast<size_t>(frame.index)];
    frame.index++;
    if (value(object)) return false;
  }
  return true;
}

}  // namespace pybridge
