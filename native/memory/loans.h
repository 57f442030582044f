#pragma once
// Memory of Python's that JavaScript sees, through ArrayBuffers.
//
//   1. Each ArrayBuffer has a share of a Loan, which keeps the memory, until V8 has let go of it:
//      the ArrayBuffer may be transferred, to another thread too, and its memory goes with it.
//   2. V8 lets go on any thread and must not wait for Python: what it gives back is ended between
//      two calls of the environment that lent it, and after the end of that one by another.
//   3. An environment that ends detaches its ArrayBuffers: no code of its own can see them any
//      more. Deno has no handles any more then, and gives back what it has collected.
//   4. Where there are no backing stores, Node-API makes the ArrayBuffers, whose end it tells
//      later, from the event loop; where it may not either, the memory is copied.

#include <node_api.h>

#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

namespace pybridge {

// What keeps the memory; whoever made it has a class of its own. Dies on an attached thread.
struct Loan {
  Loan() = default;
  virtual ~Loan() = default;
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
};

// Rule 3, of this runtime.
inline std::atomic<bool> detaches_at_end{true};

// Of one environment.
class Loans {
 public:
  explicit Loans(napi_env env);
  ~Loans() = default;
  Loans(const Loans&) = delete;
  Loans& operator=(const Loans&) = delete;

  struct Lent {
    napi_value buffer;
    uint32_t id;  // names it in `take_back`; 0 where it is a copy, or has no byte
    std::shared_ptr<Loan> loan;
  };

  // An ArrayBuffer over the memory that a loan keeps.
  Lent lend(std::shared_ptr<Loan> loan, void* data, size_t length);

  // The same for memory that never changes: where it is lent already, its ArrayBuffer is as good,
  // and V8 need not count the memory again.
  napi_value lend_constant(const std::shared_ptr<Loan>& loan, const void* data, size_t length);

  // The ArrayBuffer, as long as it lives and has its memory; null from then on.
  napi_value buffer(uint32_t id) const;

  // Detaches it.
  void take_back(uint32_t id);

  // Rule 2: between two calls, attached; gives how many bytes they were. Runs code of the user's.
  bool has_returned() const;
  size_t end_returned();

  // The environment ends: rule 3. Attached.
  void end();
  // Python has ended first: what is lent stays as it is.
  void abandon();

  size_t live() const { return lent_.size(); }

  struct Home;
  struct Record;

 private:
  void detach_all();
  napi_value make(std::unique_ptr<Record>& record, void* data, size_t length);

  napi_env env_;
  std::shared_ptr<Home> home_;
  std::unordered_map<uint32_t, Record*> lent_;
  std::unordered_map<const void*, uint32_t> constants_;
  uint32_t last_id_ = 0;
};

}  // namespace pybridge
