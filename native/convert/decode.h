#pragma once
// JavaScript → tape → Python.

#include "convert/context.h"
#include "convert/tape_reader.h"

namespace pybridge {

// The values of the tape that JavaScript has just written into the scratch, on its own thread;
// `lanes` is an array, or undefined.
TapeReader::Roots read_tape(Context& context, napi_value lanes);
// The first of them.
Ref read_one(Context& context, napi_value lanes);

// Any JavaScript value as a Python object.
Ref to_python(Context& context, napi_value value);

// Code of the user's is about to run, which may write tapes: whoever reads the scratch now goes on
// from a copy.
class ScratchFreed {
 public:
  explicit ScratchFreed(Context& context);
  ~ScratchFreed() { context_.reader = reader_; }
  ScratchFreed(const ScratchFreed&) = delete;
  ScratchFreed& operator=(const ScratchFreed&) = delete;

 private:
  Context& context_;
  TapeReader* reader_;
};

}  // namespace pybridge
