#pragma once
// Dicts with the same keys in the same order cross as the number of their shape, and their values.
//
//   1. A shape is the way through a tree of keys. Its number is given when the way is taken a
//   second
//      time; JavaScript is told the keys then, and makes a constructor of them.
//   2. Keys are compared by address. Those of the tree are held, so their addresses are theirs;
//      other strs of the same text are looked up, and known for one tape, while nothing runs that
//      could free them.
//   3. The tree is bounded: data whose keys are ever new fills it, and it begins anew.

#include <node_api.h>

#include <unordered_map>
#include <vector>

#include "cpython/ref.h"

namespace pybridge {

class Shapes {
 public:
  // Tells JavaScript the keys of a new shape; of the shape 0: to forget all.
  struct Listener {
    virtual ~Listener() = default;
    virtual void define_shape(uint32_t shape, PyObject* const* keys, size_t count) = 0;
  };
  static constexpr size_t max_keys = 64;

  explicit Shapes(Listener& listener) : listener_(listener) { clear(); }

  // Whether a tape waits that was written before: its shapes stay.
  void begin_tape(bool one_waits) {
    if (nodes_.size() > max_nodes && !one_waits) forget();
    tape_++;
    if (last_is_borrowed_) last_count_ = none;
  }

  // The shape of these keys, exact strs; 0 where they have none, or not yet. Attached.
  uint32_t find(PyObject* const* keys, size_t count);

  // Lets go of all keys. Attached.
  void clear();
  // The process ended Python: what is held is gone.
  void abandon() { (void)names_.release(); }

 private:
  struct Node {
    PyObject* key = nullptr;  // held by `names_`
    bool is_data = false;     // keys that JavaScript would reorder, or cannot represent
    uint32_t seen = 0;
    uint32_t shape = 0;
  };
  struct Alias {
    PyObject* other = nullptr;
    PyObject* key = nullptr;
    uint64_t tape = 0;
  };
  struct StepHash {
    size_t operator()(const std::pair<uint32_t, PyObject*>& step) const {
      return (reinterpret_cast<size_t>(step.second) >> 4) * 31 + step.first * 0x9E3779B97F4A7C15u;
    }
  };
  static constexpr size_t max_nodes = 20'000, aliases = 256, none = static_cast<size_t>(-1);

  PyObject* canonical(PyObject* key);
  uint32_t step(uint32_t node, PyObject* key);
  uint32_t define(Node& node, PyObject* const* keys, size_t count);
  void forget();

  Listener& listener_;
  Ref names_;  // a dict of every key to itself
  std::vector<Node> nodes_;
  std::unordered_map<std::pair<uint32_t, PyObject*>, uint32_t, StepHash> steps_;
  std::vector<Alias> aliases_ = std::vector<Alias>(aliases);
  uint64_t tape_ = 0;
  uint32_t last_shape_ = 0;  // the shape of `last_keys_`
  size_t last_count_ = none;
  bool last_is_borrowed_ = false;
  PyObject* last_keys_[max_keys] = {};
  uint32_t shapes_ = 0;
};

// The shapes of objects that come from JavaScript, by number: dicts to copy. JavaScript numbers
// them, and is asked for the keys of one when that is first met.
class ArrivingShapes {
 public:
  struct Source {
    virtual ~Source() = default;
    virtual std::vector<Ref> keys_of_shape(uint32_t shape) = 0;
  };
  struct Shape {
    Ref blank;                    // every key to None
    std::vector<PyObject*> keys;  // held by `blank`
  };
  explicit ArrivingShapes(Source& source) : source_(source) {}

  const Shape& shape(uint32_t number) {
    const auto known = shapes_.find(number);
    return known != shapes_.end() ? known->second : define(number);
  }
  void clear() { shapes_.clear(); }
  // The process ended Python: what is held is gone.
  void abandon();

 private:
  const Shape& define(uint32_t number);

  Source& source_;
  std::unordered_map<uint32_t, Shape> shapes_;
};

}  // namespace pybridge
