// The addon names node.exe as the library that Node's functions come from. Whatever the running
// program is called, they come from it: node-gyp links the same into what MSVC builds.

#include <windows.h>
// After windows.h.
#include <delayimp.h>
#include <string.h>

namespace {

FARPROC WINAPI give_host(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  HMODULE host = GetModuleHandleW(L"libnode.dll");  // of programs that embed Node
  if (host == nullptr) host = GetModuleHandleW(nullptr);
  return reinterpret_cast<FARPROC>(host);
}

}  // namespace

extern "C" PfnDliHook __pfnDliNotifyHook2;
PfnDliHook __pfnDliNotifyHook2 = give_host;
