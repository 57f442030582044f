#include "convert/parcel.h"

#include <algorithm>
#include <new>

#include "convert/live_lanes.h"
#include "convert/tape_reader.h"
#include "convert/text.h"
#include "cpython/check.h"

namespace pybridge {
namespace {

class PackedLanes final : public Lanes {
 public:
  PackedLanes(const Special& special, const Parcel& parcel) : special_(special), parcel_(parcel) {}

  Ref text_or_bytes(uint32_t index) override {
    const Parcel::Lane& lane = parcel_.lanes[index];
    if (const auto* units = std::get_if<Parcel::Units>(&lane))
      return text::to_python(units->data(), units->size());
    const auto& bytes = std::get<Parcel::Bytes>(lane);
    return steal(
        check(PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()))));
  }
  Ref big_int(uint32_t index) override {
    return integer::words_to_python(special_, std::get<integer::Words>(parcel_.lanes[index]));
  }
  Ref js_object(double, uint32_t index) override { return referred(index); }
  Ref memory(double, uint32_t index, int32_t) override { return referred(index); }
  Ref referred(uint32_t index) override {
    return borrow(std::get<Ref>(parcel_.lanes[index]).get());
  }

 private:
  const Special& special_;
  const Parcel& parcel_;
};

Parcel::Lane pack_lane(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  if (type == napi_string) return text::units_of(env, value);
  if (type == napi_bigint) return integer::words_of(env, value);
  void* data = nullptr;
  size_t size = 0;
  node_check(env, napi_get_buffer_info(env, value, &data, &size));
  return Parcel::Bytes(static_cast<const char*>(data), size);
}

// What a tag is followed by, before anything that has a tag of its own.
struct Shape {
  size_t words;
  size_t numbers;
};

Shape shape_of(Tag tag, int32_t next) {
  const auto count = static_cast<size_t>(next);
  switch (tag) {
    case Tag::none:
    case Tag::undefined:
    case Tag::no:
    case Tag::yes:       return {0, 0};
    case Tag::wide:
    case Tag::floating:
    case Tag::whole:
    case Tag::exact:
    case Tag::int64:
    case Tag::big_int:
    case Tag::date:      return {0, 1};
    case Tag::js_object: return {1, 1};
    case Tag::memory:
    case Tag::datetime:  return {2, 1};
    case Tag::integers:
    case Tag::texts:     return {1 + count, 0};
    case Tag::floats:
    case Tag::wholes:
    case Tag::numbers:
    case Tag::int64s:    return {1, count};
    default:             return {1, 0};
  }
}

// Calls `visit(tag, word, number)` for each tag of a tape.
template <typename Visit>
void visit_tags(const Parcel& parcel, Visit visit) {
  size_t number = 0;
  for (size_t i = tape_header; i < parcel.words.size();) {
    const auto tag = static_cast<Tag>(parcel.words[i] & tag_mask);
    const Shape shape = shape_of(tag, i + 1 < parcel.words.size() ? parcel.words[i + 1] : 0);
    visit(tag, i, number);
    i += 1 + shape.words;
    number += shape.numbers;
  }
}

bool is_reference(Tag tag) {
  return tag == Tag::reference || tag == Tag::js_object || tag == Tag::memory;
}

Ref reference(LiveLanes& live, const Parcel& parcel, Tag tag, size_t word, size_t number) {
  const auto which = static_cast<uint32_t>(parcel.words[word + 1]);
  if (tag == Tag::reference) return live.referred(which);
  const double number_of_object = parcel.numbers[number];
  return tag == Tag::memory ? live.memory(number_of_object, which, parcel.words[word + 2])
                            : live.js_object(number_of_object, which);
}

// References become lanes: they are the only part of a tape that needs Python. They are let go
// attached, even where a later one fails.
void pack_references(Context& context, napi_value lanes, Parcel& parcel) {
  Attached attached(*context.thread);
  attached.leave();
  LiveLanes live(context, lanes);
  try {
    visit_tags(parcel, [&](Tag tag, size_t word, size_t number) {
      if (!is_reference(tag)) return;
      Ref object = reference(live, parcel, tag, word, number);
      parcel.words[word + 1] = static_cast<int32_t>(parcel.lanes.size());
      parcel.lanes.emplace_back(std::move(object));
    });
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

Parcel pack(Context& context, napi_value lanes) {
  napi_env env = context.env;
  const Scratch& scratch = context.scratch;
  Parcel parcel{{scratch.words, scratch.words + scratch.words[word_count]},
                {scratch.numbers, scratch.numbers + scratch.words[number_count]},
                {scratch.units, scratch.units + scratch.words[unit_count]},
                {}};
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, lanes, &type));
  uint32_t count = 0;
  if (type == napi_object) node_check(env, napi_get_array_length(env, lanes, &count));
  parcel.lanes.resize(count);
  bool references = false;
  visit_tags(parcel, [&](Tag tag, size_t word, size_t) {
    references |= is_reference(tag);
    if (tag != Tag::lane && tag != Tag::big_lane) return;
    const auto which = static_cast<uint32_t>(parcel.words[word + 1]);
    HandleScope scope(env);
    napi_value value = nullptr;
    node_check(env, napi_get_element(env, lanes, which, &value));
    parcel.lanes[which] = pack_lane(env, value);
  });
  if (references) pack_references(context, lanes, parcel);
  return parcel;
}

TapeReader::Roots unpack(const Special& special, const Parcel& parcel) {
  PackedLanes lanes(special, parcel);
  std::vector<TapeReader::Frame> open;
  return TapeReader(special, nullptr, lanes,
                    {parcel.words.data(), parcel.words.size(), parcel.numbers.data(),
                     parcel.numbers.size(), parcel.units.data(), parcel.units.size()},
                    open)
      .read_all();
}

}  // namespace pybridge
