#pragma once
// Python objects seen from JavaScript: one proxy per object and environment.
//
//   1. A slot owns one share of its object. JavaScript names it by id; id 0 was released.
//   2. The proxy is held by a weak reference without a finaliser: finalisers do not run within a
//      turn, so a loop that never yields would grow without end. Dead proxies are found by a sweep,
//      every so many creations, and when the collector has run (lib/object/sweep.ts).
//   3. Each crossing adds one acquisition to the proxy; giving back the last one releases the slot.
//      When the proxy itself is collected, all of them are gone.
//   4. Dropping an object runs user code (`__del__`): only between two calls, never while a value
//   is
//      being converted.

#include <node_api.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cpython/ref.h"

namespace pybridge {

class PyProxies {
 public:
  // Makes the JavaScript object of a new slot: `create(id, kind)`.
  // Annotations may steer what crosses in calls of the last two.
  enum class Kind : int32_t { object = 0, callable = 1, type = 2, function = 3, python_class = 4 };
  struct Maker {
    virtual ~Maker() = default;
    virtual napi_value make_proxy(uint32_t id, Kind kind) = 0;
  };

  PyProxies(napi_env env, Maker& maker) : env_(env), maker_(maker), slots_(1) {}

  // The proxy of an object, with one more acquisition.
  napi_value acquire(PyObject* object);

  // The object of a slot, borrowed. Throws RELEASED.
  PyObject* object(uint32_t id) const {
    if (id == 0 || id >= slots_.size() || slots_[id].object == nullptr || slots_[id].orphaned)
        [[unlikely]]
      throw_released();
    return slots_[id].object;
  }

  // Gives back one acquisition: the object where it was the last one and the slot is free again,
  // else nothing. Modules, classes and builtins are never released.
  Ref give_back(uint32_t id);

  // Keeps the object of a slot for a call on another thread, without being attached; borrowed until
  // `unpin`. Releasing the slot meanwhile only orphans it. Throws RELEASED.
  PyObject* pin(uint32_t id) {
    PyObject* pinned = object(id);
    slots_[id].pins++;
    return pinned;
  }
  void unpin(uint32_t id);

  // The environment ended while calls were under way: each of them gives its pin back, attached.
  static void drop_orphan(PyObject* object);

  // Shares that nobody needs any more: dropped between two calls (rule 4).
  bool has_unpinned() const { return !unpinned_.empty(); }
  void drop_unpinned();

  bool sweep_is_due() const { return created_ >= sweep_after_ || collected_ >= most_collected; }

  // The collector took views of so many bytes: the proxies of their objects have gone with them,
  // and few may be a lot of memory.
  void know_collected(size_t bytes) { collected_ += bytes; }

  // Frees the slots whose proxies are gone (rule 4: call it between calls).
  void sweep();

  // Annotations do not steer calls of this object, nor of others with the same code.
  void know_unsteered(PyObject* object);

  size_t live() const { return ids_.size(); }

  // Drops everything: the environment ends.
  void clear();

 private:
  struct Slot {
    PyObject* object = nullptr;
    napi_ref proxy = nullptr;
    uint32_t acquisitions = 0;
    uint32_t pins = 0;
    bool orphaned = false;
  };

  [[noreturn]] static void throw_released();
  Kind kind_of(PyObject* object) const;
  napi_value value_of(const Slot& slot) const;
  // The share of the slot, or null where a pin still needs it.
  PyObject* vacate(uint32_t id);

  napi_env env_;
  Maker& maker_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::vector<PyObject*> unpinned_;
  std::unordered_map<PyObject*, uint32_t> ids_;
  std::unordered_set<PyObject*> unsteered_;  // codes of functions, held
  size_t created_ = 0;
  size_t sweep_after_ = 20'000;
  static constexpr size_t most_collected = 32 << 20;
  size_t collected_ = 0;  // since the last sweep
};

}  // namespace pybridge
