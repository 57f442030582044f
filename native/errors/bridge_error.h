#pragma once
// What the bridge refuses. Translated to JavaScript or Python only in object/.

#include <exception>
#include <string>

#include "errors/codes.def"

namespace pybridge {

enum class Code {
#define X(code, what, advice) code,
  PYBRIDGE_ERRORS(X)
#undef X
};

const char* code_name(Code code);

class BridgeError : public std::exception {
 public:
  explicit BridgeError(Code code, std::string detail = {});

  // "what happened: detail. What to do: advice [CODE]", as lib/errors/bridge-error.ts says it.
  const char* what() const noexcept override { return message_.c_str(); }

  Code code() const { return code_; }
  const std::string& detail() const { return detail_; }

 private:
  Code code_;
  std::string detail_;
  std::string message_;
};

}  // namespace pybridge
