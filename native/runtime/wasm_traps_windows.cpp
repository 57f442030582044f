#include <windows.h>

#include <atomic>

#include "cpython/shared_library.h"
#include "runtime/wasm_traps.h"

namespace pybridge {
namespace {

// v8::TryHandleWebAssemblyTrapWindows, as node.exe exports it.
using HandleTrap = bool (*)(EXCEPTION_POINTERS* exception);
HandleTrap handle_trap = nullptr;
std::atomic<void*> in_front{nullptr};

// Runs where the fault was: nothing here may lock or allocate.
LONG CALLBACK trap_or_crash(EXCEPTION_POINTERS* exception) {
  return handle_trap(exception) ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

}  // namespace

void remember_trap_handler() {
  handle_trap = reinterpret_cast<HandleTrap>(
      symbol_of_program("?TryHandleWebAssemblyTrapWindows@v8@@YA_NPEAU_EXCEPTION_POINTERS@@@Z"));
}

// faulthandler adds a handler before all others, and only reports: without V8's function it reports
// every trap, and then Node's handler serves V8.
void put_traps_first() {
  if (handle_trap == nullptr) return;
  if (void* before = in_front.load()) RemoveVectoredExceptionHandler(before);
  in_front.store(AddVectoredExceptionHandler(1, trap_or_crash));
}

}  // namespace pybridge
