#include "cpython/library.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cpython/shared_library.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

std::filesystem::path file(const std::string& utf8) {
  return {std::u8string(utf8.begin(), utf8.end())};
}

bool same_file(const std::string& left, const std::string& right) {
  std::error_code error;
  return std::filesystem::equivalent(file(left), file(right), error) && !error;
}

void refuse_another_python(const std::string& path) {
  std::string mapped = mapped_python_library();
  if (mapped.empty()) return;
  if (!same_file(mapped, path))
    throw BridgeError(Code::LIBRARY_CONFLICT, mapped + " is loaded, " + path + " was chosen");
  void* library = opened_library(mapped);
  auto initialized =
      library ? reinterpret_cast<int (*)()>(symbol_in(library, "Py_IsInitialized")) : nullptr;
  if (initialized != nullptr && initialized() != 0)
    throw BridgeError(Code::LIBRARY_CONFLICT, "something else has started Python from " + mapped);
}

}  // namespace

void load_library(const std::string& path, int flags) {
  refuse_another_python(path);
  refuse_cut_short(path);
  void* library = open_library(path, flags);
  python_library = library;

  const char* missing = nullptr;
#define REQUIRED(result, name, arguments)                                  \
  name = reinterpret_cast<result(*) arguments>(symbol_in(library, #name)); \
  if (name == nullptr && missing == nullptr) missing = #name;
#define OPTIONAL(result, name, arguments) \
  name = reinterpret_cast<result(*) arguments>(symbol_in(library, #name));
#define DATA(type, name)                                     \
  name = reinterpret_cast<type*>(symbol_in(library, #name)); \
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
