#pragma once
// JavaScript → tape → Python.

#include <string>
#include <variant>
#include <vector>

#include "convert/context.h"
#include "convert/integer.h"

namespace pybridge {

// A value of JavaScript's on its way to Python, with everything that its tape refers to: any
// attached thread can read it.
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

// The tape that JavaScript has just written into the scratch, packed. JavaScript's thread; attaches
// where there are references.
Parcel pack(Context& context, napi_value objects);

// The values of a parcel, on any attached thread.
std::vector<Ref> unpack(const Special& special, const Parcel& parcel);

// The values of the tape that JavaScript has just written into the scratch, on its own thread.
std::vector<Ref> read_tape(Context& context, napi_value objects);

// Any JavaScript value as a Python object.
Ref to_python(Context& context, napi_value value);

}  // namespace pybridge
