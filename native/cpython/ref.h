#pragma once
// Ownership is in the type: a bare PyObject* variable is borrowed, a Ref owns its share.
// A Ref lives and dies on an attached thread.

#include <utility>

#include "cpython/layouts.h"

namespace pybridge {

class Ref {
 public:
  Ref() = default;
  ~Ref() {
    if (object_ != nullptr) give_up(object_);
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  friend Ref steal(PyObject* object);
  explicit Ref(PyObject* object) : object_(object) {}

  PyObject* object_ = nullptr;
};

// Takes over the caller's share.
inline Ref steal(PyObject* object) { return Ref(object); }

// Takes a share of its own.
inline Ref borrow(PyObject* object) {
  if (object != nullptr) share(object);
  return steal(object);
}

}  // namespace pybridge
