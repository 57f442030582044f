#include "errors/bridge_error.h"

#include <cstddef>
#include <utility>

namespace pybridge {
namespace {

struct Entry {
  const char* name;
  const char* what;
  const char* advice;
};

constexpr Entry catalogue[] = {
#define X(code, what, advice) {#code, what, advice},
    PYBRIDGE_ERRORS(X)
#undef X
};

const Entry& entry(Code code) { return catalogue[static_cast<std::size_t>(code)]; }

}  // namespace

const char* code_name(Code code) { return entry(code).name; }

BridgeError::BridgeError(Code code, std::string detail) : code_(code), detail_(std::move(detail)) {
  const Entry& found = entry(code);
  message_ = found.what;
  if (!detail_.empty()) message_ += ": " + detail_;
  message_ += std::string(". What to do: ") + found.advice + " [" + found.name + "]";
}

}  // namespace pybridge
