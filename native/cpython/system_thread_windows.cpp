#include <windows.h>

#include <cstring>
#include <string>

#include "cpython/system_thread.h"

namespace pybridge {

unsigned long identity_of_this_thread() { return GetCurrentThreadId(); }

long kernel_number_of_this_thread() { return static_cast<long>(GetCurrentThreadId()); }

// Windows 10 has names since its version 1607.
void name_this_thread(const char* name) {
  using SetDescription = HRESULT(WINAPI*)(HANDLE thread, const wchar_t* description);
  static const auto set = reinterpret_cast<SetDescription>(reinterpret_cast<void (*)()>(
      GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "SetThreadDescription")));
  const std::wstring wide(name, name + std::strlen(name));
  if (set != nullptr) set(GetCurrentThread(), wide.c_str());
}

void leave_signals_to_others() {}  // the system runs a thread of its own for Ctrl-C

Stack stack_of_this_thread() {
  ULONG_PTR low = 0, high = 0;
  GetCurrentThreadStackLimits(&low, &high);
  return {reinterpret_cast<const char*>(low), high - low};
}

bool prepare_barrier_for_all() { return true; }

void barrier_for_all() { FlushProcessWriteBuffers(); }

void at_fork_in_child(void (*)()) {}  // there is no fork

}  // namespace pybridge
