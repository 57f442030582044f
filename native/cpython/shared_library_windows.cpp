#include <windows.h>
// After windows.h.
#include <psapi.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "cpython/shared_library.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// Paths are UTF-8 on our side of every platform.
std::filesystem::path path_of(const std::string& utf8) {
  return std::filesystem::path(reinterpret_cast<const char8_t*>(utf8.c_str())).make_preferred();
}

std::string utf8(const std::wstring& text) {
  const std::u8string bytes = std::filesystem::path(text).u8string();
  return {bytes.begin(), bytes.end()};
}

// "The specified module could not be found." also where it is a library that this one needs.
std::string reason_of(DWORD error) {
  wchar_t* text = nullptr;
  const DWORD size = FormatMessageW(
      FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
      nullptr, error, 0, reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  if (size == 0) return "error " + std::to_string(error);
  std::wstring reason(text, size);
  LocalFree(text);
  while (!reason.empty() && (reason.back() == L'\n' || reason.back() == L'\r')) reason.pop_back();
  return utf8(reason);
}

std::wstring path_of(HMODULE module) {
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const DWORD size = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
    if (size < path.size()) return path.substr(0, size);
    path.resize(path.size() * 2);
  }
}

// python311.dll, python313t.dll, python311_d.dll; not the ABI shims python3.dll and python3t.dll.
bool is_python_library(const std::wstring& path) {
  std::wstring name = std::filesystem::path(path).filename().wstring();
  std::ranges::transform(name, name.begin(), [](wchar_t unit) {
    return unit >= L'A' && unit <= L'Z' ? static_cast<wchar_t>(unit - L'A' + L'a') : unit;
  });
  return name.starts_with(L"python3") && name.ends_with(L".dll") && name.size() > 8 &&
         name[7] >= L'0' && name[7] <= L'9';
}

}  // namespace

// What it needs lies beside it, and in what Python adds later by os.add_dll_directory.
void* open_library(const std::string& path, int) {
  constexpr DWORD search = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
  const std::filesystem::path wanted = std::filesystem::absolute(path_of(path));
  HMODULE library = LoadLibraryExW(wanted.c_str(), nullptr, search);
  if (library == nullptr)
    throw BridgeError(Code::LIBRARY_LOAD, path + ": " + reason_of(GetLastError()));
  return library;
}

void* opened_library(const std::string& path) {
  HMODULE library = nullptr;
  return GetModuleHandleExW(0, path_of(path).c_str(), &library) != 0 ? library : nullptr;
}

void* symbol_in(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

// libnode.dll is there in programs that embed Node.
void* symbol_of_program(const char* name) {
  HMODULE program = GetModuleHandleW(L"libnode.dll");
  if (program == nullptr) program = GetModuleHandleW(nullptr);
  return symbol_in(program, name);
}

std::string mapped_python_library() {
  std::vector<HMODULE> modules(256);
  DWORD bytes = 0;
  for (;;) {
    const auto room = static_cast<DWORD>(modules.size() * sizeof(HMODULE));
    if (K32EnumProcessModules(GetCurrentProcess(), modules.data(), room, &bytes) == 0) return {};
    if (bytes <= room) break;
    modules.resize(bytes / sizeof(HMODULE));
  }
  modules.resize(bytes / sizeof(HMODULE));
  for (HMODULE module : modules) {
    const std::wstring path = path_of(module);
    if (is_python_library(path)) return utf8(path);
  }
  return {};
}

void refuse_cut_short(const std::string&) {}  // the loader looks itself

}  // namespace pybridge
