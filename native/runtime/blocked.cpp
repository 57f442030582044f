#include "runtime/blocked.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "cpython/library.h"

#if defined(__linux__)
#include <elf.h>
#include <link.h>
#include <sys/syscall.h>
#endif

namespace pybridge {

#if defined(__linux__)
namespace {

// Python's lock lives in the one object that holds its whole runtime.
struct Runtime {
  uint64_t begin = 0;
  uint64_t end = 0;
};

Runtime find_runtime() {
  void* found = dlsym(python_library, "_PyRuntime");
  Dl_info info;
  ElfW(Sym)* symbol = nullptr;
  if (found == nullptr ||
      dladdr1(found, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) == 0 ||
      symbol == nullptr)
    return {};
  const auto begin = reinterpret_cast<uint64_t>(found);
  return {begin, begin + symbol->st_size};
}

}  // namespace

// proc(5): "running", or the call's number, its six arguments, stack pointer and program counter.
Spot spot_of(long thread) {
  char path[64], line[256];
  std::snprintf(path, sizeof path, "/proc/self/task/%ld/syscall", thread);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t size = read(file, line, sizeof line - 1);
  close(file);
  if (size <= 0) return {};
  line[size] = '\0';
  long call = -1;
  unsigned long arguments[6], stack = 0, code = 0;
  if (std::sscanf(line, "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &call, &arguments[0], &arguments[1],
                  &arguments[2], &arguments[3], &arguments[4], &arguments[5], &stack, &code) != 9)
    return {};
  static const Runtime runtime = find_runtime();
  if (call == SYS_futex && arguments[0] >= runtime.begin && arguments[0] < runtime.end) return {};
  return {call, stack, code, call == SYS_futex && arguments[3] == 0};
}

#else

Spot spot_of(long) { return {}; }

#endif

uint64_t computed_by(pthread_t thread) {
  clockid_t clock;
  timespec time{};
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace pybridge
