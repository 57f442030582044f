#include "convert/decode.h"

#include <algorithm>
#include <new>
#include <string>

#include "convert/integer.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// Where a tape finds what it refers to.
struct Lanes {
  virtual ~Lanes() = default;
  virtual Ref text_or_bytes(uint32_t index) = 0;
  virtual Ref big_int(uint32_t index) = 0;
  virtual Ref js_object(double number, uint32_t index) = 0;
  virtual Ref referred(uint32_t id) = 0;
};

class Decoder {
 public:
  Decoder(const Special& special, Lanes& lanes, std::vector<int32_t> words,
          std::vector<double> numbers, const std::vector<char16_t>& units)
      : special_(special),
        lanes_(lanes),
        words_(std::move(words)),
        numbers_(std::move(numbers)),
        units_(units) {}

  std::vector<Ref> decode() {
    std::vector<Ref> roots;
    while (word_ < words_.size() || !open_.empty()) {
      Ref value = next();
      while (value) {
        if (open_.empty()) {
          roots.push_back(std::move(value));
          break;
        }
        place(std::move(value));
        value = close_if_full();
      }
    }
    return roots;
  }

 private:
  struct Frame {
    Tag tag;
    Ref container;
    size_t ordinal;
    int32_t count;
    int32_t index = 0;
    Ref key;  // of a dict, waiting for its value
    int back_references = 0;
    int height = 1;
  };

  struct Known {
    PyObject* object;  // borrowed: its parent, or the frame, owns it
    bool open;
    size_t frame;
    int height;
  };

  // Python hashes a tuple of tuples with recursion that nothing bounds.
  static constexpr int max_key_height = 1'000;

  int32_t take() { return words_[word_++]; }

  // The next whole value; empty where a container has only begun.
  Ref next() {
    height_ = 0;
    const auto tag = static_cast<Tag>(take());
    switch (tag) {
      case Tag::none:      return borrow(Py_None);
      case Tag::undefined: return borrow(special_.undefined);
      case Tag::no:        return borrow(Py_False);
      case Tag::yes:       return borrow(Py_True);
      case Tag::integer:   return steal(check(PyLong_FromLongLong(take())));
      case Tag::wide:
        return steal(check(PyLong_FromLongLong(static_cast<long long>(numbers_[number_++]))));
      case Tag::floating: return steal(check(PyFloat_FromDouble(numbers_[number_++])));
      case Tag::text:     {
        const auto count = static_cast<size_t>(take());
        unit_ += count;
        return text::to_python(units_.data() + unit_ - count, count);
      }
      case Tag::big_int:   return lanes_.big_int(static_cast<uint32_t>(take()));
      case Tag::object:    return lanes_.text_or_bytes(static_cast<uint32_t>(take()));
      case Tag::reference: return lanes_.referred(static_cast<uint32_t>(take()));
      case Tag::js_object:
        return lanes_.js_object(numbers_[number_++], static_cast<uint32_t>(take()));
      case Tag::back: return back(static_cast<size_t>(take()));
      default:        return begin(tag, take());
    }
  }

  Ref back(size_t ordinal) {
    Known& known = known_[ordinal];
    height_ = known.height;
    if (known.open) {
      if (keys_ > 0 || is_key_position())
        throw BridgeError(Code::CONVERSION, "a key that contains its own container has no hash");
      open_[known.frame].back_references++;
    }
    return borrow(known.object);
  }

  Ref begin(Tag tag, int32_t count) {
    Frame frame{tag, make(tag, count), known_.size(), count, 0, {}};
    known_.push_back({frame.container.get(), true, open_.size(), 0});
    if (is_key_position())
      keys_++, frame_is_key_.push_back(true);
    else
      frame_is_key_.push_back(false);
    open_.push_back(std::move(frame));
    return close_if_full();
  }

  Ref make(Tag tag, int32_t count) {
    switch (tag) {
      case Tag::list:      return steal(check(PyList_New(count)));
      case Tag::tuple:     return steal(check(PyTuple_New(count)));
      case Tag::set:
      case Tag::frozenset: return steal(check(PySet_New(nullptr)));
      case Tag::js_map:    return call(reinterpret_cast<PyObject*>(special_.map), {});
      default:             return steal(check(PyDict_New()));
    }
  }

  static bool is_mapping(Tag tag) {
    return tag == Tag::dict || tag == Tag::map || tag == Tag::js_map;
  }
  static bool is_set(Tag tag) { return tag == Tag::set || tag == Tag::frozenset; }

  bool is_key_position() const {
    if (open_.empty()) return false;
    const Frame& parent = open_.back();
    return is_set(parent.tag) || (is_mapping(parent.tag) && !parent.key);
  }

