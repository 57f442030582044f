#pragma once
// Code of the user's runs where nobody thinks of it: a `__hash__` while a tape is read, a `__del__`
// while one lies there for JavaScript. It writes tapes of its own into the same scratch.

#include <array>
#include <optional>
#include <vector>

#include "convert/context.h"

namespace pybridge {

// What was laid for JavaScript, which has not read it, waits elsewhere. In a handle scope.
class TapeKept {
 public:
  explicit TapeKept(Context& context);
  ~TapeKept();
  TapeKept(const TapeKept&) = delete;
  TapeKept& operator=(const TapeKept&) = delete;

 private:
  static constexpr uint32_t mailbox_size = 3;
  void bring_back();

  Context& context_;
  std::vector<int32_t> words_;
  std::vector<double> numbers_;
  std::array<napi_value, mailbox_size> mail_{};
};

// While it lives the scratch is free: whoever reads it goes on from a copy, and what lies in it is
// there again afterwards.
class ScratchFreed {
 public:
  explicit ScratchFreed(Context& context);
  ~ScratchFreed();
  ScratchFreed(const ScratchFreed&) = delete;
  ScratchFreed& operator=(const ScratchFreed&) = delete;

 private:
  Context& context_;
  TapeReader* reader_;
  std::optional<TapeKept> kept_;
};

}  // namespace pybridge
