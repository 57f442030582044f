#include "cpython/schedule.h"

#ifdef PYBRIDGE_SCHEDULE_POINTS

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

namespace pybridge {
namespace {

uint64_t mix(uint64_t value) {  // splitmix64, Steele, Lea and Flood 2014
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

uint64_t seed_of_process() {
  const char* given = std::getenv("PYBRIDGE_SCHEDULE");
  return given == nullptr ? 0 : std::strtoull(given, nullptr, 10);
}

}  // namespace

// A thread's delays follow from the seed, the order in which threads first came here, and the count
// of points that this one has passed.
void schedule_point(const char* where) noexcept {
  static const uint64_t seed = seed_of_process();
  if (seed == 0) return;
  static std::atomic<uint64_t> threads{0};
  thread_local const uint64_t ordinal = threads.fetch_add(1);
  thread_local uint64_t passed = 0;
  const uint64_t drawn =
      mix(seed ^ mix(ordinal << 32 ^ passed++) ^ static_cast<unsigned char>(where[0]));
  if (drawn % 4 == 0) return std::this_thread::yield();
  if (drawn % 32 == 1) std::this_thread::sleep_for(std::chrono::microseconds(drawn / 32 % 2'000));
}

}  // namespace pybridge

#endif
