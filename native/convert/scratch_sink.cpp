#include "convert/scratch_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "convert/dates.h"
#include "convert/scalar.h"
#include "convert/scratch_freed.h"
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
  use_scratch();
}

void ScratchSink::grow(size_t wanted_words, size_t wanted_numbers) {
  context_.reserve_scratch(wanted_words, wanted_numbers);
  use_scratch();
}

void ScratchSink::finish() {
  const std::vector<Ref> all = std::exchange(lanes, {});
  post_text(text, wide_text);
  end();
  constexpr size_t kept_capacity = 1 << 16;
  if (text.capacity() > kept_capacity) text = {};
  if (wide_text.capacity() > kept_capacity) wide_text = {};
  if (!all.empty()) [[unlikely]]
    mail_lanes(all);
}

void ScratchSink::mail_lanes(const std::vector<Ref>& all) {
  const bool may_write =
      std::any_of(all.begin(), all.end(), [](const Ref& lane) { return is_eloquent(lane.get()); });
  napi_value converted = nullptr;
  {
    std::optional<TapeKept> kept;
    if (may_write) kept.emplace(context_);
    converted = convert(all, false);
  }
  context_.mail(lanes_mail, converted);
  context_.scratch.words[Head::flags] |= mail_flag;
}

void ScratchSink::lay(const Tape& tape) {
  napi_value converted = nullptr;
  if (!tape.lanes.empty()) converted = convert(tape.lanes, tape.by_reference);
  use_scratch();
  begin();
  flags = tape.flags;
  copy(tape.all_words().data(), tape.word_total(), tape.all_numbers().data(), tape.number_total());
  if (converted != nullptr) {
    context_.mail(lanes_mail, converted);
    flags |= mail_flag;
  }
  post_text(tape.text, tape.wide_text);
  end();
}

// All of another tape, its header left out.
void ScratchSink::copy(const int32_t* from_words, size_t word_count, const double* from_numbers,
                       size_t number_count) {
  reserve(word_count, number_count);
  std::copy(from_words + tape_header, from_words + word_count, words + tape_header);
  std::copy_n(from_numbers, number_count, numbers);
  wrote(word_count - tape_header, number_count);
}

void ScratchSink::end() {
  words[word_count] = static_cast<int32_t>(word_total());
  words[number_count] = static_cast<int32_t>(number_total());
  words[Head::flags] = flags;
  context_.scratch.is_laid = true;
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
