#pragma once
// A value of JavaScript's on its way to another thread, with everything that its tape refers to:
// any attached thread can read it.

#include <string>
#include <variant>
#include <vector>

#include "convert/context.h"
#include "convert/integer.h"
#include "convert/tape_reader.h"

namespace pybridge {

struct Parcel {
  using Units = std::vector<char16_t>;
  using Bytes = std::string;
  using Lane = std::variant<std::monostate, Units, Bytes, integer::Words, Ref>;

  std::vector<int32_t> words;
  std::vector<double> numbers;
  Units units;
  std::vector<Lane> lanes;

  // Whether it holds objects of Python's, which live and die on an attached thread.
  bool has_references() const;
};

// The tape that JavaScript has just written into the scratch, packed; `lanes` is an array, or
// undefined. It has no shapes. JavaScript's thread; attaches where there are references.
Parcel pack(Context& context, napi_value lanes);

// The values of a parcel, on any attached thread.
TapeReader::Roots unpack(const Special& special, const Parcel& parcel);

}  // namespace pybridge
