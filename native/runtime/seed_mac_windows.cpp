// Every library names the one that each of its symbols comes from: there is nothing to bind deeper,
// and nothing is copied into the executable.

#include "runtime/seed.h"

namespace pybridge {

int library_flags() { return 0; }

void seed_copies() {}

void follow_copies() {}

}  // namespace pybridge
