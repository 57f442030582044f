#pragma once
// Strings that cross to JavaScript again and again, as a str that others hold as well: it keeps
// them by slot, and they are not made anew.
//
//   1. A slot holds its str, so that its address is its own. A str becomes known the second time
//      that it is seen in a slot; one that only its container holds is never asked for.
//   2. What is known is bounded, by the slots and by the length of a str.
//   3. A slot that a tape names keeps its str until that tape is read.

#include <vector>

#include "cpython/layouts.h"
#include "cpython/ref.h"

namespace pybridge {

class KnownTexts {
 public:
  static constexpr Py_ssize_t max_length = 128;
  struct Listener {
    virtual ~Listener() = default;
    virtual void know_text(uint32_t slot, const Text& text) = 0;
  };
  explicit KnownTexts(Listener& listener) : listener_(listener) {}

  // The slot of a str of kind 1; -1 where JavaScript does not have it. Attached.
  int32_t find(PyObject* object, const Text& text) {
    const auto slot = (reinterpret_cast<size_t>(object) >> 4) * 0x9E3779B97F4A7C15u >> 54;
    if (slots_.empty()) slots_.resize(count);
    Slot& place = slots_[slot];
    if (place.held.get() == object) return use(place, slot);
    if (place.candidate != object) {
      place.candidate = object;
      return -1;
    }
    if (place.tape == tape_ || waiting_tapes > 0) return -1;
    listener_.know_text(static_cast<uint32_t>(slot), text);
    place.held = borrow(object);
    return use(place, slot);
  }

  void begin_tape() { tape_++; }
  // Tapes that are written and not read yet, while others are.
  int waiting_tapes = 0;

  void clear() { slots_.clear(); }
  // The process ended Python: what is held is gone.
  void abandon() {
    for (Slot& place : slots_) (void)place.held.release();
    slots_.clear();
  }

 private:
  static constexpr size_t count = 1024;
  struct Slot {
    Ref held;
    PyObject* candidate = nullptr;  // an address only: its str may be gone
    uint64_t tape = 0;              // the last one that names it
  };
  int32_t use(Slot& place, size_t slot) const {
    place.tape = tape_;
    return static_cast<int32_t>(slot);
  }

  Listener& listener_;
  std::vector<Slot> slots_;
  uint64_t tape_ = 0;
};

}  // namespace pybridge
