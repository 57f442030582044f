#pragma once
// Where a tape of Python's is written: into the scratch, or, on another thread than JavaScript's,
// into memory of its own.

#include <string>
#include <vector>

#include "convert/tape.h"
#include "cpython/ref.h"

namespace pybridge {

class Sink {
 public:
  Sink() = default;
  virtual ~Sink() = default;
  Sink(Sink&&) = default;  // what was written stays where it is
  Sink& operator=(Sink&&) = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void put(Tag tag) {
    if (word_ >= word_capacity) [[unlikely]]
      reserve(1, 0);
    words[word_++] = static_cast<int32_t>(tag);
  }
  void put(Tag tag, int32_t word) {
    if (word_ + 2 > word_capacity) [[unlikely]]
      reserve(2, 0);
    words[word_++] = static_cast<int32_t>(tag);
    words[word_++] = word;
  }
  void put(Tag tag, double number) {
    put(tag);
    if (number_ == number_capacity) [[unlikely]]
      reserve(0, 1);
    numbers[number_++] = number;
  }
  void put(Tag tag, int64_t number);

  // Room for so many more: whoever asked writes at `next_word` or `next_number`, and says how many.
  void reserve(size_t more_words, size_t more_numbers) {
    if (word_ + more_words > word_capacity || number_ + more_numbers > number_capacity)
      grow(word_ + more_words, number_ + more_numbers);
  }
  int32_t* next_word() { return words + word_; }
  double* next_number() { return numbers + number_; }
  void wrote(size_t more_words, size_t more_numbers) {
    word_ += more_words;
    number_ += more_numbers;
  }

  size_t position() const { return word_; }
  void mark(size_t position, int32_t bits) { words[position] |= bits; }
  void set(size_t position, int32_t word) { words[position] = word; }
  void unput(size_t count) { word_ -= count; }

  void lane(PyObject* object) {
    put(Tag::lane, static_cast<int32_t>(lanes.size()));
    lanes.push_back(borrow(object));
  }

  size_t word_total() const { return word_; }
  size_t number_total() const { return number_; }

  std::string text;          // Latin-1
  std::u16string wide_text;  // UTF-16
  std::vector<Ref> lanes;    // what only JavaScript's thread can make: bytes, references, errors …
  int32_t flags = 0;

 protected:
  virtual void grow(size_t words, size_t numbers) = 0;
  void begin() { word_ = tape_header, number_ = 0, flags = 0; }

  int32_t* words = nullptr;
  size_t word_capacity = 0;
  double* numbers = nullptr;
  size_t number_capacity = 0;

 private:
  size_t word_ = tape_header;
  size_t number_ = 0;
};

// A value of Python's on its way to JavaScript. Any attached thread writes it, and the thread of
// the JavaScript reads it; that one needs to be attached only where there are lanes.
class Tape final : public Sink {
 public:
  bool by_reference = false;  // the one lane is kept in Python, whatever it is

  const std::vector<int32_t>& all_words() const { return word_memory_; }
  const std::vector<double>& all_numbers() const { return number_memory_; }

 protected:
  void grow(size_t words, size_t numbers) override;

 private:
  std::vector<int32_t> word_memory_;
  std::vector<double> number_memory_;
};

}  // namespace pybridge
