#pragma once
// Threads of the bridge's own for work that must not hold a JavaScript thread. They keep one Python
// thread state for life; libuv's pool would share them with files and DNS.
//
//   1. Jobs start in the order in which they came.
//   2. One thread works while there is progress: with a GIL a second one only takes turns with it.
//      A thread is added where jobs wait and none has ended for a while, up to `busy` threads that
//      compute; those that are blocked in a system call are made up for, up to `max` in all.
//      Without a GIL each thread gets further, so one is added where those that wait are no
//      trifles.
//   3. A thread attaches once for many jobs, and lets others in after half a millisecond.
//   4. Where the job before came soon, it looks for the next for 50 µs before it sleeps. Whoever
//      looks is not woken for more jobs: where the first of them takes long, the watcher wakes
//      another. (docs/threads.md, rule 10)

#include <memory>

#include "cpython/attach.h"

namespace pybridge {

class Job {
 public:
  virtual ~Job() = default;
  // On a thread of the pool, attached.
  virtual void run(const std::shared_ptr<Thread>& thread) = 0;
};

namespace pool {

struct Limits {
  size_t busy = 0;  // 0: as many as this Python makes use of
  size_t max = 32;
};

void configure(Limits limits);

// False where a thread has to be woken for it, which takes longer than to look for the answer.
bool submit(std::shared_ptr<Job> job);

// This thread will not come back soon: it does not count until its job ends.
void give_up(const Thread& thread);

// How many threads there are.
size_t size();

}  // namespace pool
}  // namespace pybridge
