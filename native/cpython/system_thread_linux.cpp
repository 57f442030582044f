#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cpython/system_thread.h"

namespace pybridge {
namespace {

long membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

}  // namespace

long kernel_number_of_this_thread() { return syscall(SYS_gettid); }

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

Stack stack_of_this_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  void* low = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  // That of the main thread grows, and musl tells only how far it has grown.
  rlimit most{};
  const bool is_main = kernel_number_of_this_thread() == getpid();
  if (is_main && getrlimit(RLIMIT_STACK, &most) == 0 && most.rlim_cur != RLIM_INFINITY &&
      most.rlim_cur > size)
    return {static_cast<const char*>(low) + size - most.rlim_cur, most.rlim_cur};
  return {static_cast<const char*>(low), size};
}

bool prepare_barrier_for_all() {
  return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

void barrier_for_all() { membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED); }

}  // namespace pybridge
