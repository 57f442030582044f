#pragma once
// What converting asks of the rooms above: containers may hold anything, but convert/ never
// includes object/.

#include <node_api.h>

#include <memory>

#include "convert/external_text.h"
#include "convert/known_texts.h"
#include "convert/rules.h"
#include "convert/shapes.h"
#include "convert/tape.h"
#include "cpython/attach.h"
#include "cpython/ref.h"
#include "errors/node_check.h"

namespace pybridge {

// Objects of the Python package that convert/ treats by identity.
struct Special {
  PyObject* undefined = nullptr;     // pybridge.undefined
  PyTypeObject* big_int = nullptr;   // pybridge.BigInt
  PyTypeObject* map = nullptr;       // pybridge.Map
  PyTypeObject* set = nullptr;       // pybridge.Set
  PyObject* make_big_int = nullptr;  // int.__new__
  PyObject* make_set = nullptr;
  PyObject* set_order = nullptr;
};

class TapeReader;
struct WalkMemory;
class ScratchSink;

struct Context : Shapes::Listener, ArrivingShapes::Source, KnownTexts::Listener {
  Context();
  ~Context() override;

  napi_env env = nullptr;
  Thread* thread = nullptr;  // of this environment
  Special special;
  Scratch scratch;
  ExternalTexts external_texts;

  // Of tapes that leave.
  const std::unique_ptr<WalkMemory> walk_memory;
  const std::unique_ptr<ScratchSink> sink;
  Shapes shapes;
  KnownTexts known_texts;
  // Of tapes that arrive.
  ArrivingShapes arriving;
  // Reads the scratch now: code of the user's that would use it, such as a `__hash__`, comes later.
  TapeReader* reader = nullptr;

  // A Python object as a reference in JavaScript, or the JavaScript object that it stands for.
  virtual napi_value reference(PyObject* object) = 0;
  // An exception as the Error that stands for it. Runs user code (`__str__`).
  virtual napi_value error(PyObject* exception) = 0;
  // The Python object behind a reference. Throws RELEASED.
  virtual Ref referred(uint32_t id) = 0;
  // A JavaScript object as a reference in Python. JavaScript numbers its objects.
  virtual Ref js_reference(double number, napi_value object) = 0;
  // A JavaScript object that is memory, as a memoryview of its bytes, a Uint8Array.
  virtual Ref js_memory(double number, napi_value object, napi_value bytes, int32_t kind) = 0;

  // JavaScript's half of the codec (lib/convert/): the tape of the scratch to a value, a value to a
  // tape, whose lanes it gives, and the parts of a datetime to a PyDate.
  virtual napi_value decode() = 0;
  virtual napi_value encode(napi_value value) = 0;
  virtual napi_value make_date(const napi_value* parts, size_t count) = 0;
  virtual void reserve_scratch(size_t words, size_t numbers) = 0;
  // What stands beside a tape of Python's: its texts, and its lanes.
  virtual void mail(uint32_t index, napi_value value) = 0;
  virtual napi_value mailed(uint32_t index) = 0;
};

}  // namespace pybridge
