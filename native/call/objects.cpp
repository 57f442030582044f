// What JavaScript does with the objects of Python, other than calling them.

#include "call/entry.h"
#include "call/package.h"
#include "convert/decode.h"
#include "convert/encode.h"
#include "convert/text.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge::objects {
namespace {

PyObject* target(Bridge& bridge, const Arguments& arguments) {
  return bridge.proxies.object(arguments.id(bridge.env, 0));
}

Ref name(Bridge& bridge, const Arguments& arguments) {
  return bridge.name(arguments.id(bridge.env, 1));
}

napi_value boolean(Bridge& bridge, bool truth) {
  napi_value result = nullptr;
  node_check(bridge.env, napi_get_boolean(bridge.env, truth, &result));
  return result;
}

// Missing reads as undefined, as in JavaScript; an AttributeError from within a property is thrown.
bool is_missing(PyObject* object, PyObject* name, const PythonError& error) {
  if (!error.is(*PyExc_AttributeError)) return false;
  Ref answer = call(package.is_missing, {object, name, error.exception()});
  return answer.get() == Py_True;
}

// Undefined, where JavaScript would look for a tape.
napi_value nothing(Bridge& bridge) {
  bridge.scratch.clear();
  return nullptr;
}

Rules rules(Bridge& bridge, const Arguments& arguments, size_t index) {
  return Rules::of(arguments.id(bridge.env, index));
}

}  // namespace

napi_value import_module(Bridge& bridge, const Arguments& arguments) {
  Ref name = text::to_python(bridge.env, arguments.values[0]);
  Ref module = steal(check(PyImport_Import(name.get())));
  return bridge.reference(module.get());
}

napi_value intern(Bridge& bridge, const Arguments& arguments) {
  napi_value id = nullptr;
  node_check(bridge.env, napi_create_uint32(bridge.env, bridge.intern(arguments.values[0]), &id));
  return id;
}

napi_value intern_list(Bridge& bridge, const Arguments& arguments) {
  napi_value id = nullptr;
  node_check(bridge.env,
             napi_create_uint32(bridge.env, bridge.intern_list(arguments.values[0]), &id));
  return id;
}

napi_value type_number(Bridge& bridge, const Arguments& arguments) {
  napi_value number = nullptr;
  node_check(bridge.env, napi_create_uint32(
                             bridge.env, bridge.type_number(target(bridge, arguments)), &number));
  return number;
}

napi_value know_unsteered(Bridge& bridge, const Arguments& arguments) {
  bridge.proxies.know_unsteered(target(bridge, arguments));
  return nullptr;
}

napi_value forget_names(Bridge& bridge, const Arguments&) {
  bridge.forget_names();
  return nullptr;
}

napi_value get_attribute(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref key = name(bridge, arguments);
  PyObject* found = PyObject_GetAttr(object.get(), key.get());
  if (found == nullptr) {
    const PythonError error = PythonError::take();
    if (is_missing(object.get(), key.get(), error)) return nothing(bridge);
    throw error;
  }
  Ref value = steal(found);
  return to_js(bridge, value.get(), rules(bridge, arguments, 2));
}

// Reading the tape runs user code (`__hash__`), after which the ids may name other objects.
napi_value set_attribute(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref key = name(bridge, arguments);
  Ref value = read_one(bridge, arguments.values[2]);
  check(PyObject_SetAttr(object.get(), key.get(), value.get()));
  return nullptr;
}

napi_value delete_attribute(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  check(PyObject_SetAttr(object.get(), name(bridge, arguments).get(), nullptr));
  return nullptr;
}

// A property that raises is there.
napi_value has_attribute(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref key = name(bridge, arguments);
  PyObject* found = PyObject_GetAttr(object.get(), key.get());
  if (found != nullptr) {
    steal(found);
    return boolean(bridge, true);
  }
  const PythonError error = PythonError::take();
  if (!error.is(*PyExc_Exception)) throw error;
  return boolean(bridge, !is_missing(object.get(), key.get(), error));
}

// Out of range reads as undefined, as in JavaScript; what is no sequence has no items by number.
napi_value get_item(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  if (PySequence_Check(object.get()) == 0) return nothing(bridge);
  Ref index = steal(check(PyLong_FromLongLong(arguments.id(bridge.env, 1))));
  PyObject* found = PyObject_GetItem(object.get(), index.get());
  if (found == nullptr) {
    const PythonError error = PythonError::take();
    if (error.is(*PyExc_IndexError) || error.is(*PyExc_KeyError)) return nothing(bridge);
    throw error;
  }
  Ref value = steal(found);
  return to_js(bridge, value.get(), rules(bridge, arguments, 2));
}

