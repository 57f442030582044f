#include <mach-o/dyld.h>

#include <cstring>

#include "cpython/shared_library.h"

namespace pybridge {
namespace {

// libpython3.11.dylib, or Python.framework/Versions/3.11/Python.
bool is_python_library(const char* path) {
  const char* slash = std::strrchr(path, '/');
  const char* name = slash ? slash + 1 : path;
  if (std::strcmp(name, "Python") == 0 || std::strcmp(name, "PythonT") == 0)
    return std::strstr(path, ".framework/") != nullptr;
  return std::strncmp(name, "libpython", 9) == 0 && std::strstr(name, ".dylib") != nullptr;
}

}  // namespace

std::string mapped_python_library() {
  const uint32_t count = _dyld_image_count();
  for (uint32_t i = 0; i < count; i++) {
    const char* path = _dyld_get_image_name(i);
    if (path != nullptr && is_python_library(path)) return path;
  }
  return {};
}

void refuse_cut_short(const std::string&) {}  // dyld looks itself

}  // namespace pybridge
