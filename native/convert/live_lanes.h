#pragma once
// Lanes of a tape on JavaScript's own thread: its values themselves.

#include "convert/context.h"
#include "convert/tape_reader.h"

namespace pybridge {

class LiveLanes final : public Lanes {
 public:
  // An array, or undefined where there are none.
  LiveLanes(Context& context, napi_value array) : context_(context), array_(array) {}

  Ref text_or_bytes(uint32_t index) override;
  Ref big_int(uint32_t index) override;
  Ref js_object(double number, uint32_t index) override;
  Ref memory(double number, uint32_t index, int32_t kind) override;
  Ref referred(uint32_t id) override { return context_.referred(id); }

 private:
  napi_value element(uint32_t index) const;

  Context& context_;
  napi_value array_;
};

}  // namespace pybridge