  void place(Ref value) {
    Frame& frame = open_.back();
    PyObject* container = frame.container.get();
    frame.height = std::max(frame.height, height_ + 1);
    if (height_ > max_key_height && is_key_position())
      throw BridgeError(Code::CONVERSION, "a key is nested more than 1,000 deep");
    if (is_mapping(frame.tag)) {
      if (!frame.key) {
        frame.key = std::move(value);
        return;
      }
      Ref key = std::move(frame.key);
      check_key(PyDict_SetItem(container, key.get(), value.get()), key.get());
    } else if (is_set(frame.tag)) {
      check_key(PySet_Add(container, value.get()), value.get());
    } else if (frame.tag == Tag::list) {
      check(PyList_SetItem(container, frame.index, value.release()));
    } else {
      place_in_tuple(frame, std::move(value));
    }
    frame.index++;
  }

  // PyTuple_SetItem insists on being the only owner, which a cycle breaks.
  static void place_in_tuple(const Frame& frame, Ref value) {
    PyObject* tuple = frame.container.get();
    if (frame.back_references == 0) {
      check(PyTuple_SetItem(tuple, frame.index, value.release()));
    } else if (layouts.tuple) {
      set_new_tuple_item(tuple, frame.index, value.release());
    } else {
      for (int i = 0; i < frame.back_references; i++) Py_DecRef(tuple);
      const int result = PyTuple_SetItem(tuple, frame.index, value.release());
      for (int i = 0; i < frame.back_references; i++) Py_IncRef(tuple);
      check(result);
    }
  }

  void check_key(int result, PyObject* key) {
    if (result >= 0) return;
    PythonError error = PythonError::take();
    PyTypeObject* type = type_of(key);
    if (error.is(*PyExc_TypeError) && (type == PyList_Type || type == PyDict_Type ||
                                       type == PySet_Type || type == special_.map)) {
      throw BridgeError(Code::CONVERSION,
                        "an array, object, Map or Set cannot be a key in Python: it has no hash");
    }
    throw error;
  }

  // The innermost container, if it is complete.
  Ref close_if_full() {
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
    height_ = frame.height;
    known_[frame.ordinal] = {container.get(), false, 0, height_};
    if (frame_is_key_.back()) keys_--;
    frame_is_key_.pop_back();
    open_.pop_back();
    keep_.push_back(borrow(container.get()));
    return container;
  }

  const Special& special_;
  Lanes& lanes_;
  std::vector<int32_t> words_;
  std::vector<double> numbers_;
  const std::vector<char16_t>& units_;
  size_t word_ = tape_header;
  size_t number_ = 0;
  size_t unit_ = 0;
  int keys_ = 0;    // open containers that will be keys
  int height_ = 0;  // of the last value: how deep its containers are nested
  std::vector<Frame> open_;
  std::vector<bool> frame_is_key_;
  std::vector<Known> known_;
  std::vector<Ref> keep_;  // so that `known_` may borrow
};

Ref bytes(const void* data, size_t size) {
  return steal(check(
      PyBytes_FromStringAndSize(static_cast<const char*>(data), static_cast<Py_ssize_t>(size))));
}

napi_value element(napi_env env, napi_value objects, uint32_t index) {
  napi_value value = nullptr;
  node_check(env, napi_get_element(env, objects, index, &value));
  return value;
}

bool is_string(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  return type == napi_string;
}

std::vector<char16_t> joined_text(napi_env env, napi_value objects) {
  napi_value text = element(env, objects, 0);
  return is_string(env, text) ? text::units_of(env, text) : std::vector<char16_t>();
}

// On JavaScript's own thread: its values themselves.
class LiveLanes final : public Lanes {
 public:
  LiveLanes(Context& context, napi_value objects) : context_(context), objects_(objects) {}

  Ref text_or_bytes(uint32_t index) override {
    napi_env env = context_.env;
    HandleScope scope(env);
    napi_value value = element(env, objects_, index);
    if (is_string(env, value)) return text::to_python(env, value);
    void* data = nullptr;
    size_t size = 0;
    node_check(env, napi_get_buffer_info(env, value, &data, &size));
    return bytes(data, size);
  }
  Ref big_int(uint32_t index) override {
    HandleScope scope(context_.env);
    return integer::bigint_to_python(context_, element(context_.env, objects_, index));
  }
  Ref js_object(double number, uint32_t index) override {
    HandleScope scope(context_.env);
    return context_.js_reference(number, element(context_.env, objects_, index));
  }
  Ref referred(uint32_t id) override { return context_.referred(id); }

 private:
  Context& context_;
  napi_value objects_;
};

class PackedLanes final : public Lanes {
 public:
  PackedLanes(const Special& special, const Parcel& parcel) : special_(special), parcel_(parcel) {}

  Ref text_or_bytes(uint32_t index) override {
    const Parcel::Lane& lane = parcel_.lanes[index];
    if (const auto* units = std::get_if<Parcel::Units>(&lane))
      return text::to_python(units->data(), units->size());
    const auto& packed = std::get<Parcel::Bytes>(lane);
    return bytes(packed.data(), packed.size());
  }
  Ref big_int(uint32_t index) override {
    return integer::words_to_python(special_, std::get<integer::Words>(parcel_.lanes[index]));
  }
  Ref js_object(double, uint32_t index) override { return referred(index); }
  Ref referred(uint32_t index) override {
    return borrow(std::get<Ref>(parcel_.lanes[index]).get());
  }

