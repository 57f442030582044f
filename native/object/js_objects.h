#pragma once
// JavaScript objects seen from Python: one JsProxy per object and environment, or one Memory for
// what is memory (memory/memory_object.h).
//
//   1. JavaScript numbers its objects and never uses a number twice; the number finds the JsProxy
//      that is alive, or makes one that holds the object.
//   2. A JsProxy may die on any thread. It then pushes its number, without waiting, and the
//      environment's own thread lets the object go at its next call.
//   3. An environment that has ended lets go of everything; its JsProxies stay, and refuse.

#include <node_api.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "cpython/ref.h"
#include "jobs/inbox.h"
#include "runtime/environment.h"

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
    uint64_t posted;  // how many posts had been made before
  };

  JsOwner(JsCaller* caller, std::shared_ptr<Environment> owning, std::shared_ptr<Inbox> where)
      : environment(std::move(owning)), inbox(std::move(where)), caller_(caller) {}

  const std::shared_ptr<Environment> environment;
  const std::shared_ptr<Inbox> inbox;

  // Posts are numbered from 1, and do not hold the JsProxy that they are for: its object is let go
  // after all that were made before have arrived, in whatever order they do.
  uint64_t next_post() { return posted_.fetch_add(1) + 1; }
  void deliver(uint64_t post);  // the environment's thread, as the next
  bool has_delivered(uint64_t post) const { return post <= delivered_; }

  // Any thread.
  void drop(double number, napi_ref object);

  // The environment's thread.
  std::vector<Dropped> take_dropped();
  bool has_dropped() const { return dirty_.load(std::memory_order_acquire); }
  void end() { caller_.store(nullptr); }

  // Null after the end. Only its own thread may use it.
  JsCaller* caller() const { return caller_.load(); }

 private:
  std::atomic<JsCaller*> caller_;
  std::atomic<uint64_t> posted_{0};
  uint64_t delivered_ = 0;              // this one, and all before
  std::set<uint64_t> delivered_early_;  // that one was not
  std::atomic<bool> dirty_{false};
  std::mutex mutex_;
  std::vector<Dropped> dropped_;
};

// The Python type, made once.
PyTypeObject* make_js_proxy_type();

// Calls a JavaScript function on another thread than its own: the call room does.
inline PyObject* (*call_elsewhere)(const std::shared_ptr<JsOwner>& owner, napi_ref function,
                                   PyObject* const* args, Py_ssize_t count,
                                   PyObject* names) = nullptr;

// What a JsProxy points at; false for anything else. Borrowed for as long as the JsProxy lives.
bool find_js_object(PyObject* candidate, const std::shared_ptr<JsOwner>*& owner, napi_ref& object);

class JsObjects {
 public:
  JsObjects(napi_env env, std::shared_ptr<JsOwner> owner) : env_(env), owner_(std::move(owner)) {}

  // Rule 1.
  Ref reference(double number, napi_value object);

  // Its steps: what stands for an object and is alive, or nothing; a reference to the object, which
  // what stands for it drops when it dies; and the two together.
  Ref find(double number);
  napi_ref hold(napi_value object) const;
  void know(double number, napi_ref object, PyObject* proxy);

  // The JavaScript object of a JsProxy of this environment; null for anything else.
  napi_value object_of(PyObject* candidate) const;

  // Rule 2.
  bool has_dropped() const { return owner_->has_dropped(); }
  void release_dropped();
  const std::shared_ptr<JsOwner>& owner() const { return owner_; }

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
  std::deque<JsOwner::Dropped> later_;  // posts for them are still on their way
};

}  // namespace pybridge
