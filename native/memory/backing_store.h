#pragma once
// What holds the memory of an ArrayBuffer: V8's backing stores.
//
//   1. A reference to an ArrayBuffer pins the object, not its memory: whoever transfers it takes
//      the memory along. A share of its backing store keeps the memory, whatever becomes of the
//      object, of its thread and of its environment.
//   2. Node-API knows no backing stores, so V8's functions are found by name, in the manner of the
//      compiler and the standard library that this addon was built with. Where one is missing (Bun,
//      Deno, a Node that was built in another way) there are none.
//   3. An ArrayBuffer that is made of foreign memory here says at once that it was let go, from
//      whatever thread that happens on. Node-API's says so when the event loop comes round.

#include <node_api.h>

#include <cstddef>
#include <memory>

namespace pybridge {

// Whether this runtime has them, and they are wanted.
bool has_backing_stores();
void choose_backing_stores(bool wanted);

// A share of the memory of an ArrayBuffer, or of a SharedArrayBuffer; only where there are backing
// stores. Any thread may give it up.
std::shared_ptr<void> hold_backing_store(napi_value buffer, bool is_shared);

// An ArrayBuffer over foreign memory, of at least a byte; only where there are backing stores.
// `let_go` is called once, on any thread.
using LetGo = void (*)(void* data, size_t length, void* hint);
napi_value make_array_buffer(void* data, size_t length, LetGo let_go, void* hint);

}  // namespace pybridge
