#include <link.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "cpython/shared_library.h"
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

}  // namespace

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

}  // namespace pybridge
