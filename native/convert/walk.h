#pragma once
// A value of Python's is walked, and written to a tape.
//
//   1. Nothing here asks a value anything, and nothing it calls runs Python code: what was counted
//      stays true, and what is borrowed stays alive.
//   2. A free-threaded build walks snapshots, because other threads do not wait, and holds what it
//      has walked.
//   3. Depth is bounded by memory, not by the stack: open containers are frames of our own.
//   4. A container that only its own container holds is not looked for again.

#include <vector>

#include "convert/context.h"
#include "convert/sightings.h"
#include "convert/sink.h"
#include "convert/tape_reader.h"

namespace pybridge {

// Is it a container that the table copies under these rules?
bool crosses_as_container(const Special& special, PyObject* value, Rules rules);

// A container that is being written.
struct OpenContainer {
  Tag tag;
  size_t begin;  // where the tape has its tag
  PyObject* container;
  PyObject* source;        // list, tuple or dict: the container, or what stands for it
  PyObject* const* items;  // of a list or tuple, where they can be read
  Py_ssize_t count;
  size_t values;  // of an object and a set: where they begin among `values`
  Py_ssize_t index = 0;
  Py_ssize_t position = 0;      // of PyDict_Next
  PyObject* key = nullptr;      // the last one
  PyObject* pending = nullptr;  // the value of a key that has just been written
  bool has_integers = false;    // besides floats
  bool has_wholes = false;
  bool has_nan = false;  // among its keys
};

// What a walk needs, kept from one to the next because making it takes longer than most walks.
struct WalkMemory {
  std::vector<OpenContainer> open;
  std::vector<PyObject*> values;  // of open objects and sets
  std::vector<Ref> held;          // rule 2, and snapshots
  Sightings sightings;
  std::vector<TapeReader::Frame> incomplete;  // of whoever reads a tape: empty between two
};

class Walk {
 public:
  // On the thread of the context, whose shapes and known texts it uses; on another one, null.
  Walk(Sink& sink, WalkMemory& memory, Context* context, const Special& special, Rules rules,
       size_t depth);
  ~Walk() { memory_.held.clear(); }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  void whole_value(PyObject* object);
  void arguments(PyObject* const* args, Py_ssize_t count, PyObject* names);

 private:
  using Frame = OpenContainer;

  // Whether a container was begun, whose items come before anything else.
  bool value(PyObject* object);
  bool container(PyObject* object, Tag tag);
  void run();
  bool items(Frame& frame);
  bool entries(Frame& frame);
  bool values(Frame& frame);
  PyObject* item(const Frame& frame, Py_ssize_t index) const;
  void floats(Frame& frame);
  void integers(Frame& frame);
  void open_list(Frame& frame, PyObject* object);
  void open_set(Frame& frame, PyObject* object);
  void open_dict(Frame& frame, PyObject* object);
  uint32_t shape_of(Frame& frame, PyObject* dict);
  void close(const Frame& frame);
  PyObject* hold(PyObject* made);

  void integer(PyObject* object);
  bool floating(double number);
  bool has_no_room(double number);
  void text(PyObject* object);
  void lane(PyObject* object);

  [[noreturn]] void refuse(const std::string& what) const;
  [[noreturn]] void refuse_json(PyObject* object) const;
  std::string path() const;
  std::string place() const;
  bool is_open(PyObject* object) const;

  Sink& sink_;
  WalkMemory& memory_;
  Context* context_;
  const Special& special_;
  const Rules rules_;
  const size_t depth_;
  // Which argument of a callback this is; otherwise it is a result.
  Py_ssize_t argument_ = -1;
  PyObject* keyword_ = nullptr;
};

}  // namespace pybridge
