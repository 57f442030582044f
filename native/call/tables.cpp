// Tables of both sides, for JavaScript: Arrow data, described as native/memory/arrow_import.h says.

#include "call/entry.h"
#include "call/package.h"
#include "cpython/check.h"
#include "errors/bridge_error.h"
#include "memory/arrow_export.h"
#include "memory/arrow_import.h"

namespace pybridge::tables {
namespace {

// A reader is an object of Python's, so that JavaScript can forget it.
constexpr const char* reader_name = "pybridge.reader";

Ref make_reader(PyObject* object) {
  load_memory();
  Ref capsules = call(package.arrow_of, {object});
  PyObject* first = check(PyTuple_GetItem(capsules.get(), 0));
  auto reader =
      PyTuple_Size(capsules.get()) == 1
          ? std::make_unique<ArrowReader>(first)
          : std::make_unique<ArrowReader>(first, check(PyTuple_GetItem(capsules.get(), 1)));
  Ref made = steal(check(PyCapsule_New(reader.get(), reader_name, [](PyObject* capsule) {
    delete static_cast<ArrowReader*>(PyCapsule_GetPointer(capsule, reader_name));
  })));
  [[maybe_unused]] auto* given = reader.release();  // the capsule has it
  return made;
}

}  // namespace

// open(id): [a reader, the schema]
napi_value open(Bridge& bridge, const Arguments& arguments) {
  Ref object = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  Ref made = make_reader(object.get());
  const auto* reader = static_cast<ArrowReader*>(PyCapsule_GetPointer(made.get(), reader_name));
  napi_value pair = nullptr;
  node_check(bridge.env, napi_create_array_with_length(bridge.env, 2, &pair));
  node_check(bridge.env, napi_set_element(bridge.env, pair, 0, bridge.reference(made.get())));
  node_check(bridge.env, napi_set_element(bridge.env, pair, 1, reader->schema(bridge.env)));
  return pair;
}

// next(reader): its next batch, or null.
napi_value next(Bridge& bridge, const Arguments& arguments) {
  Ref held = borrow(bridge.proxies.object(arguments.id(bridge.env, 0)));
  auto* reader = static_cast<ArrowReader*>(PyCapsule_GetPointer(held.get(), reader_name));
  if (reader == nullptr) throw PythonError::take();
  return reader->next(bridge.env, bridge.loans);
}

// keep(schema, batches): what python/pybridge/tables.py makes a Table of.
napi_value keep(Bridge& bridge, const Arguments& arguments) {
  auto table = read_arrow_table(bridge.env, arguments.values[0], arguments.values[1]);
  Ref kept = keep_arrow_table(std::move(table));
  return bridge.reference(kept.get());
}

}  // namespace pybridge::tables
