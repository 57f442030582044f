#include "memory/arrow_layout.h"

#include <cstdlib>
#include <cstring>
#include <limits>

#include "errors/bridge_error.h"

namespace pybridge {
namespace {

enum class Layout { none, fixed, offsets, data_by_offsets, views, validity, types, types_offsets };

struct Type {
  Layout layout;
  size_t bits;  // of an item, or of an offset
};

[[noreturn]] void refuse(const std::string& format, const char* why) {
  throw BridgeError(Code::CONVERSION, "an Arrow array of the type " + format + " " + why);
}

bool begins(const std::string& text, const char* with) {
  return text.compare(0, std::strlen(with), with) == 0;
}

size_t number_in(const std::string& format, size_t at) {
  return static_cast<size_t>(std::strtoull(format.c_str() + at, nullptr, 10));
}

// d:precision,scale or d:precision,scale,bits
size_t bits_of_decimal(const std::string& format) {
  const size_t first = format.find(',');
  const size_t second = first == std::string::npos ? first : format.find(',', first + 1);
  return second == std::string::npos ? 128 : number_in(format, second + 1);
}

Type type_of_group(const std::string& format) {
  if (format == "+l" || format == "+m") return {Layout::offsets, 32};
  if (format == "+L") return {Layout::offsets, 64};
  if (format == "+s" || begins(format, "+w:")) return {Layout::validity, 0};
  if (begins(format, "+ud:")) return {Layout::types_offsets, 32};
  if (begins(format, "+us:")) return {Layout::types, 0};
  refuse(format, "is not known");
}

size_t bits_of_time(const std::string& format) {
  if (format == "tdD" || format == "tts" || format == "ttm" || format == "tiM") return 32;
  if (format == "tin") return 128;
  const bool is_known = format == "tdm" || format == "ttu" || format == "ttn" || format == "tiD" ||
                        begins(format, "ts") || begins(format, "tD");
  if (!is_known) refuse(format, "is not known");
  return 64;
}

Type type_of(const std::string& format) {
  switch (format[0]) {
    case 'n': return {Layout::none, 0};
    case 'b': return {Layout::fixed, 1};
    case 'c':
    case 'C': return {Layout::fixed, 8};
    case 's':
    case 'S':
    case 'e': return {Layout::fixed, 16};
    case 'i':
    case 'I':
    case 'f': return {Layout::fixed, 32};
    case 'l':
    case 'L':
    case 'g': return {Layout::fixed, 64};
    case 'z':
    case 'u': return {Layout::data_by_offsets, 32};
    case 'Z':
    case 'U': return {Layout::data_by_offsets, 64};
    case 'v': return {Layout::views, 128};
    case 'd': return {Layout::fixed, bits_of_decimal(format)};
    case 'w': return {Layout::fixed, 8 * number_in(format, 2)};
    case 't': return {Layout::fixed, bits_of_time(format)};
    case '+': return type_of_group(format);
    default:  refuse(format, "is not known");
  }
}

// Reads one array.
class Reader {
 public:
  Reader(const std::string& format, const ArrowArray& array)
      : format_(format), array_(array), type_(type_of(format)) {
    constexpr int64_t most = std::numeric_limits<int64_t>::max() / 4096;
    if (array.length < 0 || array.offset < 0 || array.length > most || array.offset > most)
      refuse(format, "has a length that cannot be");
    items_ = static_cast<size_t>(array.length + array.offset);
  }

  std::vector<ArrowBuffer> read() {
    switch (type_.layout) {
      case Layout::none:     break;
      case Layout::validity: validity(); break;
      case Layout::fixed:
        validity();
        fixed();
        break;
      case Layout::offsets:
        validity();
        offsets();
        break;
      case Layout::data_by_offsets:
        validity();
        add(last_offset(offsets()), 1);
        break;
      case Layout::views:
        validity();
        views();
        break;
      case Layout::types: add(items_, 1); break;
      case Layout::types_offsets:
        add(items_, 1);
        add(4 * items_, 4);
        break;
    }
    if (type_.layout != Layout::views && array_.n_buffers != static_cast<int64_t>(read_.size()))
      refuse(format_, "has another number of buffers");
    return std::move(read_);
  }

 private:
  const void* next() const {
    if (static_cast<int64_t>(read_.size()) >= array_.n_buffers)
      refuse(format_, "has too few buffers");
    return array_.buffers[read_.size()];
  }

  const void* add(size_t size, size_t alignment) {
    const void* data = next();
    if (data == nullptr && size > 0) refuse(format_, "lacks a buffer");
    read_.push_back({data, size, alignment});
    return data;
  }

  // Null where every item is valid.
  void validity() {
    const void* data = next();
    read_.push_back({data, data == nullptr ? 0 : (items_ + 7) / 8, 1});
  }

  void fixed() {
    const size_t bytes = type_.bits / 8;
    const size_t alignment = bytes == 2 || bytes == 4 ? bytes : bytes % 8 == 0 ? 8 : 1;
    add((items_ * type_.bits + 7) / 8, format_[0] == 'w' || bytes == 0 ? 1 : alignment);
  }

  // An array without items may lack them.
  const void* offsets() {
    const size_t bytes = type_.bits / 8;
    const bool is_lacking = items_ == 0 && next() == nullptr;
    return add(is_lacking ? 0 : (items_ + 1) * bytes, bytes);
  }

  size_t last_offset(const void* offsets) const {
    if (offsets == nullptr) return 0;
    int64_t last = 0;
    if (type_.bits == 64) {
      std::memcpy(&last, static_cast<const char*>(offsets) + 8 * items_, 8);
    } else {
      int32_t narrow = 0;
      std::memcpy(&narrow, static_cast<const char*>(offsets) + 4 * items_, 4);
      last = narrow;
    }
    if (last < 0) refuse(format_, "has a negative offset");
    return static_cast<size_t>(last);
  }

  // The last buffer has the lengths of those with the data.
  void views() {
    add(16 * items_, 8);
    const int64_t count = array_.n_buffers - 3;
    if (count < 0) refuse(format_, "has too few buffers");
    const auto* lengths = static_cast<const int64_t*>(array_.buffers[array_.n_buffers - 1]);
    if (lengths == nullptr && count > 0) refuse(format_, "lacks a buffer");
    for (int64_t i = 0; i < count; i++) {
      if (lengths[i] < 0) refuse(format_, "has a negative length");
      add(static_cast<size_t>(lengths[i]), 1);
    }
  }

  const std::string& format_;
  const ArrowArray& array_;
  const Type type_;
  size_t items_ = 0;
  std::vector<ArrowBuffer> read_;
};

}  // namespace

std::vector<ArrowBuffer> buffers_of(const std::string& format, const ArrowArray& array) {
  if (format.empty()) refuse("''", "is not known");
  return Reader(format, array).read();
}

}  // namespace pybridge
