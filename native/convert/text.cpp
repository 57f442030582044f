#include "convert/text.h"

#include <algorithm>
#include <memory>

#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge::text {
namespace {

struct Freed {
  void operator()(void* memory) const { PyMem_Free(memory); }
};

void check_length(Py_ssize_t units) {
  if (units > max_units)
    throw BridgeError(Code::CONVERSION, "a str of " + std::to_string(units) +
                                            " UTF-16 units is longer than a string can be");
}

// The code points of a str by whichever route this start verified.
class View {
 public:
  explicit View(PyObject* value) {
    if (read_text(value, text_)) return;
    text_.kind = 4;
    text_.length = PyUnicode_GetLength(value);
    check_length(text_.length);
    copy_.reset(PyUnicode_AsUCS4Copy(value));
    if (copy_ == nullptr) throw PythonError::take();
    text_.data = copy_.get();
  }

  const Text* operator->() const { return &text_; }
  template <typename Unit>
  const Unit* as() const {
    return static_cast<const Unit*>(text_.data);
  }

 private:
  Text text_;
  std::unique_ptr<Py_UCS4, Freed> copy_;
};

bool is_high(uint32_t unit) { return (unit & 0xFFFFFC00) == 0xD800; }
bool is_low(uint32_t unit) { return (unit & 0xFFFFFC00) == 0xDC00; }

template <typename Unit>
bool has_split_pair(const Unit* units, Py_ssize_t length) {
  for (Py_ssize_t i = 1; i < length; i++) {
    if (is_low(units[i]) && is_high(units[i - 1])) return true;
  }
  return false;
}

bool representable(const View& view) {
  if (view->kind == 1) return true;
  return view->kind == 2 ? !has_split_pair(view.as<uint16_t>(), view->length)
                         : !has_split_pair(view.as<uint32_t>(), view->length);
}

template <typename Units>
void append_points(const uint32_t* points, Py_ssize_t length, Units& units) {
  for (Py_ssize_t i = 0; i < length; i++) {
    const uint32_t point = points[i];
    if (point < 0x10000) {
      units.push_back(static_cast<char16_t>(point));
    } else {
      units.push_back(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + (point & 0x3FF)));
    }
  }
}

Ref from_kind(int kind, const void* data, size_t length) {
  return steal(check(PyUnicode_FromKindAndData(kind, data, static_cast<Py_ssize_t>(length))));
}

napi_value to_js_uncommon(napi_env env, PyObject* value) {
  const View view(value);
  check_length(view->length);
  if (!representable(view)) return nullptr;
  napi_value result = nullptr;
  const auto length = static_cast<size_t>(view->length);
  if (view->kind == 2) {
    node_check(env, napi_create_string_utf16(env, view.as<char16_t>(), length, &result));
  } else {
    std::vector<char16_t> units;
    units.reserve(length + 16);
    append_points(view.as<uint32_t>(), view->length, units);
    check_length(static_cast<Py_ssize_t>(units.size()));
    node_check(env, napi_create_string_utf16(env, units.data(), units.size(), &result));
  }
  return result;
}

}  // namespace

napi_value to_js(Context& context, PyObject* value) {
  napi_env env = context.env;
  Text narrow;
  if (read_text(value, narrow) && narrow.kind == 1 && narrow.length <= max_units) [[likely]] {
    napi_value result = nullptr;
    if (narrow.length >= ExternalTexts::min_length) [[unlikely]]
      result = context.external_texts.make(env, value, narrow);
    if (result != nullptr) return result;
    node_check(env, napi_create_string_latin1(env, static_cast<const char*>(narrow.data),
                                              static_cast<size_t>(narrow.length), &result));
    return result;
  }
  return to_js_uncommon(env, value);
}

bool append_latin1(PyObject* value, std::string& text, int32_t& units) {
  Text found;
  if (!read_text(value, found) || found.kind != 1 || found.length > max_joined) return false;
  text.append(static_cast<const char*>(found.data), static_cast<size_t>(found.length));
  units = static_cast<int32_t>(found.length);
  return true;
}

bool append_utf16(const Text& value, std::u16string& text) {
  if (value.kind == 2) {
    const auto* units = static_cast<const char16_t*>(value.data);
    if (has_split_pair(units, value.length)) return false;
    text.append(units, static_cast<size_t>(value.length));
  } else {
    const auto* points = static_cast<const uint32_t*>(value.data);
    if (has_split_pair(points, value.length)) return false;
    append_points(points, value.length, text);
  }
  return true;
}

bool is_representable(PyObject* value) { return representable(View(value)); }

Ref to_python(const char16_t* units, size_t count) {
  char16_t all = 0;
  for (size_t i = 0; i < count; i++) all |= units[i];
  if (all < 0x80 && count > 1 && layouts.text) {  // of one character, Python keeps each
    Ref text = steal(check(PyUnicode_New(static_cast<Py_ssize_t>(count), 0x7F)));
    std::copy(units, units + count, ascii_data(text.get()));
    return text;
  }
  if (all < 0x100) {
    char narrow[256];
    if (count <= sizeof narrow) {
      std::copy(units, units + count, narrow);
      return from_kind(1, narrow, count);
    }
    std::string latin1(units, units + count);
    return from_kind(1, latin1.data(), count);
  }
  if (std::none_of(units, units + count, is_low)) return from_kind(2, units, count);

  std::vector<uint32_t> points;
  points.reserve(count);
  for (size_t i = 0; i < count; i++) {
    if (is_high(units[i]) && i + 1 < count && is_low(units[i + 1])) {
      points.push_back(0x10000 + ((units[i] & 0x3FFu) << 10) + (units[i + 1] & 0x3FFu));
      i++;
    } else {
      points.push_back(units[i]);
    }
  }
  return from_kind(4, points.data(), points.size());
}

std::vector<char16_t> units_of(napi_env env, napi_value value) {
  size_t length = 0;
  node_check(env, napi_get_value_string_utf16(env, value, nullptr, 0, &length));
  std::vector<char16_t> units(length + 1);
  node_check(env, napi_get_value_string_utf16(env, value, units.data(), length + 1, &length));
  units.resize(length);
  return units;
}

Ref to_python(napi_env env, napi_value value) {
  char16_t buffer[256];
  size_t length = 0;
  node_check(env, napi_get_value_string_utf16(env, value, buffer, 256, &length));
  if (length < 255) return to_python(buffer, length);
  const auto units = units_of(env, value);
  return to_python(units.data(), units.size());
}

}  // namespace pybridge::text
