#pragma once
// What an errand holds of Python's is let go attached. After the end of Python nobody can attach:
// then it is kept for ever.

#include <memory>

#include "cpython/attach.h"
#include "errors/bridge_error.h"

namespace pybridge {

// Attached, or after the end.
template <typename Holder>
void let_go(std::unique_ptr<Holder>& holder) {
  if (gate.load() == Gate::open)
    holder.reset();
  else
    (void)holder.release();
}

// On that thread, attached or not.
template <typename Body>
void attached_or_after_the_end(Thread& thread, Body&& body) {
  try {
    Attached attached(thread);
    attached.leave();
    body();
  } catch (const BridgeError&) {
    body();
  }
}

}  // namespace pybridge
