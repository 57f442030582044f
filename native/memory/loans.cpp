#include "memory/loans.h"

#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "errors/node_check.h"
#include "memory/backing_store.h"

namespace pybridge {

// Where what V8 has let go of waits.
struct Loans::Home {
  std::atomic<bool> any{false};
  std::mutex mutex;
  bool ended = false;
  std::vector<Record*> returned;

  bool push(Record* record) {
    std::lock_guard lock(mutex);
    if (ended) return false;
    returned.push_back(record);
    any.store(true, std::memory_order_release);
    return true;
  }

  std::vector<Record*> take() {
    std::lock_guard lock(mutex);
    any.store(false, std::memory_order_relaxed);
    return std::exchange(returned, {});
  }

  void end() {
    std::lock_guard lock(mutex);
    ended = true;
  }
};

// An ArrayBuffer that was made: until V8 has let go of its memory.
struct Loans::Record {
  std::shared_ptr<Home> home;
  std::shared_ptr<Loan> loan;
  uint32_t id;
  size_t size;
  const void* constant = nullptr;  // where its memory is, if others may have the same ArrayBuffer
  napi_ref buffer = nullptr;       // weak
  bool is_of_v8 = false;           // else of Node-API's
};

namespace {

// Of environments that have ended. It lives for ever: V8 may let go while the process ends.
Loans::Home& orphans() {
  static auto* made = new Loans::Home;
  return *made;
}
std::atomic<bool> any_orphans{false};

void give_back(Loans::Record* record) {
  if (record->home->push(record)) return;
  orphans().push(record);
  any_orphans.store(true, std::memory_order_release);
}

void let_go(void*, size_t, void* hint) { give_back(static_cast<Loans::Record*>(hint)); }
void finalize(napi_env, void*, void* hint) { give_back(static_cast<Loans::Record*>(hint)); }

void end_orphans() {
  if (!any_orphans.exchange(false)) return;
  for (Loans::Record* record : orphans().take()) delete record;
}

napi_value copy(napi_env env, const void* data, size_t length) {
  napi_value buffer = nullptr;
  void* copied = nullptr;
  node_check(env, napi_create_arraybuffer(env, length, &copied, &buffer));
  if (length > 0) std::memcpy(copied, data, length);
  return buffer;
}

bool is_detached(napi_env env, napi_value buffer) {
  bool detached = false;
  node_check(env, napi_is_detached_arraybuffer(env, buffer, &detached));
  return detached;
}

}  // namespace

Loans::Loans(napi_env env) : env_(env), home_(std::make_shared<Home>()) {}

// Null where the runtime has no ArrayBuffers of foreign memory.
napi_value Loans::make(std::unique_ptr<Record>& record, void* data, size_t length) {
  if (has_backing_stores()) {
    record->is_of_v8 = true;
    return make_array_buffer(data, length, let_go, record.get());
  }
  napi_value buffer = nullptr;
  const napi_status status =
      napi_create_external_arraybuffer(env_, data, length, finalize, record.get(), &buffer);
  if (status == napi_no_external_buffers_allowed) return nullptr;
  if (status != napi_ok) {
    [[maybe_unused]] Record* given = record.release();  // the finaliser may have run, or will
    node_check(env_, status);
  }
  return buffer;
}

Loans::Lent Loans::lend(std::shared_ptr<Loan> loan, void* data, size_t length) {
  if (length == 0) return {copy(env_, data, 0), 0, std::move(loan)};
  auto record = std::make_unique<Record>(Record{home_, loan, ++last_id_, length});
  napi_value buffer = make(record, data, length);
  if (buffer == nullptr) return {copy(env_, data, length), 0, std::move(loan)};
  Record* made = record.release();  // V8 has it
  lent_[made->id] = made;
  node_check(env_, napi_create_reference(env_, buffer, 0, &made->buffer));
  return {buffer, made->id, std::move(loan)};
}

// Memory that is lent is kept: what is at the same address is the same.
napi_value Loans::lend_constant(const std::shared_ptr<Loan>& loan, const void* data,
                                size_t length) {
  const auto known = constants_.find(data);
  if (known != constants_.end() && lent_.at(known->second)->size == length) {
    if (napi_value lent = buffer(known->second)) return lent;
  }
  const Lent lent = lend(loan, const_cast<void*>(data), length);
  if (lent.id != 0) {
    lent_.at(lent.id)->constant = data;
    constants_[data] = lent.id;
  }
  return lent.buffer;
}

napi_value Loans::buffer(uint32_t id) const {
  const auto found = lent_.find(id);
  if (found == lent_.end() || found->second->buffer == nullptr) return nullptr;
  napi_value buffer = nullptr;
  node_check(env_, napi_get_reference_value(env_, found->second->buffer, &buffer));
  return buffer == nullptr || is_detached(env_, buffer) ? nullptr : buffer;
}

// V8 lets go of what is detached at once, unless somebody else holds its memory. Node-API says so
// later: but who has it detached here can take the share himself.
void Loans::take_back(uint32_t id) {
  napi_value held = buffer(id);
  if (held == nullptr) return;
  Record& record = *lent_.find(id)->second;
  const bool is_of_v8 = record.is_of_v8;
  node_check(env_, napi_detach_arraybuffer(env_, held));
  if (!is_of_v8) const std::shared_ptr<Loan> ended = std::exchange(record.loan, nullptr);
}

bool Loans::has_returned() const {
  return home_->any.load(std::memory_order_relaxed) || any_orphans.load(std::memory_order_relaxed);
}

size_t Loans::end_returned() {
  end_orphans();
  size_t bytes = 0;
  for (Record* each : home_->take()) {
    const std::unique_ptr<Record> record(each);
    bytes += record->size;
    lent_.erase(record->id);
    const auto constant = constants_.find(record->constant);
    if (constant != constants_.end() && constant->second == record->id) constants_.erase(constant);
    if (record->buffer != nullptr) napi_delete_reference(env_, record->buffer);
  }
  return bytes;
}

void Loans::end() {
  if (detaches_at_end.load()) detach_all();
  end_returned();
  for (const auto& [id, record] : lent_)
    napi_delete_reference(env_, std::exchange(record->buffer, nullptr));
  lent_.clear();
  constants_.clear();
  home_->end();
  end_returned();
}

void Loans::detach_all() {
  std::vector<uint32_t> ids;
  ids.reserve(lent_.size());
  for (const auto& [id, record] : lent_) ids.push_back(id);
  for (const uint32_t id : ids) {
    HandleScope scope(env_);
    take_back(id);
  }
}

void Loans::abandon() { home_->end(); }

}  // namespace pybridge
