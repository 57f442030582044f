#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "cpython/library.h"
#include "runtime/blocked.h"

namespace pybridge {
namespace {

// Python's lock lives in the one object that holds its whole runtime.
struct Runtime {
  uint64_t begin = 0;
  uint64_t end = 0;
};

Runtime find_runtime() {
  void* found = dlsym(python_library, "_PyRuntime");
#if defined(__GLIBC__)
  Dl_info info;
  ElfW(Sym)* symbol = nullptr;
  if (found == nullptr ||
      dladdr1(found, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) == 0 ||
      symbol == nullptr)
    return {};
  const auto begin = reinterpret_cast<uint64_t>(found);
  return {begin, begin + symbol->st_size};
#else  // musl does not tell how large it is: nobody can tell who waits for Python's lock
  static_cast<void>(found);
  return {};
#endif
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
  std::array<uint64_t, 9> numbers{};
  char* at = line;
  for (size_t i = 0; i < numbers.size(); i++) {
    char* end = nullptr;
    numbers[i] = std::strtoull(at, &end, i == 0 ? 10 : 16);
    if (end == at) return {};
    at = end;
  }
  const uint64_t call = numbers[0], futex = numbers[1], timeout = numbers[4];
  const uint64_t stack = numbers[7], code = numbers[8];
  static const Runtime runtime = find_runtime();
  const bool is_futex = call == SYS_futex;
  const bool is_known = runtime.end != 0;
  if (is_futex && (!is_known || (futex >= runtime.begin && futex < runtime.end))) return {};
  return {static_cast<long>(call), stack, code, is_futex && timeout == 0};
}

uint64_t computed_by(const Thread& thread) {
  clockid_t clock;
  timespec time{};
  if (pthread_getcpuclockid(thread.identity, &clock) != 0 || clock_gettime(clock, &time) != 0)
    return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace pybridge
