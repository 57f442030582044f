#pragma once
// The memory of one Python object, as its buffer protocol exports it, seen from JavaScript.
//
//   1. As long as JavaScript can see the memory it is exported: Python refuses to resize it.
//   2. The same export is lent once: who asks again gets the same ArrayBuffer. It is exported anew
//      each time, to see that it is the same: a NumPy array can change its shape.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/ref.h"
#include "memory/loans.h"

namespace pybridge {

// An export, until it dies; attached.
class Export {
 public:
  // Throws what the object raises, or CONVERSION.
  explicit Export(PyObject* exporter);
  ~Export();
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  const Py_buffer& view() const { return view_; }
  const char* format() const { return view_.format == nullptr ? "B" : view_.format; }
  const Py_ssize_t* shape() const { return shape_; }
  const Py_ssize_t* strides() const { return strides_; }
  bool is_same(const Export& other) const;

  // All its items lie within these bytes; the first of them at `offset`, where strides are
  // negative.
  char* data() const { return static_cast<char*>(view_.buf) - offset_; }
  Py_ssize_t offset() const { return offset_; }
  Py_ssize_t size() const { return size_; }

 private:
  void complete();

  Py_buffer view_{};
  const Py_ssize_t* shape_ = nullptr;
  const Py_ssize_t* strides_ = nullptr;
  std::vector<Py_ssize_t> completed_;  // what the exporter did not say
  Py_ssize_t offset_ = 0;
  Py_ssize_t size_ = 0;
};

// What a format of PEP 3118 does not tell of items.
struct Items {
  std::string name;    // what they are called, where the format says something else
  std::string layout;  // where their fields are
  bool operator==(const Items& other) const { return name == other.name && layout == other.layout; }
};

// Of one environment.
class Views {
 public:
  explicit Views(Loans& loans) : loans_(loans) {}

  // The ArrayBuffer of the same export, or null.
  napi_value find(PyObject* object, const Export& now, const Items& items) const;

  // `exported` may be of another object, which stands for this one.
  Loans::Lent lend(PyObject* object, std::unique_ptr<Export> exported, Items items);

 private:
  struct View;
  using Known = std::unordered_map<PyObject*, View*>;

  Loans& loans_;
  // Entries go with the loans, which may outlive the environment.
  std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

}  // namespace pybridge
