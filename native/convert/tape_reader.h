#pragma once
// Reads a tape of JavaScript's, and makes Python objects of it.
//
//   1. Making them may run Python code: a key's `__hash__`, a time zone, before 3.12 also whatever
//      the collector finds. It sees nothing of a container that is not complete, but `gc` does.
//   2. Depth is bounded by memory, not by the stack: open containers are frames of our own.
//   3. What occurs again is held until the tape is read.

#include <array>
#include <unordered_map>
#include <vector>

#include "convert/context.h"

namespace pybridge {

// Where a tape finds what it refers to.
struct Lanes {
  virtual ~Lanes() = default;
  virtual Ref text_or_bytes(uint32_t index) = 0;
  virtual Ref big_int(uint32_t index) = 0;
  virtual Ref js_object(double number, uint32_t index) = 0;
  virtual Ref memory(double number, uint32_t index, int32_t kind) = 0;
  virtual Ref referred(uint32_t id) = 0;
};

class TapeReader {
 public:
  struct Place {
    const int32_t* words = nullptr;
    size_t word_count = 0;
    const double* numbers = nullptr;
    size_t number_count = 0;
    const char16_t* units = nullptr;
    size_t unit_count = 0;
  };

  // A container that is not complete.
  struct Frame {
    Tag tag;
    Ref container;
    PyObject** items;  // of a list or tuple, where they can be set
    int32_t count;
    int32_t begin;  // where the tape has its tag
    bool is_shared;
    bool is_key;  // a key of its parent, or in one
    int32_t index = 0;
    const ArrivingShapes::Shape* shape = nullptr;
    Ref key = {};                 // of a dict, waiting for its value
    std::vector<Ref> order = {};  // of a JavaScript Set
    int back_references = 0;
    int height = 1;
  };

  TapeReader(const Special& special, ArrivingShapes* shapes, Lanes& lanes, Place place,
             std::vector<Frame>& open)
      : special_(special), shapes_(shapes), lanes_(lanes), place_(place), open_(open) {}

  // One value, or the arguments of a call and its keywords.
  using Roots = std::array<Ref, 2>;
  Roots read_all();

  // Goes on from a copy.
  void move_out();

 private:
  struct Known {
    Ref object;  // once it is complete
    size_t frame;
    int height;
  };

  int32_t take() { return place_.words[word_++]; }
  double take_number() { return place_.numbers[number_++]; }
  int64_t take_int64();

  Ref next();
  Ref text(int32_t count);
  Ref datetime();
  Ref memory();
  Ref back(int32_t begin);
  Ref begin(int32_t tagged, int32_t begin);
  int32_t fill(PyObject** items, int32_t count);
  int32_t fill(PyObject* dict, const ArrivingShapes::Shape& shape);
  Ref make(Tag tag, int32_t& count, const ArrivingShapes::Shape*& shape) const;
  void run(Tag tag, int32_t count);
  Ref run_item(Tag tag);
  bool is_key_position() const;
  void place(Ref value);
  void place_item(Frame& frame, Ref value);
  static void place_in_tuple(const Frame& frame, Ref value);
  void check_key(int result, PyObject* key) const;
  Ref close();

  const Special& special_;
  ArrivingShapes* shapes_;
  Lanes& lanes_;
  Place place_;
  std::vector<int32_t> own_words_;
  std::vector<double> own_numbers_;
  std::vector<char16_t> own_units_;
  size_t word_ = tape_header;
  size_t number_ = 0;
  size_t unit_ = 0;
  int height_ = 0;  // of the last value: how deep its containers are nested
  std::vector<Frame>& open_;
  std::unordered_map<int32_t, Known> known_;
};

}  // namespace pybridge
