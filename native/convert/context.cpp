#include "convert/context.h"

#include "convert/scratch_sink.h"
#include "convert/walk.h"

namespace pybridge {

Context::Context()
    : walk_memory(std::make_unique<WalkMemory>()),
      sink(std::make_unique<ScratchSink>(*this)),
      shapes(*this),
      known_texts(*this),
      arriving(*this) {}

Context::~Context() = default;

}  // namespace pybridge
