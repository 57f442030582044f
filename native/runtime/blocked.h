#pragma once
// What another thread is doing: computing, or blocked in a system call. A thread that waits for
// Python's lock *executes*: it goes on as soon as it is let (docs/threads.md, rule 9).

#include <cstdint>

#include "cpython/attach.h"

namespace pybridge {

// The system call that a thread is in.
struct Spot {
  long call = -1;  // -1: it runs, waits for Python's lock, or nobody can tell
  uint64_t stack = 0;
  uint64_t code = 0;
  bool for_ever = false;  // a lock, without a timeout

  bool blocked() const { return call >= 0; }
  bool operator==(const Spot& other) const {
    return call == other.call && stack == other.stack && code == other.code;
  }
};

// Of a thread of this process, by the kernel's number. Linux; elsewhere nobody can tell.
Spot spot_of(long thread);

// For how long a thread that lives has computed, in whatever the system counts: while it is
// blocked, always the same.
uint64_t computed_by(const Thread& thread);

}  // namespace pybridge
