#include "convert/encode.h"

#include "convert/scalar.h"
#include "convert/scratch_sink.h"
#include "convert/walk.h"
#include "cpython/layouts.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

// A value by itself, under rules that scalars do not cross by as ever.
bool is_ruled_scalar(PyObject* value, Rules rules) {
  if (rules.plain()) return false;
  PyTypeObject* type = type_of(value);
  return type == PyLong_Type || type == PyFloat_Type || rules.json;
}

// What a value that is refused leaves behind is let go at once: later, nobody may be attached.
class Laying {
 public:
  explicit Laying(Context& context) : sink_(*context.sink) { sink_.begin_tape(); }
  ~Laying() { sink_.lanes.clear(); }
  Laying(const Laying&) = delete;
  Laying& operator=(const Laying&) = delete;

  void finish() { sink_.finish(); }

 private:
  ScratchSink& sink_;
};

}  // namespace

Tape write_tape(const Special& special, PyObject* value, Rules rules, size_t depth) {
  Tape tape;
  if (rules.by_reference()) {
    tape.by_reference = true;
    tape.lane(value);
    return tape;
  }
  WalkMemory memory;
  Walk(tape, memory, nullptr, special, rules, depth).whole_value(value);
  return tape;
}

Tape write_arguments(const Special& special, PyObject* const* args, Py_ssize_t count,
                     PyObject* names) {
  Tape tape;
  WalkMemory memory;
  Walk(tape, memory, nullptr, special, default_rules, any_depth).arguments(args, count, names);
  return tape;
}

void lay_arguments(Context& context, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  Laying laying(context);
  Walk(*context.sink, *context.walk_memory, &context, context.special, default_rules, any_depth)
      .arguments(args, count, names);
  laying.finish();
}

void lay(Context& context, const Tape& tape) { context.sink->lay(tape); }

napi_value to_js(Context& context, PyObject* value, Rules rules, size_t depth) {
  stay_out_of_javascript();
  if (rules.by_reference()) return context.reference(value);
  const bool is_ruled = is_ruled_scalar(value, rules);
  if (!is_ruled) {
    if (napi_value scalar = scalar_to_js(context, value)) return scalar;
    if (value == context.special.undefined) {
      context.scratch.clear();
      return nullptr;
    }
  }
  if (is_ruled || (depth > 0 && crosses_as_container(context.special, value, rules))) {
    Laying laying(context);
    Walk(*context.sink, *context.walk_memory, &context, context.special, rules, depth)
        .whole_value(value);
    laying.finish();
    return nullptr;
  }
  return object_to_js(context, value);
}

napi_value to_js_value(Context& context, PyObject* value, Rules rules) {
  if (napi_value result = to_js(context, value, rules)) return result;
  napi_value result = context.decode();
  context.scratch.is_laid = false;
  return result;
}

}  // namespace pybridge
