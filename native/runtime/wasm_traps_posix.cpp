#include <signal.h>

#include "cpython/shared_library.h"
#include "runtime/wasm_traps.h"

namespace pybridge {
namespace {

// v8::TryHandleWebAssemblyTrapPosix, which is made for the signal handlers of embedders.
using HandleTrap = bool (*)(int signal, siginfo_t* info, void* context);
HandleTrap handle_trap = nullptr;

struct sigaction of_node;
struct sigaction of_faulthandler;

// Runs in signal handlers: nothing here may lock or allocate.
void trap_or_crash(int signal, siginfo_t* info, void* context) {
  if (handle_trap(signal, info, context)) return;
  if ((of_faulthandler.sa_flags & SA_SIGINFO) != 0)
    of_faulthandler.sa_sigaction(signal, info, context);
  else
    of_faulthandler.sa_handler(signal);
}

bool is_function(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

}  // namespace

void remember_trap_handler() {
  sigaction(SIGSEGV, nullptr, &of_node);
  handle_trap = reinterpret_cast<HandleTrap>(
      symbol_of_program("_ZN2v829TryHandleWebAssemblyTrapPosixEiP9siginfo_tPv"));
}

void put_traps_first() {
  struct sigaction now;
  if (sigaction(SIGSEGV, nullptr, &now) != 0 || !is_function(now)) return;
  if (handle_trap == nullptr) {
    if (is_function(of_node)) sigaction(SIGSEGV, &of_node, nullptr);
    return;
  }
  if (now.sa_sigaction == trap_or_crash) return;
  of_faulthandler = now;
  // Its mask and flags are kept: it raises the signal again from within itself.
  now.sa_sigaction = trap_or_crash;
  now.sa_flags |= SA_SIGINFO;
  sigaction(SIGSEGV, &now, nullptr);
}

}  // namespace pybridge
