// JavaScript → Python, on this thread.

#include "call/entry.h"
#include "convert/decode.h"
#include "convert/encode.h"
#include "convert/scalar.h"
#include "cpython/check.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge::calls {
namespace {

// Arguments that the callee borrows; the shares are ours until it returns.
class Positional {
 public:
  static constexpr size_t max = Arguments::inline_count;
  ~Positional() {
    for (size_t i = 0; i < count_; i++) Py_DecRef(values_[i + 1]);
  }
  void push(Ref value) { values_[++count_] = value.release(); }
  PyObject* const* data() const { return values_ + 1; }
  size_t flagged_count() const { return count_ | vectorcall_arguments_offset; }

 private:
  size_t count_ = 0;
  PyObject* values_[max + 1];  // item 0 is scratch that the callee may overwrite (PEP 590)
};

}  // namespace

// call(id, ...scalars): what most calls are. lib/call/callable.ts sends everything else by tape.
// A trailing `undefined` is omitted; one before a defined argument is refused (rule 8).
napi_value scalars(Bridge& bridge, const Arguments& arguments) {
  napi_env env = bridge.env;
  Ref callable = borrow(bridge.proxies.object(arguments.id(env, 0)));
  Positional positional;
  bool omitted = false;
  for (size_t i = 1; i < arguments.count; i++) {
    napi_valuetype type = napi_undefined;
    node_check(env, napi_typeof(env, arguments.values[i], &type));
    if (type == napi_undefined) {
      omitted = true;
      continue;
    }
    if (omitted)
      throw BridgeError(Code::CONVERSION,
                        "argument " + std::to_string(i - 2) + " is undefined; pass null for None");
    Ref value = scalar_to_python(bridge, arguments.values[i], type);
    if (!value)
      throw BridgeError(Code::CONVERSION, "argument " + std::to_string(i - 1) +
                                              " is a symbol, which has no counterpart in Python");
    positional.push(std::move(value));
  }
  Ref result = steal(
      check(vectorcall(callable.get(), positional.data(), positional.flagged_count(), nullptr)));
  return to_js(bridge, result.get(), Mode::copy);
}

// callByTape(id, objects, mode): the tape holds a tuple, and a dict or None.
napi_value by_tape(Bridge& bridge, const Arguments& arguments) {
  Ref callable = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  const auto mode = static_cast<Mode>(arguments.id(bridge.env, 2));
  std::vector<Ref> roots = read_tape(bridge, arguments.values[1]);
  PyObject* keywords = roots.at(1).get() == Py_None ? nullptr : roots.at(1).get();
  Ref result = steal(check(PyObject_Call(callable.get(), roots.at(0).get(), keywords)));
  roots.clear();
  return to_js(bridge, result.get(), mode);
}

}  // namespace pybridge::calls
