// Bun and Deno on Windows: their loops have neither libuv nor poll, and nobody has asked for them.

#include "errors/bridge_error.h"
#include "runtime/watch_loop.h"

namespace pybridge {

std::unique_ptr<WatchLoop> open_poll_watch_loop(const WatchLoop::Events&) {
  throw BridgeError(Code::START_FAILED, "on Windows the bridge runs in Node only");
}

}  // namespace pybridge
