#pragma once
// libuv, where the runtime has one that we can use: Node's. Bun exports its names too, and ends the
// process when most of them are called; Deno exports some. So they are weak, no library fails to
// load for want of one, and lib/ says whose runtime this is.

#include <node_api.h>
#include <uv.h>

#include <atomic>

#if defined(__GNUC__) && defined(__ELF__)
#pragma weak uv_async_init
#pragma weak uv_async_send
#pragma weak uv_close
#pragma weak uv_hrtime
#pragma weak uv_idle_init
#pragma weak uv_idle_start
#pragma weak uv_idle_stop
#pragma weak uv_loop_init
#pragma weak uv_ref
#pragma weak uv_run
#pragma weak uv_signal_init
#pragma weak uv_signal_start
#pragma weak uv_signal_stop
#pragma weak uv_strerror
#pragma weak uv_timer_init
#pragma weak uv_timer_start
#pragma weak uv_timer_stop
#pragma weak uv_tty_reset_mode
#pragma weak uv_unref
#pragma weak uv_update_time
#pragma weak napi_get_uv_event_loop
#endif

namespace pybridge {

inline std::atomic<bool> uses_libuv{true};

// Called by each copy of lib/ that opens the addon; the first decides: all loops are of one kind.
inline void choose_loops(bool libuv) {
  static const bool chosen = libuv;
  uses_libuv.store(chosen);
}

}  // namespace pybridge
