#include "convert/tape_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "convert/dates.h"
#include "convert/integer.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// Python hashes a tuple of tuples with recursion that nothing bounds.
constexpr int max_key_height = 1'000;

bool is_mapping(Tag tag) { return tag == Tag::dict || tag == Tag::map || tag == Tag::js_map; }
bool is_set(Tag tag) { return tag >= Tag::set; }
bool is_scalar(int32_t word) { return word <= static_cast<int32_t>(Tag::text); }
bool is_run(int32_t word) {
  return word >= static_cast<int32_t>(Tag::integers) && word <= static_cast<int32_t>(Tag::texts);
}

Ref floating(double number) { return steal(check(PyFloat_FromDouble(number))); }
Ref whole_number(long long number) { return steal(check(PyLong_FromLongLong(number))); }
// A number of JavaScript's by its rule: a safe integer other than −0 is an int.
Ref by_rule(double number) {
  return is_whole(number) ? whole_number(static_cast<long long>(number)) : floating(number);
}

}  // namespace

void TapeReader::move_out() {
  if (place_.words == own_words_.data()) return;
  own_words_.assign(place_.words, place_.words + place_.word_count);
  own_numbers_.assign(place_.numbers, place_.numbers + place_.number_count);
  own_units_.assign(place_.units, place_.units + place_.unit_count);
  place_.words = own_words_.data();
  place_.numbers = own_numbers_.data();
  place_.units = own_units_.data();
}

TapeReader::Roots TapeReader::read_all() {
  Roots roots;
  size_t count = 0;
  while (word_ < place_.word_count || !open_.empty()) {
    Ref value = next();
    while (value) {
      if (open_.empty()) {
        roots.at(count++) = std::move(value);
        break;
      }
      place(std::move(value));
      value = close();
    }
  }
  return roots;
}

int64_t TapeReader::take_int64() {
  int64_t bits = 0;
  std::memcpy(&bits, &place_.numbers[number_++], sizeof bits);
  return bits;
}

// The next whole value; empty where a container has only begun, or a run was read.
Ref TapeReader::next() {
  height_ = 0;
  const auto at = static_cast<int32_t>(word_);
  const int32_t tagged = take();
  const auto tag = static_cast<Tag>(tagged);
  switch (tag) {
    case Tag::none:      return borrow(Py_None);
    case Tag::undefined: return borrow(special_.undefined);
    case Tag::no:        return borrow(Py_False);
    case Tag::yes:       return borrow(Py_True);
    case Tag::integer:   return whole_number(take());
    case Tag::wide:      return whole_number(static_cast<long long>(take_number()));
    case Tag::exact:
    case Tag::whole:
    case Tag::floating:  return floating(take_number());
    case Tag::int64:     return whole_number(take_int64());
    case Tag::big_int:   return integer::bigint_to_python(special_, take_int64());
    case Tag::text:      return text(take());
    case Tag::big_lane:  return lanes_.big_int(static_cast<uint32_t>(take()));
    case Tag::lane:      return lanes_.text_or_bytes(static_cast<uint32_t>(take()));
    case Tag::reference: return lanes_.referred(static_cast<uint32_t>(take()));
    case Tag::js_object: return lanes_.js_object(take_number(), static_cast<uint32_t>(take()));
    case Tag::memory:    return memory();
    case Tag::date:      return dates::date(take_number());
    case Tag::datetime:  return datetime();
    case Tag::back:      return back(take());
    case Tag::integers:
    case Tag::floats:
    case Tag::wholes:
    case Tag::numbers:
    case Tag::int64s:
    case Tag::texts:     run(tag, take()); return close();
    default:             return begin(tagged, at);
  }
}

Ref TapeReader::text(int32_t count) {
  unit_ += static_cast<size_t>(count);
  return text::to_python(place_.units + unit_ - count, static_cast<size_t>(count));
}

Ref TapeReader::datetime() {
  const double wall = take_number();
  const int32_t microsecond = take(), fold = take();
  Ref timezone = next();
  return dates::datetime(wall, microsecond, fold, timezone.get());
}

Ref TapeReader::memory() {
  const auto lane = static_cast<uint32_t>(take());
  const int32_t kind = take();
  return lanes_.memory(take_number(), lane, kind);
}

