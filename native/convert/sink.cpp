#include "convert/sink.h"

#include <algorithm>
#include <cstring>

namespace pybridge {

void Sink::put(Tag tag, int64_t number) {
  double bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  put(tag, bits);
}

void Tape::grow(size_t wanted_words, size_t wanted_numbers) {
  if (wanted_words > word_memory_.size()) {
    word_memory_.resize(std::max(wanted_words + tape_header, word_memory_.size() * 2));
    words = word_memory_.data();
    word_capacity = word_memory_.size();
  }
  if (wanted_numbers > number_memory_.size()) {
    number_memory_.resize(std::max(wanted_numbers, number_memory_.size() * 2));
    numbers = number_memory_.data();
    number_capacity = number_memory_.size();
  }
}

}  // namespace pybridge
