#pragma once
// Seeded delays at the points where threads meet, in debug and sanitizer builds only: orders that
// are rare become common, and PYBRIDGE_SCHEDULE=<seed> makes the same delays again.

namespace pybridge {

#ifdef PYBRIDGE_SCHEDULE_POINTS
void schedule_point(const char* where) noexcept;
#else
inline void schedule_point(const char*) noexcept {}
#endif

}  // namespace pybridge
