#pragma once
// What converting asks of the rooms above: containers may hold anything, but convert/ never
// includes object/.

#include <node_api.h>

#include "convert/external_text.h"
#include "convert/tape.h"
#include "cpython/attach.h"
#include "cpython/ref.h"
#include "errors/node_check.h"

namespace pybridge {

// Objects of the Python package that convert/ treats by identity.
struct Special {
  PyObject* undefined = nullptr;    // pybridge.undefined
  PyTypeObject* big_int = nullptr;  // pybridge.BigInt
  PyTypeObject* map = nullptr;      // pybridge.Map
};

struct Context {
  napi_env env = nullptr;
  Thread* thread = nullptr;  // of this environment
  Special special;
  Scratch scratch;
  ExternalTexts external_texts;

  virtual ~Context() = default;

  // A Python object as a reference in JavaScript, or the JavaScript object that it stands for.
  virtual napi_value reference(PyObject* object) = 0;
  // An exception as the Error that stands for it. Runs user code (`__str__`).
  virtual napi_value error(PyObject* exception) = 0;
  // The Python object behind a reference. Throws RELEASED.
  virtual Ref referred(uint32_t id) = 0;
  // A JavaScript object as a reference in Python. JavaScript numbers its objects.
  virtual Ref js_reference(double number, napi_value object) = 0;

  // JavaScript's half of the codec (lib/convert/): a tape to a value, and a value to a tape.
  virtual napi_value decode(napi_value objects) = 0;
  virtual napi_value encode(napi_value value) = 0;
  virtual void reserve_scratch(size_t words, size_t numbers) = 0;
};

// Crossing copies, reaching does not (docs/conversion.md, rule 7).
enum class Mode {
  copy,       // at a call: every container that the table covers
  reach,      // through a reference: mutable containers stay live
  reference,  // nothing is copied
};

}  // namespace pybridge