Ref TapeReader::back(int32_t begin) {
  const auto found = known_.find(begin);
  if (found == known_.end())
    throw BridgeError(Code::CONVERSION, "a tape goes back to the word " + std::to_string(begin) +
                                            ", where nothing is");
  Known& known = found->second;
  if (known.object) {
    height_ = known.height;
    return borrow(known.object.get());
  }
  if (is_key_position())
    throw BridgeError(Code::CONVERSION, "a key that contains its own container has no hash");
  Frame& frame = open_[known.frame];
  frame.back_references++;
  return borrow(frame.container.get());
}

Ref TapeReader::begin(int32_t tagged, int32_t begin) {
  const auto tag = static_cast<Tag>(tagged & tag_mask);
  const bool is_shared = (tagged & shared_bit) != 0;
  int32_t count = take();
  const ArrivingShapes::Shape* shape = nullptr;
  Ref made = make(tag, count, shape);
  PyObject** items = nullptr;
  if (tag == Tag::list && layouts.list) items = list_items(made.get());
  if (tag == Tag::tuple && layouts.tuple) items = tuple_items(made.get());
  int32_t index = 0;
  if (items != nullptr)
    index = fill(items, count);
  else if (shape != nullptr)
    index = fill(made.get(), *shape);
  if (index == count && (items != nullptr || shape != nullptr)) {
    height_ = 1;
    if (is_shared) known_[begin] = {borrow(made.get()), 0, height_};
    return made;
  }
  if (is_shared) known_[begin] = {Ref(), open_.size(), 0};
  const bool is_key = is_key_position();
  open_.push_back({tag, std::move(made), items, count, begin, is_shared, is_key});
  open_.back().shape = shape;
  open_.back().index = index;
  return close();
}

// Most containers have only scalars, and are complete without ever being open. Up to the first item
// that is none, whose index this gives.
int32_t TapeReader::fill(PyObject** items, int32_t count) {
  int32_t index = 0;
  while (index < count) {
    const int32_t word = place_.words[word_];
    if (is_run(word)) {
      word_++;
      for (int32_t left = take(); left > 0; left--)
        items[index++] = run_item(static_cast<Tag>(word)).release();
    } else if (is_scalar(word)) {
      items[index++] = next().release();
    } else {
      break;
    }
  }
  return index;
}

int32_t TapeReader::fill(PyObject* dict, const ArrivingShapes::Shape& shape) {
  const auto count = static_cast<int32_t>(shape.keys.size());
  int32_t index = 0;
  for (; index < count && is_scalar(place_.words[word_]); index++) {
    const Ref value = next();
    if (value.get() != Py_None)  // as in the blank
      check(PyDict_SetItem(dict, shape.keys[static_cast<size_t>(index)], value.get()));
  }
  return index;
}

Ref TapeReader::make(Tag tag, int32_t& count, const ArrivingShapes::Shape*& shape) const {
  switch (tag) {
    case Tag::list:      return steal(check(PyList_New(count)));
    case Tag::tuple:     return steal(check(PyTuple_New(count)));
    case Tag::set:
    case Tag::frozenset:
    case Tag::js_set:    return steal(check(PySet_New(nullptr)));
    case Tag::js_map:    return call(reinterpret_cast<PyObject*>(special_.map), {});
    case Tag::object:
      shape = &shapes_->shape(static_cast<uint32_t>(count));
      count = static_cast<int32_t>(shape->keys.size());
      return steal(check(PyDict_Copy(shape->blank.get())));
    case Tag::dict:
    case Tag::map:  return steal(check(PyDict_New()));
    default:
      throw BridgeError(Code::CONVERSION, "a tape has the tag " +
                                              std::to_string(static_cast<int32_t>(tag)) +
                                              ", which this version lacks");
  }
}

Ref TapeReader::run_item(Tag tag) {
  switch (tag) {
    case Tag::integers: return whole_number(take());
    case Tag::numbers:  return by_rule(take_number());
    case Tag::int64s:   return whole_number(take_int64());
    case Tag::texts:    return text(take());
    default:            return floating(take_number());
  }
}

