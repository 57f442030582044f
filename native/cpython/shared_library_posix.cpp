#include <dlfcn.h>

#include "cpython/shared_library.h"
#include "errors/bridge_error.h"

namespace pybridge {

void* open_library(const std::string& path, int flags) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL | flags);
  if (library != nullptr) return library;
  const char* reason = dlerror();
  throw BridgeError(Code::LIBRARY_LOAD, reason ? reason : path);
}

void* opened_library(const std::string& path) {
  return dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
}

void* symbol_in(void* library, const char* name) { return dlsym(library, name); }

void* symbol_of_program(const char* name) { return dlsym(RTLD_DEFAULT, name); }

}  // namespace pybridge
