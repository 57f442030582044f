#include "runtime/slow_calls.h"

#include <chrono>
#include <cmath>

#include "runtime/watcher.h"

namespace pybridge::slow_calls {
namespace {

std::atomic<double> limit{100};

uint64_t step() { return static_cast<uint64_t>(limit.load() / 4) + 1; }

std::atomic<bool> scheduled{false};

void tick();
void schedule() {
  if (!scheduled.exchange(true)) watcher::after(step(), tick);
}

double now() {
  using std::chrono::duration;
  return duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// On the watcher's thread. A call that is seen twice is the same one if no other has begun.
void tick() {
  scheduled.store(false);
  bool active = false;
  for_each_environment([&active](const std::shared_ptr<Environment>& environment) {
    const uint64_t calls = environment->calls.load(std::memory_order_relaxed);
    const bool same = calls == environment->seen_call;
    environment->seen_call = calls;
    if (!environment->thread.inside.load(std::memory_order_relaxed)) {
      environment->seen_since = 0;
      active |= !same;
      return;
    }
    active = true;
    if (!same || environment->seen_since == 0) environment->seen_since = now();
    const double held = std::floor(now() - environment->seen_since);
    if (held >= limit.load()) environment->held_for.store(held);
  });
  // One look more before the end: a call that began just now has seen that somebody looks.
  if (looking.exchange(active) || active) schedule();
}

}  // namespace

void set_limit(double milliseconds) { limit.store(milliseconds); }

void look() {
  if (limit.load() <= 0 || looking.exchange(true)) return;
  schedule();
}

double take(Environment& environment) { return environment.held_for.exchange(0); }

}  // namespace pybridge::slow_calls
