#include "convert/scratch_freed.h"

#include <algorithm>
#include <utility>

#include "convert/tape_reader.h"

namespace pybridge {
namespace {

// What an exception is pending for leaves no other call of Node's.
class PendingAside {
 public:
  explicit PendingAside(napi_env env) : env_(env) {
    bool is_pending = false;
    if (napi_is_exception_pending(env, &is_pending) == napi_ok && is_pending)
      napi_get_and_clear_last_exception(env, &thrown_);
  }
  ~PendingAside() {
    if (thrown_ != nullptr) napi_throw(env_, thrown_);
  }
  PendingAside(const PendingAside&) = delete;
  PendingAside& operator=(const PendingAside&) = delete;

 private:
  napi_env env_;
  napi_value thrown_ = nullptr;
};

}  // namespace

TapeKept::TapeKept(Context& context) : context_(context) {
  const Scratch& scratch = context.scratch;
  if (scratch.words[word_count] > 0) {
    words_.assign(scratch.words, scratch.words + scratch.words[word_count]);
    numbers_.assign(scratch.numbers, scratch.numbers + scratch.words[number_count]);
    if ((scratch.words[flags] & mail_flag) != 0) {
      for (uint32_t i = 0; i < mail_.size(); i++) mail_[i] = context.mailed(i);
    }
  }
  context.known_texts.waiting_tapes++;
}

TapeKept::~TapeKept() {
  context_.known_texts.waiting_tapes--;
  const PendingAside aside(context_.env);
  try {
    bring_back();
  } catch (...) {
    context_.scratch.clear();  // the environment ends, or is out of memory
  }
}

void TapeKept::bring_back() {
  Scratch& scratch = context_.scratch;
  if (words_.empty()) return scratch.clear();
  if (scratch.word_capacity < words_.size() || scratch.number_capacity < numbers_.size())
    context_.reserve_scratch(words_.size(), numbers_.size());
  words_[entries] = scratch.words[entries];
  std::copy(words_.begin(), words_.end(), scratch.words);
  std::copy(numbers_.begin(), numbers_.end(), scratch.numbers);
  if ((words_[flags] & mail_flag) != 0) {
    for (uint32_t i = 0; i < mail_.size(); i++) context_.mail(i, mail_[i]);
  }
  scratch.is_laid = true;
}

ScratchFreed::ScratchFreed(Context& context)
    : context_(context), reader_(std::exchange(context.reader, nullptr)) {
  if (reader_ != nullptr) reader_->move_out();
  if (std::exchange(context.scratch.is_laid, false) && context.scratch.words != nullptr)
      [[unlikely]]
    kept_.emplace(context);
}

// Arguments that were laid meanwhile have been read.
ScratchFreed::~ScratchFreed() {
  context_.scratch.is_laid = false;
  context_.reader = reader_;
}

}  // namespace pybridge
