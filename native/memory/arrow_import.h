#pragma once
// Tables of Python's on their way to JavaScript: Arrow streams, read batch by batch. The values
// stay where they are.
//
// What JavaScript gets is plain (lib/memory/arrow/):
//   schema: [format, name, metadata, flags, children, dictionary]
//   array: [length, nullCount, offset, buffers, children, dictionary]
// with metadata as bytes, and each buffer an ArrayBuffer; null where there is none.

#include <memory>
#include <string>
#include <vector>

#include "cpython/ref.h"
#include "memory/arrow_abi.h"
#include "memory/loans.h"

namespace pybridge {

class ArrowReader {
 public:
  // The stream of a capsule, or the one array of two. Attached. Throws CONVERSION.
  explicit ArrowReader(PyObject* stream_capsule);
  ArrowReader(PyObject* schema_capsule, PyObject* array_capsule);
  ~ArrowReader();
  ArrowReader(const ArrowReader&) = delete;
  ArrowReader& operator=(const ArrowReader&) = delete;

  napi_value schema(napi_env env) const;

  // The next batch, or null after the last one. The producer may wait, for other threads too: it is
  // asked without the GIL.
  napi_value next(napi_env env, Loans& loans);

 private:
  struct Type;
  void ask(int (*question)(ArrowReader& reader));
  napi_value array(napi_env env, Loans& loans, const std::shared_ptr<Loan>& loan, const Type& type,
                   const ArrowArray& array) const;

  ArrowOwned<ArrowArrayStream> stream_;
  ArrowOwned<ArrowSchema> schema_;
  ArrowOwned<ArrowArray> array_;  // the next one
  std::unique_ptr<Type> type_;
};

}  // namespace pybridge