napi_value set_item(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  if (PySequence_Check(object.get()) == 0)
    throw BridgeError(Code::INVALID_ARGUMENT,
                      "proxy[0] = value is for sequences; write python`${proxy}.update({0: …})`");
  Ref value = read_one(bridge, arguments.values[2]);
  Ref index = steal(check(PyLong_FromLongLong(arguments.id(bridge.env, 1))));
  check(PyObject_SetItem(object.get(), index.get(), value.get()));
  return nullptr;
}

napi_value is_iterable(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  return boolean(bridge, call(package.is_iterable, {object.get()}).get() == Py_True);
}

// iterate(id): [iterator, whether it copies]: going through a container reaches, an iterator's
// values cross as results do.
napi_value iterate(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref iterator = steal(check(PyObject_GetIter(object.get())));
  const bool is_itself = iterator.get() == object.get();
  napi_value first = bridge.reference(iterator.get()), pair = nullptr;
  node_check(bridge.env, napi_create_array_with_length(bridge.env, 2, &pair));
  node_check(bridge.env, napi_set_element(bridge.env, pair, 0, first));
  node_check(bridge.env, napi_set_element(bridge.env, pair, 1, boolean(bridge, is_itself)));
  return pair;
}

// next(id, rules, done): `done` itself at the end.
napi_value next(Bridge& bridge, const Arguments& arguments) {
  Ref iterator = borrow(target(bridge, arguments));
  PyObject* item = PyIter_Next(iterator.get());
  if (item == nullptr) {
    check_no_error();
    return arguments.values[2];
  }
  Ref value = steal(item);
  return to_js(bridge, value.get(), rules(bridge, arguments, 1));
}

napi_value represent(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref text = steal(check(PyObject_Repr(object.get())));
  return to_js(bridge, text.get(), copying);
}

napi_value convert_to_string(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref text = steal(check(PyObject_Str(object.get())));
  if (!text::is_representable(text.get()))
    throw BridgeError(Code::CONVERSION,
                      "its text has two surrogates that JavaScript takes for one character");
  return to_js(bridge, text.get(), copying);
}

napi_value attribute_names(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(target(bridge, arguments));
  Ref names = steal(check(PyObject_Dir(object.get())));
  return to_js(bridge, names.get(), copying);
}

// copy(id, depth, rules). Asked for by name, so a subclass or a NumPy scalar gives what it is made
// of.
napi_value copy(Bridge& bridge, const Arguments& arguments) {
  Ref object = call(package.plain, {target(bridge, arguments)});
  const uint32_t depth = arguments.id(bridge.env, 1);
  return to_js(bridge, object.get(), rules(bridge, arguments, 2), depth);
}

// reference(objects): the value of the tape, kept in Python.
napi_value reference(Bridge& bridge, const Arguments& arguments) {
  Ref value = read_one(bridge, arguments.values[0]);
  return bridge.reference(value.get());
}

// give_back(id): what was released, for errors that name it later; undefined while it is still
// held.
napi_value give_back(Bridge& bridge, const Arguments& arguments) {
  Ref released = bridge.proxies.give_back(arguments.id(bridge.env, 0));
  if (!released) return nullptr;
  std::string name = "an object of ";
  try {
    Ref type = steal(check(PyObject_Type(released.get())));
    name += utf8(attribute(type.get(), "__module__").get()) + "." +
            utf8(attribute(type.get(), "__qualname__").get());
  } catch (const PythonError&) {
    name += "Python";  // its class does not say
  }
  return to_js(bridge, str(name).get(), copying);
}

napi_value sweep(Bridge& bridge, const Arguments&) {
  bridge.proxies.sweep();
  bridge.js_objects.release_dropped();
  return nullptr;
}

// [Python objects and memory that JavaScript holds, JavaScript objects that Python holds]
napi_value count_live(Bridge& bridge, const Arguments&) {
  napi_value pair = nullptr;
  node_check(bridge.env, napi_create_array_with_length(bridge.env, 2, &pair));
  const size_t counts[] = {bridge.proxies.live() + bridge.loans.live(), bridge.js_objects.live()};
  for (uint32_t i = 0; i < 2; i++) {
    napi_value count = nullptr;
    node_check(bridge.env, napi_create_double(bridge.env, static_cast<double>(counts[i]), &count));
    node_check(bridge.env, napi_set_element(bridge.env, pair, i, count));
  }
  return pair;
}

}  // namespace pybridge::objects
