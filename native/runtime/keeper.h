#pragma once
// A thread of our own that is Python's main thread where no JavaScript thread can be: a worker
// wants Python first, and the main thread has not loaded pybridge or is busy. A main thread that
// ended would take Python's signal handling with it, so this one lives for ever. What is lost:
// Ctrl-C inside Python, and callbacks into a blocked JavaScript main thread (docs/threads.md, rule
// 5).

#include <functional>

#include "cpython/attach.h"

namespace pybridge::keeper {

// Makes the thread, runs `start` on it and rethrows what that throws.
void start(const std::function<void(Thread& thread)>& start);

// Whether the keeper is Python's main thread.
bool is_main();

// Runs Python's signal handlers there.
void run_handlers();

// Runs something there, attached, and waits for it, but not for ever.
bool run(const std::function<void()>& body, int milliseconds);

}  // namespace pybridge::keeper
