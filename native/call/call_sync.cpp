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
    for (size_t i = 0; i < count_; i++) give_up(values_[i + 1]);
  }
  void push(Ref value) { values_[++count_] = value.release(); }
  PyObject* const* data() const { return values_ + 1; }
  size_t flagged_count() const { return count_ | vectorcall_arguments_offset; }

 private:
  size_t count_ = 0;
  PyObject* values_[max + 1];  // item 0 is scratch that the callee may overwrite (PEP 590)
};

[[noreturn]] void refuse_undefined(size_t index) {
  throw BridgeError(Code::CONVERSION,
                    "argument " + std::to_string(index) + " is undefined; pass null for None");
}

// Empty for undefined.
Ref argument(Bridge& bridge, napi_value value) {
  napi_env env = bridge.env;
  if (Ref number = number_to_python(env, value)) return number;
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  if (type == napi_undefined) return {};
  Ref scalar = scalar_to_python(bridge, value, type);
  return scalar ? std::move(scalar) : to_python(bridge, value);  // a symbol
}

// The arguments from `first` on, which are scalars. A trailing `undefined` is omitted; one before a
// defined argument is refused (rule 8).
void push_scalars(Bridge& bridge, const Arguments& arguments, size_t first,
                  Positional& positional) {
  bool omitted = false;
  for (size_t i = first; i < arguments.count; i++) {
    Ref value = argument(bridge, arguments.values[i]);
    if (!value) {
      omitted = true;
      continue;
    }
    if (omitted) [[unlikely]]
      refuse_undefined(i - first - 1);
    positional.push(std::move(value));
  }
}

// call(id, ...scalars): what most calls are. lib/call/callable.ts sends everything else by tape.
napi_value scalars(Bridge& bridge, const Arguments& arguments) {
  Ref callable = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  Positional positional;
  push_scalars(bridge, arguments, 1, positional);
  Ref result = steal(
      check(vectorcall(callable.get(), positional.data(), positional.flagged_count(), nullptr)));
  return to_js(bridge, result.get(), copying);
}

}  // namespace

napi_value enter_scalars(napi_env env, napi_callback_info info) {
  return entry<scalars, Slow::reported, 4>(env, info);
}
napi_value enter_many_scalars(napi_env env, napi_callback_info info) {
  return entry<scalars>(env, info);
}

// callKeywords(id, names, ...scalars): the last scalars are keyword arguments.
napi_value keywords(Bridge& bridge, const Arguments& arguments) {
  Ref callable = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  Ref names = bridge.name_list(arguments.id(bridge.env, 1));
  Positional positional;
  push_scalars(bridge, arguments, 2, positional);
  const auto named = static_cast<size_t>(PyTuple_Size(names.get()));
  Ref result = steal(check(vectorcall(callable.get(), positional.data(),
                                      positional.flagged_count() - named, names.get())));
  return to_js(bridge, result.get(), copying);
}

// callByTape(id, lanes, rules): the tape holds a tuple, and a dict or None.
napi_value by_tape(Bridge& bridge, const Arguments& arguments) {
  Ref callable = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  const Rules rules = Rules::of(arguments.id(bridge.env, 2));
  TapeReader::Roots roots = read_tape(bridge, arguments.values[1]);
  PyObject* keywords = roots[1].get() == Py_None ? nullptr : roots[1].get();
  Ref result = steal(check(PyObject_Call(callable.get(), roots[0].get(), keywords)));
  roots = {};
  return to_js(bridge, result.get(), rules);
}

}  // namespace pybridge::calls
