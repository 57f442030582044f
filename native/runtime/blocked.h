#pragma once
// What another thread is doing: computing, or blocked in a system call. A thread that waits for
// Python's lock *executes*: it goes on as soon as it is let (docs/threads.md, rule 9).

#include <cstdint>

namespace pybridge {

// The system call that a thread is in.
struct Spot {
  long call = -1;  // -1: it runs, waits for Python's lock, or nobody can tell
  uint64_t stack = 0;
  uint64_t code = 0;

  bool blocked() const { return call >= 0; }
  bool operator==(const Spot& other) const {
    return call == other.call && stack == other.stack && code == other.code;
  }
};

// Of a thread of this process, by the kernel's number. Linux; elsewhere nobody can tell.
Spot spot_of(long thread);

}  // namespace pybridge
