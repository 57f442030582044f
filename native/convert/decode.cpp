#include "convert/decode.h"

#include <utility>

#include "convert/integer.h"
#include "convert/live_lanes.h"
#include "convert/scalar.h"
#include "convert/tape_reader.h"

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

ScratchFreed::ScratchFreed(Context& context)
    : context_(context), reader_(std::exchange(context.reader, nullptr)) {
  if (reader_ != nullptr) reader_->move_out();
}

std::vector<Ref> read_tape(Context& context, napi_value lanes) {
  const Scratch& scratch = context.scratch;
  LiveLanes live(context, lanes);
  TapeReader reader(context.special, &context.arriving, live,
                    {scratch.words, static_cast<size_t>(scratch.words[word_count]), scratch.numbers,
                     static_cast<size_t>(scratch.words[number_count]), scratch.units,
                     static_cast<size_t>(scratch.words[unit_count])});
  const ScratchRead read(context, reader);
  return reader.read_all();
}

Ref read_one(Context& context, napi_value lanes) {
  std::vector<Ref> values = read_tape(context, lanes);
  return std::move(values.at(0));
}

Ref to_python(Context& context, napi_value value) {
  if (Ref number = number_to_python(context.env, value)) return number;
  napi_valuetype type = napi_undefined;
  node_check(context.env, napi_typeof(context.env, value, &type));
  if (Ref scalar = scalar_to_python(context, value, type)) return scalar;
  return read_one(context, context.encode(value));
}

}  // namespace pybridge
