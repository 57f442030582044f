#include <windows.h>

#include <atomic>
#include <cstdlib>

#include "runtime/exit.h"

namespace pybridge {
namespace {

std::atomic<int> told_status{0};
void (*run_at_exit)(int status) = nullptr;

}  // namespace

// A DLL's own exit functions run when it is detached from the process.
void at_exit(void (*run)(int status)) {
  run_at_exit = run;
  std::atexit([] { run_at_exit(told_status.load()); });
}

void tell_exit_status(int status) { told_status.store(status); }

bool exits_alone() { return true; }

// Detaching DLLs could wait for what a thread held when it was ended.
void exit_now(int status) {
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(status));
  for (;;) Sleep(INFINITE);
}

}  // namespace pybridge