 private:
  const Special& special_;
  const Parcel& parcel_;
};

Parcel::Lane pack_lane(napi_env env, napi_value value) {
  if (is_string(env, value)) return text::units_of(env, value);
  void* data = nullptr;
  size_t size = 0;
  node_check(env, napi_get_buffer_info(env, value, &data, &size));
  return Parcel::Bytes(static_cast<const char*>(data), size);
}

// What a tag is followed by in `words`, and whether it takes a number.
struct Shape {
  int words;
  int numbers;
};

Shape shape_of(Tag tag) {
  switch (tag) {
    case Tag::none:
    case Tag::undefined:
    case Tag::no:
    case Tag::yes:       return {0, 0};
    case Tag::wide:
    case Tag::floating:  return {0, 1};
    case Tag::js_object: return {1, 1};
    default:             return {1, 0};
  }
}

void pack_references_attached(Context& context, napi_value objects, Parcel& parcel) {
  LiveLanes live(context, objects);
  size_t number = 0;
  for (size_t i = tape_header; i < parcel.words.size();) {
    const auto tag = static_cast<Tag>(parcel.words[i]);
    const Shape shape = shape_of(tag);
    if (tag == Tag::reference || tag == Tag::js_object) {
      const auto which = static_cast<uint32_t>(parcel.words[i + 1]);
      Ref object = tag == Tag::reference ? live.referred(which)
                                         : live.js_object(parcel.numbers[number], which);
      parcel.words[i + 1] = static_cast<int32_t>(parcel.lanes.size());
      parcel.lanes.emplace_back(std::move(object));
    }
    i += 1 + static_cast<size_t>(shape.words);
    number += static_cast<size_t>(shape.numbers);
  }
}

// References become lanes: they are the only part of a tape that needs Python. They are let go
// attached, even where a later one fails.
void pack_references(Context& context, napi_value objects, Parcel& parcel) {
  Attached attached(*context.thread);
  attached.leave();
  try {
    pack_references_attached(context, objects, parcel);
  } catch (const PythonError&) {
    parcel.lanes.clear();
    throw std::bad_alloc();
  } catch (...) {
    parcel.lanes.clear();
    throw;
  }
}

}  // namespace

bool Parcel::has_references() const {
  return std::any_of(lanes.begin(), lanes.end(),
                     [](const Lane& lane) { return std::holds_alternative<Ref>(lane); });
}

Parcel pack(Context& context, napi_value objects) {
  napi_env env = context.env;
  const Scratch& scratch = context.scratch;
  Parcel parcel{{scratch.words, scratch.words + scratch.words[0]},
                {scratch.numbers, scratch.numbers + scratch.words[1]},
                joined_text(env, objects),
                {}};
  uint32_t count = 0;
  node_check(env, napi_get_array_length(env, objects, &count));
  parcel.lanes.resize(count);
  bool references = false;
  for (size_t i = tape_header; i < parcel.words.size();) {
    const auto tag = static_cast<Tag>(parcel.words[i]);
    const auto which = static_cast<uint32_t>(shape_of(tag).words > 0 ? parcel.words[i + 1] : 0);
    references |= tag == Tag::reference || tag == Tag::js_object;
    if (tag == Tag::object || tag == Tag::big_int) {
      HandleScope scope(env);
      napi_value value = element(env, objects, which);
      parcel.lanes[which] =
          tag == Tag::object ? pack_lane(env, value) : Parcel::Lane(integer::words_of(env, value));
    }
    i += 1 + static_cast<size_t>(shape_of(tag).words);
  }
  if (references) pack_references(context, objects, parcel);
  return parcel;
}

std::vector<Ref> unpack(const Special& special, const Parcel& parcel) {
  PackedLanes lanes(special, parcel);
  return Decoder(special, lanes, parcel.words, parcel.numbers, parcel.units).decode();
}

// Hashing a key runs user code, which may call back and use the scratch: read from a copy.
std::vector<Ref> read_tape(Context& context, napi_value objects) {
  const Scratch& scratch = context.scratch;
  LiveLanes lanes(context, objects);
  const std::vector<char16_t> units = joined_text(context.env, objects);
  return Decoder(context.special, lanes, {scratch.words, scratch.words + scratch.words[0]},
                 {scratch.numbers, scratch.numbers + scratch.words[1]}, units)
      .decode();
}

Ref to_python(Context& context, napi_value value) {
  if (Ref number = number_to_python(context.env, value)) return number;
  napi_valuetype type = napi_undefined;
  node_check(context.env, napi_typeof(context.env, value, &type));
  if (Ref scalar = scalar_to_python(context, value, type)) return scalar;
  std::vector<Ref> values = read_tape(context, context.encode(value));
  return std::move(values.at(0));
}

}  // namespace pybridge
