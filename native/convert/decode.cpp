#include "convert/decode.h"

#include <utility>

#include "convert/integer.h"
#include "convert/live_lanes.h"
#include "convert/scalar.h"
#include "convert/tape_reader.h"
#include "convert/walk.h"

namespace pybridge {
namespace {

// Reads the scratch, as long as it has this one value.
class ScratchRead {
 public:
  ScratchRead(Context& context, TapeReader& reader)
      : context_(context), outer_(std::exchange(context.reader, &reader)) {}
  ~ScratchRead() { context_.reader = outer_; }
  ScratchRead(const ScratchRead&) = delete;
  ScratchRead& operator=(const ScratchRead&) = delete;

 private:
  Context& context_;
  TapeReader* outer_;
};

}  // namespace

TapeReader::Roots read_tape(Context& context, napi_value lanes) {
  const Scratch& scratch = context.scratch;
  std::vector<TapeReader::Frame> open;
  if (context.reader == nullptr) open.swap(context.walk_memory->incomplete);
  LiveLanes live(context, lanes);
  TapeReader reader(context.special, &context.arriving, live,
                    {scratch.words, static_cast<size_t>(scratch.words[word_count]), scratch.numbers,
                     static_cast<size_t>(scratch.words[number_count]), scratch.units,
                     static_cast<size_t>(scratch.words[unit_count])},
                    open);
  TapeReader::Roots roots;
  {
    const ScratchRead read(context, reader);
    roots = reader.read_all();
  }
  open.swap(context.walk_memory->incomplete);
  return roots;
}

Ref read_one(Context& context, napi_value lanes) { return std::move(read_tape(context, lanes)[0]); }

Ref to_python(Context& context, napi_value value) {
  if (Ref number = number_to_python(context.env, value)) return number;
  napi_valuetype type = napi_undefined;
  node_check(context.env, napi_typeof(context.env, value, &type));
  if (Ref scalar = scalar_to_python(context, value, type)) return scalar;
  return read_one(context, context.encode(value));
}

}  // namespace pybridge
