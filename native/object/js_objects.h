#pragma once
// JavaScript objects seen from Python: one JsProxy per object and environment.
//
//   1. JavaScript numbers its objects and never uses a number twice; the number finds the JsProxy
//      that is alive, or makes one that holds the object.
//   2. A JsProxy may die on any thread. It then pushes its number, without waiting, and the
//      environment's own thread lets the object go at its next call.
//   3. An environment that has ended lets go of everything; its JsProxies stay, and refuse.

#include <node_api.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "cpython/ref.h"

namespace pybridge {

class JsObjects;

// What a JsProxy needs from the call room.
struct JsCaller {
  virtual ~JsCaller() = default;
  // Calls a JavaScript function for Python: a new reference, or null with an exception set.
  virtual PyObject* call_js(napi_ref function, PyObject* const* args, Py_ssize_t count,
                            PyObject* names) = 0;
  // The `name` of a function, "" where it has none or this is another thread.
  virtual Ref name_of(napi_ref function) = 0;
};

// Shared by an environment and the JsProxies that point into it.
class JsOwner {
 public:
  struct Dropped {
    double number;
    napi_ref object;
  };

  explicit JsOwner(JsCaller* caller) : caller_(caller) {}

  // Any thread.
  void drop(Dropped dropped);

  // The environment's thread.
  std::vector<Dropped> take_dropped();
  bool has_dropped() const { return dirty_.load(std::memory_order_acquire); }
  void end() { caller_.store(nullptr); }
  JsCaller* caller() const { return caller_.load(); }

 private:
  std::atomic<JsCaller*> caller_;
  std::atomic<bool> dirty_{false};
  std::mutex mutex_;
  std::vector<Dropped> dropped_;
};

// The Python type, made once.
PyTypeObject* make_js_proxy_type();

class JsObjects {
 public:
  JsObjects(napi_env env, JsCaller* caller)
      : env_(env), owner_(std::make_shared<JsOwner>(caller)) {}

  // Rule 1.
  Ref reference(double number, napi_value object);

  // The JavaScript object of a JsProxy of this environment; null for anything else.
  napi_value object_of(PyObject* candidate) const;

  // Rule 2.
  bool has_dropped() const { return owner_->has_dropped(); }
  void release_dropped();

  size_t live() const { return held_.size(); }

  // Rule 3.
  void clear();

 private:
  struct Held {
    napi_ref object;
    PyObject* proxy;  // with a GIL: borrowed, see `alive`; free-threaded: a weakref that we own
  };

  static Ref alive(const Held& held);

  napi_env env_;
  std::shared_ptr<JsOwner> owner_;
  std::unordered_map<double, Held> held_;
};

}  // namespace pybridge
