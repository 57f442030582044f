#pragma once
// Which containers a tape has already, and where they begin: a hash table of pointers that is kept
// from tape to tape, because making one costs more than most tapes.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpython/library.h"

namespace pybridge {

class Sightings {
 public:
  void begin_tape() {
    generation_++;
    count_ = 0;
    if (entries_.size() > max_kept) entries_ = std::vector<Entry>(initial);
  }

  // Where this object was seen on this tape; 0 where it is new, and is `here` from now on.
  size_t see(const PyObject* object, size_t here) {
    if (2 * count_ >= entries_.size()) grow();
    Entry& entry = find(entries_, object);
    if (entry.generation == generation_) return entry.position;
    entry = {object, generation_, here};
    count_++;
    return 0;
  }

 private:
  struct Entry {
    const PyObject* object = nullptr;
    uint64_t generation = 0;
    size_t position = 0;
  };
  static constexpr size_t initial = 64, max_kept = 1 << 16;

  Entry& find(std::vector<Entry>& entries, const PyObject* object) const {
    const size_t mask = entries.size() - 1;
    size_t at = (reinterpret_cast<size_t>(object) >> 4) * 0x9E3779B97F4A7C15u >> 32 & mask;
    while (entries[at].generation == generation_ && entries[at].object != object)
      at = (at + 1) & mask;
    return entries[at];
  }

  void grow() {
    std::vector<Entry> larger(entries_.size() * 2);
    for (const Entry& entry : entries_) {
      if (entry.generation == generation_) find(larger, entry.object) = entry;
    }
    entries_ = std::move(larger);
  }

  std::vector<Entry> entries_ = std::vector<Entry>(initial);
  size_t count_ = 0;
  uint64_t generation_ = 0;
};

}  // namespace pybridge