void TapeReader::run(Tag tag, int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    Ref value = run_item(tag);
    // Also now: making it may have run code that asked for the innermost container.
    Frame& frame = open_.back();
    if (frame.items != nullptr)
      frame.items[frame.index++] = value.release();
    else
      place(std::move(value));
  }
}

// Is the next value a key, or in one?
bool TapeReader::is_key_position() const {
  if (open_.empty()) return false;
  const Frame& parent = open_.back();
  return parent.is_key || is_set(parent.tag) || (is_mapping(parent.tag) && !parent.key);
}

void TapeReader::place(Ref value) {
  Frame& frame = open_.back();
  PyObject* container = frame.container.get();
  frame.height = std::max(frame.height, height_ + 1);
  if (height_ > max_key_height && is_key_position())
    throw BridgeError(Code::CONVERSION, "a key is nested more than 1,000 deep");
  if (frame.shape != nullptr) {
    if (value.get() != Py_None)
      check(PyDict_SetItem(container, frame.shape->keys[static_cast<size_t>(frame.index)],
                           value.get()));
  } else if (is_mapping(frame.tag)) {
    if (!frame.key) {
      frame.key = std::move(value);
      return;
    }
    Ref key = std::move(frame.key);
    check_key(PyDict_SetItem(container, key.get(), value.get()), key.get());
  } else if (is_set(frame.tag)) {
    check_key(PySet_Add(container, value.get()), value.get());
    if (open_.back().tag == Tag::js_set) open_.back().order.push_back(std::move(value));
  } else {
    place_item(frame, std::move(value));
  }
  open_.back().index++;
}

void TapeReader::place_item(Frame& frame, Ref value) {
  if (frame.items != nullptr)
    frame.items[frame.index] = value.release();
  else if (frame.tag == Tag::list)
    check(PyList_SetItem(frame.container.get(), frame.index, value.release()));
  else
    place_in_tuple(frame, std::move(value));
}

// PyTuple_SetItem insists on being the only owner, which a cycle breaks.
void TapeReader::place_in_tuple(const Frame& frame, Ref value) {
  PyObject* tuple = frame.container.get();
  for (int i = 0; i < frame.back_references; i++) Py_DecRef(tuple);
  const int result = PyTuple_SetItem(tuple, frame.index, value.release());
  for (int i = 0; i < frame.back_references; i++) Py_IncRef(tuple);
  check(result);
}

void TapeReader::check_key(int result, PyObject* key) const {
  if (result >= 0) return;
  PythonError error = PythonError::take();
  PyTypeObject* type = type_of(key);
  if (error.is(*PyExc_TypeError) &&
      (type == PyList_Type || type == PyDict_Type || type == PySet_Type || type == special_.map ||
       type == special_.set)) {
    throw BridgeError(Code::CONVERSION,
                      "an array, object, Map or Set cannot be a key in Python: it has no hash");
  }
  throw error;
}

// The innermost container, if it is complete.
Ref TapeReader::close() {
  if (open_.empty()) return {};
  Frame& frame = open_.back();
  if (frame.index < frame.count) return {};
  const Py_ssize_t size = is_mapping(frame.tag) ? PyDict_Size(frame.container.get())
                          : is_set(frame.tag)   ? PySet_Size(frame.container.get())
                                                : frame.count;
  if (size != frame.count)
    throw BridgeError(Code::CONVERSION,
                      "two keys are different in JavaScript and equal in Python "
                      "(such as 1, 1n and true)");
  Ref container = std::move(frame.container);
  if (frame.tag == Tag::frozenset) container = steal(check(PyFrozenSet_New(container.get())));
  if (frame.tag == Tag::js_set) {
    Ref order = steal(check(PyTuple_New(frame.count)));
    for (Py_ssize_t i = 0; i < frame.count; i++)
      check(PyTuple_SetItem(order.get(), i, frame.order[static_cast<size_t>(i)].release()));
    container = call(special_.make_set, {container.get(), order.get()});
  }
  height_ = frame.height;
  if (frame.is_shared) known_[frame.begin] = {borrow(container.get()), 0, height_};
  open_.pop_back();
  return container;
}

}  // namespace pybridge
