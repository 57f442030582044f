#include <mach/mach.h>
#include <pthread.h>

#include "runtime/blocked.h"

namespace pybridge {

Spot spot_of(long) { return {}; }

uint64_t computed_by(const Thread& thread) {
  thread_basic_info info{};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  const mach_port_t port = pthread_mach_thread_np((pthread_t)thread.identity);
  if (thread_info(port, THREAD_BASIC_INFO, reinterpret_cast<thread_info_t>(&info), &count) !=
      KERN_SUCCESS)
    return 0;
  const auto microseconds = [](const time_value_t& time) {
    return static_cast<uint64_t>(time.seconds) * 1'000'000 +
           static_cast<uint64_t>(time.microseconds);
  };
  return microseconds(info.user_time) + microseconds(info.system_time);
}

}  // namespace pybridge
