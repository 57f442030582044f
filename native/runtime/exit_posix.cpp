#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "runtime/exit.h"

namespace pybridge {
namespace {

std::atomic<int> told_status{0};
void (*run_at_exit)(int status) = nullptr;

}  // namespace

void at_exit(void (*run)(int status)) {
  run_at_exit = run;
#if defined(__GLIBC__)
  on_exit([](int status, void*) { run_at_exit(status); }, nullptr);
#else
  std::atexit([] { run_at_exit(told_status.load()); });
#endif
}

void tell_exit_status(int status) { told_status.store(status); }

bool exits_alone() { return false; }

void exit_now(int status) { _exit(status); }

}  // namespace pybridge
