#include "convert/scratch_sink.h"

#include <algorithm>

#include "convert/dates.h"
#include "convert/scalar.h"
#include "convert/text.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// What the mailbox has where: lib/convert/tape.ts.
constexpr uint32_t text_mail = 0, wide_text_mail = 1, lanes_mail = 2;

bool is_exception(PyObject* value) {
  constexpr unsigned long base_exception_subclass = 1UL << 30;
  return (PyType_GetFlags(type_of(value)) & base_exception_subclass) != 0;
}

// Whether making a JavaScript value of it may run code of the user's.
bool is_eloquent(PyObject* object) {
  PyTypeObject* type = type_of(object);
  if (type == PyUnicode_Type || type == PyBytes_Type || type == PyLong_Type) return false;
  return is_exception(object) || dates::is_datetime(object);
}

napi_value lane_to_js(Context& context, PyObject* object) {
  if (napi_value scalar = scalar_to_js(context, object)) return scalar;
  return object_to_js(context, object);
}

// While a tape waits for what its lanes become.
class Waiting {
 public:
  explicit Waiting(int& tapes) : tapes_(tapes) { tapes_++; }
  ~Waiting() { tapes_--; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  int& tapes_;
};

void check_length(size_t units) {
  if (units > static_cast<size_t>(text::max_units))
    throw BridgeError(Code::CONVERSION, "the strings of this value are too long together");
}

}  // namespace

napi_value object_to_js(Context& context, PyObject* object) {
  if (is_exception(object)) return context.error(object);
  if (dates::is_datetime(object)) {
    if (napi_value date = dates::to_js(context, object)) return date;
  }
  return context.reference(object);
}

void ScratchSink::use_scratch() {
  words = context_.scratch.words;
  word_capacity = context_.scratch.word_capacity;
  numbers = context_.scratch.numbers;
  number_capacity = context_.scratch.number_capacity;
}

void ScratchSink::begin_tape() {
  begin();
  text.clear();
  wide_text.clear();
  lanes.clear();
  use_scratch();
}

void ScratchSink::grow(size_t wanted_words, size_t wanted_numbers) {
  context_.reserve_scratch(wanted_words, wanted_numbers);
  use_scratch();
}

void ScratchSink::finish() {
  if (!lanes.empty()) [[unlikely]] {
    const std::vector<Ref> all = std::move(lanes);
    lanes.clear();
    const bool is_moved = std::any_of(all.begin(), all.end(),
                                      [](const Ref& lane) { return is_eloquent(lane.get()); });
    std::vector<int32_t> kept_words;
    std::vector<double> kept_numbers;
    std::string kept_text;
    std::u16string kept_wide_text;
    const int32_t kept_flags = flags;
    if (is_moved) {
      kept_words.assign(words, words + word_total());
      kept_numbers.assign(numbers, numbers + number_total());
      kept_text = text;
      kept_wide_text = wide_text;
    }
    napi_value converted = nullptr;
    {
      const Waiting waiting(context_.known_texts.waiting_tapes);
      converted = convert(all, false);
    }
    if (is_moved) {
      begin_tape();
      reserve(kept_words.size(), kept_numbers.size());
      std::copy(kept_words.begin(), kept_words.end(), words);
      std::copy(kept_numbers.begin(), kept_numbers.end(), numbers);
      wrote(kept_words.size() - tape_header, kept_numbers.size());
      text = std::move(kept_text);
      wide_text = std::move(kept_wide_text);
      flags = kept_flags;
    }
    context_.mail(lanes_mail, converted);
    flags |= mail_flag;
  }
  post_text(text, wide_text);
  end(word_total(), number_total());
  constexpr size_t kept = 1 << 16;
  if (text.capacity() > kept) text = {};
  if (wide_text.capacity() > kept) wide_text = {};
}

void ScratchSink::lay(const Tape& tape) {
  begin();
  flags = tape.flags;
  if (!tape.lanes.empty()) {
    context_.mail(lanes_mail, convert(tape.lanes, tape.by_reference));
    flags |= mail_flag;
  }
  use_scratch();
  begin();
  flags |= tape.flags | (tape.lanes.empty() ? 0 : mail_flag);
  reserve(tape.word_total(), tape.number_total());
  const auto& from = tape.all_words();
  std::copy(from.begin() + tape_header, from.begin() + static_cast<Py_ssize_t>(tape.word_total()),
            words + tape_header);
  std::copy_n(tape.all_numbers().begin(), tape.number_total(), numbers);
  post_text(tape.text, tape.wide_text);
  end(tape.word_total(), tape.number_total());
}

void ScratchSink::end(size_t word_total, size_t number_total) {
  words[word_count] = static_cast<int32_t>(word_total);
  words[number_count] = static_cast<int32_t>(number_total);
  words[Head::flags] = flags;
}

void ScratchSink::post_text(const std::string& narrow, const std::u16string& wide) {
  napi_env env = context_.env;
  napi_value value = nullptr;
  if (!narrow.empty()) {
    check_length(narrow.size());
    node_check(env, napi_create_string_latin1(env, narrow.data(), narrow.size(), &value));
    context_.mail(text_mail, value);
    flags |= mail_flag;
  }
  if (!wide.empty()) {
    check_length(wide.size());
    node_check(env, napi_create_string_utf16(env, wide.data(), wide.size(), &value));
    context_.mail(wide_text_mail, value);
    flags |= mail_flag;
  }
}

napi_value ScratchSink::convert(const std::vector<Ref>& objects, bool by_reference) {
  napi_env env = context_.env;
  napi_value array = nullptr;
  node_check(env, napi_create_array_with_length(env, objects.size(), &array));
  uint32_t index = 0;
  for (const Ref& object : objects) {
    HandleScope scope(env);
    napi_value value =
        by_reference ? context_.reference(object.get()) : lane_to_js(context_, object.get());
    node_check(env, napi_set_element(env, array, index++, value));
  }
  return array;
}

}  // namespace pybridge
