#pragma once
// Memory of JavaScript's that Python sees: of a typed array, a DataView, an ArrayBuffer.
//
//   1. Its backing store is held: transferring, detaching, collecting or ending leave Python with
//      the bytes that it had. Where there are no backing stores Python gets a copy, which is
//      read-only, because what it wrote there would be lost, and copied again whenever the object
//      crosses; but for shared memory of the main thread's, which nothing detaches, as long as its
//      object is held.
//   2. One memoryview for each object, which comes home as that object.

#include "memory/memory_object.h"

namespace pybridge {

struct JsBytes {
  napi_value bytes;  // a Uint8Array
  char letter;       // of its items, as PEP 3118 writes them
  bool is_shared;    // other threads of JavaScript's write them, too

  // As a tape says it (convert/tape.h).
  static JsBytes of(napi_value bytes, int32_t kind);
};

// The bytes as items. `is_held`: their object lives as long as the process, or who has the block.
Block block_of_bytes(napi_env env, const JsBytes& given, bool is_held);

// Rule 2: the memoryview of an object that JavaScript numbers.
Ref memoryview_of_js(JsObjects& objects, napi_env env, double number, napi_value object,
                     const JsBytes& bytes);

// The object of JavaScript's that a memoryview stands for in this environment; null for anything
// else.
napi_value js_object_of_view(napi_env env, PyObject* candidate, const JsOwner* owner);

}  // namespace pybridge
