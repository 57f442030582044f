#include <windows.h>

#include "runtime/blocked.h"

namespace pybridge {

Spot spot_of(long) { return {}; }

uint64_t computed_by(const Thread& thread) {
  HANDLE handle = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, thread.identity);
  if (handle == nullptr) return 0;
  ULONG64 cycles = 0;
  if (QueryThreadCycleTime(handle, &cycles) == 0) cycles = 0;
  CloseHandle(handle);
  return cycles;
}

}  // namespace pybridge
