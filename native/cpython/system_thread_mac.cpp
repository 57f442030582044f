#include <pthread.h>

#include <cstdint>

#include "cpython/system_thread.h"

namespace pybridge {

long kernel_number_of_this_thread() {
  uint64_t number = 0;
  pthread_threadid_np(nullptr, &number);
  return static_cast<long>(number);
}

void name_this_thread(const char* name) { pthread_setname_np(name); }

Stack stack_of_this_thread() {
  const size_t size = pthread_get_stacksize_np(pthread_self());
  return {static_cast<const char*>(pthread_get_stackaddr_np(pthread_self())) - size, size};
}

bool prepare_barrier_for_all() { return false; }

void barrier_for_all() {}

}  // namespace pybridge
