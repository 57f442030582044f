#pragma once
// How a value of Python's crosses to JavaScript: lib/convert/rules.ts has the same bits.

#include <cstdint>

namespace pybridge {

struct Rules {
  // Crossing copies, reaching does not (docs/conversion.md, rule 7).
  enum class Containers : uint32_t {
    copy = 0,       // at a call: every container that the table covers
    reach = 1,      // through a reference: mutable containers stay live
    reference = 2,  // nothing is copied
  };
  enum class Integers : uint32_t {
    by_size = 0,  // a number where it is safe, else a bigint
    numbers = 1,  // never a bigint
    bigints = 2,  // always one
    floats = 3,   // a number, however much of it is lost: an annotation says that it is a float
  };

  Containers containers = Containers::copy;
  Integers integers = Integers::by_size;
  bool exact = false;  // whole floats are told from ints
  bool json = false;   // nothing but JSON

  static constexpr Rules of(uint32_t bits) {
    return {static_cast<Containers>(bits & 3), static_cast<Integers>(bits >> 2 & 3),
            (bits & 16) != 0, (bits & 32) != 0};
  }
  bool by_reference() const { return containers == Containers::reference; }
  // Scalars cross as ever.
  bool plain() const { return integers == Integers::by_size && !exact && !json; }
};

constexpr Rules copying{};
constexpr Rules reaching{Rules::Containers::reach};
constexpr Rules referring{Rules::Containers::reference};

// Of what Python passes to JavaScript where nothing else is said; set once, when Python starts.
inline Rules default_rules;

}  // namespace pybridge
