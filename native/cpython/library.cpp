#include "cpython/library.h"

#include <dlfcn.h>
#include <link.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// A file name such as libpython3.11.so.1.0, libpython3.13t.so.1.0; not the ABI shim libpython3.so.
bool is_python_library(const char* path) {
  const char* slash = std::strrchr(path, '/');
  const char* name = slash ? slash + 1 : path;
  return std::strncmp(name, "libpython", 9) == 0 && std::strstr(name, ".so") != nullptr &&
         std::strcmp(name, "libpython3.so") != 0;
}

std::string mapped_python_library() {
  std::string found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        if (info->dlpi_name == nullptr || !is_python_library(info->dlpi_name)) return 0;
        *static_cast<std::string*>(data) = info->dlpi_name;
        return 1;
      },
      &found);
  return found;
}

bool same_file(const std::string& left, const std::string& right) {
  std::error_code error;
  return std::filesystem::equivalent(left, right, error) && !error;
}

void refuse_another_python(const std::string& path) {
  std::string mapped = mapped_python_library();
  if (mapped.empty()) return;
  if (!same_file(mapped, path))
    throw BridgeError(Code::LIBRARY_CONFLICT, mapped + " is loaded, " + path + " was chosen");
  void* library = dlopen(mapped.c_str(), RTLD_NOW | RTLD_NOLOAD);
  auto initialized =
      library ? reinterpret_cast<int (*)()>(dlsym(library, "Py_IsInitialized")) : nullptr;
  if (initialized != nullptr && initialized() != 0)
    throw BridgeError(Code::LIBRARY_CONFLICT, "something else has started Python from " + mapped);
}

// The loader maps what the headers promise: in a file that ends before, the process dies of SIGBUS.
// What is no library at all is left to dlopen, which says so.
void refuse_cut_short(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  ElfW(Ehdr) head{};
  if (!file.read(reinterpret_cast<char*>(&head), sizeof head)) return;
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  file.seekg(static_cast<std::streamoff>(head.e_phoff));
  for (int i = 0; i < head.e_phnum; i++) {
    ElfW(Phdr) segment{};
    const bool whole =
        static_cast<bool>(file.read(reinterpret_cast<char*>(&segment), sizeof segment));
    if (!whole || (segment.p_type == PT_LOAD && segment.p_offset + segment.p_filesz > size))
      throw BridgeError(Code::LIBRARY_LOAD, path + " is cut short");
  }
}

}  // namespace

void load_library(const std::string& path, int flags) {
  refuse_another_python(path);
  refuse_cut_short(path);
  void* library = dlopen(path.c_str(), flags);
  if (library == nullptr) {
    const char* reason = dlerror();
    throw BridgeError(Code::LIBRARY_LOAD, reason ? reason : path);
  }
  python_library = library;

  const char* missing = nullptr;
#define REQUIRED(result, name, arguments)                              \
  name = reinterpret_cast<result(*) arguments>(dlsym(library, #name)); \
  if (name == nullptr && missing == nullptr) missing = #name;
#define OPTIONAL(result, name, arguments) \
  name = reinterpret_cast<result(*) arguments>(dlsym(library, #name));
#define DATA(type, name)                                 \
  name = reinterpret_cast<type*>(dlsym(library, #name)); \
  if (name == nullptr && missing == nullptr) missing = #name;
#include "cpython/symbols.def"
#undef REQUIRED
#undef OPTIONAL
#undef DATA
  if (missing != nullptr) throw BridgeError(Code::LIBRARY_LOAD, path + " has no symbol " + missing);

  // "3.13.0 experimental free-threading build (main, …)": readable before the interpreter starts.
  const char* version = Py_GetVersion();
  char* end = nullptr;
  const long major = std::strtol(version, &end, 10);
  const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
  python_version = static_cast<int>(major << 8 | minor);
  free_threaded = std::strstr(version, "free-threading") != nullptr;
  if (python_version < 0x0308) throw BridgeError(Code::PYTHON_TOO_OLD, version);
}

}  // namespace pybridge
