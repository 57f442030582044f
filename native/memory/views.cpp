#include "memory/views.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "cpython/check.h"
#include "errors/bridge_error.h"

namespace pybridge {
namespace {

constexpr int full_read_only = 0x11C;  // PyBUF_FULL_RO: strides, suboffsets and format

bool is_indirect(const Py_buffer& view) {
  return view.suboffsets != nullptr && std::any_of(view.suboffsets, view.suboffsets + view.ndim,
                                                   [](Py_ssize_t each) { return each >= 0; });
}

}  // namespace

Export::Export(PyObject* exporter) {
  check(PyObject_GetBuffer(exporter, &view_, full_read_only));
  if (is_indirect(view_)) {
    PyBuffer_Release(&view_);
    throw BridgeError(Code::CONVERSION,
                      "its rows lie apart in memory (suboffsets): copy it first, with bytes(x)");
  }
  complete();
  Py_ssize_t low = 0, high = 0;
  for (int i = 0; i < view_.ndim; i++) {
    if (shape_[i] == 0) return;
    const Py_ssize_t reach = (shape_[i] - 1) * strides_[i];
    (reach < 0 ? low : high) += reach;
  }
  offset_ = -low;
  size_ = high - low + view_.itemsize;
}

Export::~Export() { PyBuffer_Release(&view_); }

// Arrays of ctypes leave their strides out.
void Export::complete() {
  shape_ = view_.shape;
  strides_ = view_.strides;
  const auto count = static_cast<size_t>(view_.ndim);
  if (shape_ != nullptr && strides_ != nullptr) return;
  completed_.resize(2 * count);
  Py_ssize_t* const shape = completed_.data();
  Py_ssize_t* const strides = shape + count;
  Py_ssize_t stride = view_.itemsize;
  for (size_t i = count; i-- > 0; stride *= shape[i]) {
    shape[i] = view_.shape != nullptr ? view_.shape[i] : view_.len / view_.itemsize;
    strides[i] = view_.strides != nullptr ? view_.strides[i] : stride;
  }
  shape_ = shape;
  strides_ = strides;
}

bool Export::is_same(const Export& other) const {
  const Py_buffer &left = view_, &right = other.view_;
  return left.buf == right.buf && left.len == right.len && left.itemsize == right.itemsize &&
         left.readonly == right.readonly && left.ndim == right.ndim &&
         std::equal(shape_, shape_ + left.ndim, other.shape_) &&
         std::equal(strides_, strides_ + left.ndim, other.strides_) &&
         std::strcmp(format(), other.format()) == 0;
}

// Keeps the memory; knows itself by the object that it was asked for.
struct Views::View final : Loan {
  View(std::shared_ptr<Known> where, PyObject* of, std::unique_ptr<Export> what, Items its)
      : known(std::move(where)),
        object(borrow(of)),
        exported(std::move(what)),
        items(std::move(its)) {}
  ~View() override {
    const auto found = known->find(object.get());
    if (found != known->end() && found->second == this) known->erase(found);
  }

  std::shared_ptr<Known> known;
  Ref object;
  std::unique_ptr<Export> exported;  // dies first: it may be of the object
  Items items;
  uint32_t id = 0;
};

napi_value Views::find(PyObject* object, const Export& now, const Items& items) const {
  const auto found = known_->find(object);
  if (found == known_->end() || !found->second->exported->is_same(now)) return nullptr;
  if (!(found->second->items == items)) return nullptr;
  return loans_.buffer(found->second->id);
}

Loans::Lent Views::lend(PyObject* object, std::unique_ptr<Export> exported, Items items) {
  void* data = exported->data();
  const auto size = static_cast<size_t>(exported->size());
  auto view = std::make_shared<View>(known_, object, std::move(exported), std::move(items));
  View* made = view.get();
  Loans::Lent lent = loans_.lend(std::move(view), data, size);
  if (lent.id != 0) {
    made->id = lent.id;
    (*known_)[object] = made;
  }
  return lent;
}

}  // namespace pybridge
