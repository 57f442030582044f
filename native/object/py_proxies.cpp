#include "object/py_proxies.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"
#include "errors/node_check.h"

namespace pybridge {
namespace {

// A sweep looks at every slot, so it waits for as many creations as there were survivors.
constexpr size_t min_sweep_after = 20'000;

// Objects whose environment ended while calls held them.
struct Orphan {
  uint32_t pins = 0;
  uint32_t shares = 0;
};
std::mutex orphans_mutex;
std::unordered_map<PyObject*, Orphan>& orphans() {
  static auto* made =
      new std::unordered_map<PyObject*, Orphan>;  // calls end after the process began to
  return *made;
}

constexpr unsigned long heap_type = 1UL << 9;
constexpr size_t max_unsteered = 10'000;

bool is_of_heap(PyTypeObject* type) { return (PyType_GetFlags(type) & heap_type) != 0; }

// The function of Python's that a call runs; null where it is another callable.
PyObject* function_of(PyObject* object) {
  if (type_of(object) == PyMethod_Type) object = PyMethod_Function(object);
  return type_of(object) == PyFunction_Type ? object : nullptr;
}

// From 3.14 on, asking for annotations evaluates them, unless they were set.
bool is_annotated(PyObject* function) {
  if (python_version >= 0x030E && attribute(function, "__annotate__").get() != Py_None) return true;
  PyObject* annotations = PyFunction_GetAnnotations(function);
  if (annotations == nullptr) PyErr_Clear();
  if (annotations == nullptr || annotations == Py_None) return false;  // None: 3.14's for none
  return PyDict_Size(annotations) > 0;
}

bool is_module_or_type(PyObject* object) {
  return is_instance(object, PyModule_Type) || is_instance(object, PyType_Type);
}

// A builtin function belongs to its module; a bound method such as `[].append` holds its object.
bool is_permanent(PyObject* object) {
  if (type_of(object) != PyCFunction_Type) return is_module_or_type(object);
  Ref self = attribute(object, "__self__");
  return self.get() == Py_None || is_module_or_type(self.get());
}

}  // namespace

PyProxies::Kind PyProxies::kind_of(PyObject* object) const {
  if (is_instance(object, PyType_Type))
    return is_of_heap(reinterpret_cast<PyTypeObject*>(object)) ? Kind::python_class : Kind::type;
  if (PyCallable_Check(object) == 0) return Kind::object;
  PyObject* function = function_of(object);
  if (function == nullptr) return is_of_heap(type_of(object)) ? Kind::function : Kind::callable;
  return is_annotated(function) && unsteered_.count(PyFunction_GetCode(function)) == 0
             ? Kind::function
             : Kind::callable;
}

void PyProxies::know_unsteered(PyObject* object) {
  PyObject* function = function_of(object);
  if (function == nullptr) return;
  if (unsteered_.size() >= max_unsteered) {
    for (PyObject* code : std::exchange(unsteered_, {})) Py_DecRef(code);
  }
  PyObject* code = PyFunction_GetCode(function);
  if (unsteered_.insert(code).second) (void)borrow(code).release();
}

void PyProxies::throw_released() { throw BridgeError(Code::RELEASED); }

napi_value PyProxies::value_of(const Slot& slot) const {
  napi_value value = nullptr;
  if (slot.proxy != nullptr) node_check(env_, napi_get_reference_value(env_, slot.proxy, &value));
  return value;
}

napi_value PyProxies::acquire(PyObject* object) {
  const auto [known, added] = ids_.try_emplace(object, 0);
  if (!added) {
    Slot& slot = slots_[known->second];
    if (napi_value proxy = value_of(slot)) {
      slot.acquisitions++;
      return proxy;
    }
    if (slot.proxy != nullptr) napi_delete_reference(env_, slot.proxy);
    slot.proxy = nullptr;
  } else {
    if (free_.empty()) {
      free_.push_back(static_cast<uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    known->second = free_.back();
    free_.pop_back();
    slots_[known->second].object = borrow(object).release();
  }

  const uint32_t id = known->second;
  napi_value proxy = maker_.make_proxy(id, kind_of(object));
  napi_ref weak = nullptr;
  node_check(env_, napi_create_reference(env_, proxy, 0, &weak));
  slots_[id].proxy = weak;
  slots_[id].acquisitions = 1;
  created_++;
  return proxy;
}

PyObject* PyProxies::vacate(uint32_t id) {
  Slot& slot = slots_[id];
  if (slot.proxy != nullptr) napi_delete_reference(env_, slot.proxy);
  slot.proxy = nullptr;
  PyObject* object = slot.object;
  ids_.erase(object);
  if (slot.pins > 0) {
    slot.orphaned = true;
    return nullptr;
  }
  slot = {};
  free_.push_back(id);
  return object;
}

void PyProxies::unpin(uint32_t id) {
  Slot& slot = slots_[id];
  if (--slot.pins > 0 || !slot.orphaned) return;
  unpinned_.push_back(slot.object);
  slot = {};
  free_.push_back(id);
}

void PyProxies::drop_unpinned() {
  for (PyObject* object : std::exchange(unpinned_, {})) Py_DecRef(object);
}

void PyProxies::drop_orphan(PyObject* object) {
  uint32_t shares = 0;
  {
    std::lock_guard lock(orphans_mutex);
    const auto found = orphans().find(object);
    if (found == orphans().end() || --found->second.pins > 0) return;
    shares = found->second.shares;
    orphans().erase(found);
  }
  for (; shares > 0; shares--) Py_DecRef(object);
}

Ref PyProxies::give_back(uint32_t id) {
  if (is_permanent(object(id)) || --slots_[id].acquisitions > 0) return {};
  Ref released = borrow(object(id));
  if (PyObject* share = vacate(id)) Py_DecRef(share);
  return released;
}

void PyProxies::sweep() {
  created_ = 0;
  collected_ = 0;
  std::vector<PyObject*> dropped;
  constexpr uint32_t scope_size = 1'000;
  for (uint32_t start = 1; start < slots_.size(); start += scope_size) {
    HandleScope scope(env_);
    const auto end = std::min<uint32_t>(start + scope_size, static_cast<uint32_t>(slots_.size()));
    for (uint32_t id = start; id < end; id++) {
      const Slot& slot = slots_[id];
      if (slot.object == nullptr || slot.orphaned || value_of(slot) != nullptr) continue;
      if (PyObject* share = vacate(id)) dropped.push_back(share);
    }
  }
  sweep_after_ = std::max(min_sweep_after, ids_.size());
  for (PyObject* object : dropped) Py_DecRef(object);
}

void PyProxies::clear() {
  sweep_after_ = std::numeric_limits<size_t>::max();
  std::vector<PyObject*> dropped;
  for (uint32_t id = 1; id < slots_.size(); id++) {
    Slot& slot = slots_[id];
    if (slot.object == nullptr) continue;
    if (slot.pins > 0) {
      std::lock_guard lock(orphans_mutex);
      Orphan& orphan = orphans()[slot.object];
      orphan.pins += slot.pins;
      orphan.shares++;
      slot.pins = 0;
      if (slot.orphaned)
        slot = {};
      else
        vacate(id);
    } else if (PyObject* share = vacate(id)) {
      dropped.push_back(share);
    }
  }
  drop_unpinned();
  for (PyObject* object : dropped) Py_DecRef(object);
  for (PyObject* code : std::exchange(unsteered_, {})) Py_DecRef(code);
}

}  // namespace pybridge
