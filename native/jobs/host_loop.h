#pragma once
// The event loop of a JavaScript thread, as its inbox needs it: it can be woken, and kept alive.
// libuv's where libuv can be used; elsewhere a threadsafe function of Node-API's, by which any
// runtime is woken (runtime/libuv.h).
//
//   What the threadsafe function cannot do: look again at once instead of sleeping, and several
//   callback scopes in one turn. There each turn runs one errand, in the scope that it came with.

#include <node_api.h>

#include <memory>

namespace pybridge {

class HostLoop {
 public:
  // All run on the loop's thread.
  struct Guest {
    virtual ~Guest() = default;
    virtual void woken() = 0;
    // While it idles: called in every turn.
    virtual void idles() = 0;
    // The environment ends: the loop is not there any more.
    virtual void ending() = 0;
  };

  HostLoop(const HostLoop&) = delete;
  HostLoop& operator=(const HostLoop&) = delete;

  // Any thread, until the guest has been told of the end.
  virtual void wake() = 0;

  // The loop's thread.
  virtual void keep_alive(bool wanted) = 0;
  virtual bool can_idle() const = 0;
  virtual void start_idling() = 0;
  virtual void stop_idling() = 0;

  // Whether many errands can run in a turn, each in a scope that the guest opens.
  virtual bool has_scopes() const = 0;

 protected:
  HostLoop() = default;
  virtual ~HostLoop() = default;
};

// Of this environment's thread, until it ends. They throw START_FAILED.
HostLoop* open_libuv_host_loop(napi_env env, std::shared_ptr<HostLoop::Guest> guest);
HostLoop* open_threadsafe_host_loop(napi_env env, std::shared_ptr<HostLoop::Guest> guest);

}  // namespace pybridge
