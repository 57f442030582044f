#include "object/js_objects.h"

#include <cstddef>
#include <string>

#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/node_check.h"

namespace pybridge {
namespace {

using Vectorcall = PyObject* (*)(PyObject*, PyObject* const*, size_t, PyObject*);

// What follows the head of a JsProxy. All null in one that Python made by itself.
struct Body {
  std::shared_ptr<JsOwner>* owner;
  double number;
  napi_ref object;
  Vectorcall vectorcall;
  PyObject* weak_references;
};

PyTypeObject* js_proxy_type = nullptr;

Body& body_of(PyObject* self) {
  return *reinterpret_cast<Body*>(reinterpret_cast<char*>(self) + layouts.head);
}

// Of this thread's own objects.
JsCaller* caller_of(const Body& body) {
  if (body.owner == nullptr || !(*body.owner)->environment->is_current()) return nullptr;
  return (*body.owner)->caller();
}

PyObject* call_function(PyObject* self, PyObject* const* args, size_t flagged_count,
                        PyObject* names) {
  const Body& body = body_of(self);
  if (body.owner == nullptr) {
    PyErr_SetString(*PyExc_TypeError, "this JsProxy stands for nothing");
    return nullptr;
  }
  const std::shared_ptr<JsOwner>& owner = *body.owner;
  const auto count = static_cast<Py_ssize_t>(flagged_count & ~vectorcall_arguments_offset);
  JsCaller* caller = owner->caller();
  if (caller == nullptr || !owner->environment->is_current())
    return call_elsewhere(owner, body.object, args, count, names);
  return caller->call_js(body.object, args, count, names);
}

PyObject* call_with_tuple(PyObject* self, PyObject* args, PyObject* keywords) {
  try {
    std::vector<PyObject*> values;
    values.reserve(static_cast<size_t>(PyTuple_Size(args)));
    for (Py_ssize_t i = 0; i < PyTuple_Size(args); i++)
      values.push_back(check(PyTuple_GetItem(args, i)));
    const auto count = values.size();
    Ref names;
    std::vector<Ref> held;  // another thread may change the dict
    if (keywords != nullptr) {
      Ref list = steal(check(PySequence_List(keywords)));
      names = steal(check(PyList_AsTuple(list.get())));
      for (Py_ssize_t i = 0; i < PyTuple_Size(names.get()); i++) {
        PyObject* keyword = check(PyTuple_GetItem(names.get(), i));
        held.push_back(steal(check(PyObject_GetItem(keywords, keyword))));
        values.push_back(held.back().get());
      }
    }
    return call_function(self, values.data(), count, names.get());
  } catch (const PythonError& error) {
    error.restore();
    return nullptr;
  }
}

void deallocate(PyObject* self) {
  PyTypeObject* type = type_of(self);
  Body& body = body_of(self);
  if (body.weak_references != nullptr) PyObject_ClearWeakRefs(self);
  if (body.owner != nullptr) {
    (*body.owner)->drop(body.number, body.object);
    delete body.owner;
  }
  PyObject_Free(self);
  Py_DecRef(reinterpret_cast<PyObject*>(type));
}

PyObject* name(PyObject* self, void*) {
  JsCaller* caller = caller_of(body_of(self));
  return caller != nullptr ? caller->name_of(body_of(self).object).release()
                           : PyUnicode_FromStringAndSize("", 0);
}

PyObject* represent(PyObject* self) {
  try {
    Ref known = steal(check(name(self, nullptr)));
    return call(attribute(str("<JsProxy {}>").get(), "format").get(), {known.get()}).release();
  } catch (const PythonError& error) {
    error.restore();
    return nullptr;
  }
}

// PyGetSetDef of the stable ABI.
struct PyGetSetDef {
  const char* name;
  PyObject* (*get)(PyObject*, void*);
  int (*set)(PyObject*, PyObject*, void*);
  const char* documentation;
  void* closure;
};

constexpr int py_tp_call = 50, py_tp_dealloc = 52, py_tp_doc = 56, py_tp_repr = 66,
              py_tp_members = 72, py_tp_getset = 73;
constexpr int t_pyssizet = 19, readonly = 1;
constexpr unsigned int tpflags_default = 1u << 18, tpflags_have_vectorcall = 1u << 11;

}  // namespace

void JsOwner::drop(double number, napi_ref object) {
  std::lock_guard lock(mutex_);
  dropped_.push_back({number, object, posted_.load()});
  dirty_.store(true, std::memory_order_release);
}

void JsOwner::deliver(uint64_t post) {
  if (post != delivered_ + 1) {
    delivered_early_.insert(post);
    return;
  }
  delivered_++;
  while (!delivered_early_.empty() && *delivered_early_.begin() == delivered_ + 1) {
    delivered_early_.erase(delivered_early_.begin());
    delivered_++;
  }
}

std::vector<JsOwner::Dropped> JsOwner::take_dropped() {
  std::lock_guard lock(mutex_);
  dirty_.store(false, std::memory_order_release);
  return std::exchange(dropped_, {});
}

// PyType_FromSpec understands __weaklistoffset__ and __vectorcalloffset__ from 3.9 on. In 3.8 a
// JsProxy cannot be weakly referenced, and is called through tp_call.
PyTypeObject* make_js_proxy_type() {
  if (js_proxy_type != nullptr) return js_proxy_type;
  const auto head = static_cast<Py_ssize_t>(layouts.head);
  const bool has_offsets = python_version >= 0x0309;
  static PyMemberDef members[3];
  members[0] = {"__weaklistoffset__", t_pyssizet,
                head + static_cast<Py_ssize_t>(offsetof(Body, weak_references)), readonly, nullptr};
  members[1] = {"__vectorcalloffset__", t_pyssizet,
                head + static_cast<Py_ssize_t>(offsetof(Body, vectorcall)), readonly, nullptr};
  members[2] = {};
  static PyGetSetDef properties[] = {
      {"__name__", name, nullptr, "The name of the JavaScript function.", nullptr},
      {"__qualname__", name, nullptr, "The name of the JavaScript function.", nullptr},
      {}};
  static const char* documentation = "A JavaScript object, seen from Python.";
  PyType_Slot slots[] = {{py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                         {py_tp_call, reinterpret_cast<void*>(call_with_tuple)},
                         {py_tp_repr, reinterpret_cast<void*>(represent)},
                         {py_tp_getset, properties},
                         {py_tp_doc, const_cast<char*>(documentation)},
                         {has_offsets ? py_tp_members : 0, has_offsets ? members : nullptr},
                         {0, nullptr}};
  PyType_Spec spec{"pybridge.JsProxy", static_cast<int>(layouts.head + sizeof(Body)), 0,
                   tpflags_default | (has_offsets ? tpflags_have_vectorcall : 0), slots};
  js_proxy_type = reinterpret_cast<PyTypeObject*>(check(PyType_FromSpec(&spec)));
  return js_proxy_type;
}

// With a GIL nobody dies between draining the dropped and looking: what is still held is alive.
Ref JsObjects::alive(const Held& held) {
  if (!free_threaded) return borrow(held.proxy);
  PyObject* found = nullptr;
  check(PyWeakref_GetRef(held.proxy, &found));
  return steal(found);
}

Ref JsObjects::find(double number) {
  if (has_dropped()) release_dropped();
  const auto known = held_.find(number);
  if (known == held_.end()) return {};
  if (Ref proxy = alive(known->second)) return proxy;
  Py_DecRef(known->second.proxy);  // a weakref; its drop, still to come, frees the JS reference
  held_.erase(known);
  return {};
}

napi_ref JsObjects::hold(napi_value object) const {
  napi_ref strong = nullptr;
  node_check(env_, napi_create_reference(env_, object, 1, &strong));
  return strong;
}

void JsObjects::know(double number, napi_ref object, PyObject* proxy) {
  PyObject* held = free_threaded ? check(PyWeakref_NewRef(proxy, nullptr)) : proxy;
  held_[number] = {object, held};
}

Ref JsObjects::reference(double number, napi_value object) {
  if (Ref known = find(number)) return known;
  Ref proxy = steal(check(PyType_GenericAlloc(js_proxy_type, 0)));
  napi_ref strong = hold(object);
  body_of(proxy.get()) = {new std::shared_ptr<JsOwner>(owner_), number, strong, call_function,
                          nullptr};
  know(number, strong, proxy.get());
  return proxy;
}

bool find_js_object(PyObject* candidate, const std::shared_ptr<JsOwner>*& owner, napi_ref& object) {
  if (type_of(candidate) != js_proxy_type) return false;
  const Body& body = body_of(candidate);
  if (body.owner == nullptr) return false;
  owner = body.owner;
  object = body.object;
  return true;
}

napi_value JsObjects::object_of(PyObject* candidate) const {
  if (type_of(candidate) != js_proxy_type) return nullptr;
  const Body& body = body_of(candidate);
  if (body.owner == nullptr || body.owner->get() != owner_.get()) return nullptr;
  napi_value object = nullptr;
  node_check(env_, napi_get_reference_value(env_, body.object, &object));
  return object;
}

void JsObjects::release_dropped() {
  for (const auto& dropped : owner_->take_dropped()) {
    later_.push_back(dropped);
    const auto known = held_.find(dropped.number);
    if (known == held_.end() || known->second.object != dropped.object) continue;
    if (free_threaded) Py_DecRef(known->second.proxy);
    held_.erase(known);
  }
  while (!later_.empty() && owner_->has_delivered(later_.front().posted)) {
    napi_delete_reference(env_, later_.front().object);
    later_.pop_front();
  }
}

// The napi_refs of JsProxies that live on are Node's to free with the environment.
void JsObjects::clear() {
  release_dropped();
  owner_->end();
  held_.clear();
}

}  // namespace pybridge
