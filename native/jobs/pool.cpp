#include "jobs/pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "cpython/schedule.h"
#include "cpython/system_thread.h"
#include "runtime/blocked.h"
#include "runtime/start.h"
#include "runtime/watcher.h"

namespace pybridge::pool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t stuck_after_milliseconds = 5;
// Without a GIL another thread helps wherever jobs wait, if they are worth it: for each that ends,
// and ten more, this is what was computed. Shorter ones would only meet at the queue.
constexpr uint64_t worth_nanoseconds = 20'000;
uint64_t look_every_milliseconds() { return free_threaded ? 1 : stuck_after_milliseconds; }

constexpr auto spin_for = std::chrono::microseconds(50);
// A spinning thread may hold the very core that whoever it has just answered is woken on: it looks
// only where the job before came as soon.
constexpr auto soon = std::chrono::microseconds(150);
constexpr auto attached_for = std::chrono::microseconds(500);

struct Worker {
  std::shared_ptr<Thread> thread = std::make_shared<Thread>();
  std::atomic<bool> settled{false};
  std::atomic<bool> awake{true};
  std::atomic<bool> runs_job{false};  // where it may be blocked: elsewhere it waits for us only
  std::atomic<bool> given_up{false};
  bool welcome = false;
};

// Lives for ever: its threads do.
struct Pool {
  std::mutex mutex;
  std::condition_variable submitted;
  std::deque<std::shared_ptr<Job>> jobs;
  std::vector<Worker*> workers;
  Limits limits;
  size_t parked = 0;
  bool looking = false;
  size_t ended_at_last_look = 0;
  uint64_t computed_at_last_look = 0;
  uint64_t stuck_for = 0;  // milliseconds
  std::atomic<size_t> waiting{0};
  std::atomic<size_t> spinning{0};
  std::atomic<size_t> ended{0};
  std::atomic<bool> welcoming{true};  // until the first thread is ready: others could not be sooner
};

Pool& pool() {
  static auto* made = new Pool;
  return *made;
}

std::shared_ptr<Job> take(Pool& self) {
  std::lock_guard lock(self.mutex);
  if (self.jobs.empty()) return nullptr;
  std::shared_ptr<Job> job = std::move(self.jobs.front());
  self.jobs.pop_front();
  self.waiting.store(self.jobs.size());
  return job;
}

// Rule 4. Whether a job came soon.
bool wait_for_jobs(Pool& self, Worker& worker, bool looks) {
  static const bool may_spin = std::thread::hardware_concurrency() > 1;
  const auto began = Clock::now();
  if (may_spin && looks) {
    self.spinning++;
    const auto until = began + spin_for;
    while (self.waiting.load(std::memory_order_relaxed) == 0 && Clock::now() < until) {
    }
    self.spinning--;
    if (self.waiting.load() > 0) return true;
  }
  std::unique_lock lock(self.mutex);
  self.parked++;
  worker.awake.store(false);
  self.submitted.wait(lock, [&self] { return !self.jobs.empty(); });
  worker.awake.store(true);
  self.parked--;
  return Clock::now() < began + soon;
}

// Rule 3.
void work(Pool& self, Worker& worker) {
  Attached attached(*worker.thread);
  if (!std::exchange(worker.welcome, true)) {
    welcome_other_thread();
    self.welcoming.store(false);
  }
  const auto until = Clock::now() + attached_for;
  do {
    std::shared_ptr<Job> job = take(self);
    if (job == nullptr) return;
    schedule_point("job");
    worker.runs_job.store(true, std::memory_order_relaxed);
    job->run(worker.thread);
    job.reset();
    worker.runs_job.store(false, std::memory_order_relaxed);
    worker.given_up.store(false);
    self.ended.fetch_add(1, std::memory_order_relaxed);
  } while (Clock::now() < until);
}

[[noreturn]] void run(Pool& self, Worker& worker, size_t number) {
  name_this_thread(("pybridge-job-" + std::to_string(number)).c_str());
  worker.thread->settle_here();
  worker.settled.store(true);
  worker.thread->state = PyThreadState_New(PyInterpreterState_Main());
  for (bool soon_again = false;;) {
    soon_again = wait_for_jobs(self, worker, soon_again);
    try {
      work(self, worker);
    } catch (...) {
      // Python has ended, and so will the process: nobody waits for jobs any more.
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
  }
}

// With the mutex.
void add_worker(Pool& self) {
  auto* worker = new Worker;
  try {
    std::thread([&self, worker, number = self.workers.size() + 1] {
      run(self, *worker, number);
    }).detach();
    self.workers.push_back(worker);
  } catch (const std::system_error&) {
    delete worker;  // no thread to be had: those that there are will do
  }
}

// Nanoseconds that all threads have, so far. With the mutex.
uint64_t computed_by_all(const Pool& self) {
  uint64_t sum = 0;
  for (const Worker* worker : self.workers) {
    if (worker->settled.load()) sum += computed_by(*worker->thread);
  }
  return sum;
}

bool is_blocked(const Worker& worker) {
  return worker.settled.load() && worker.runs_job.load() &&
         spot_of(worker.thread->number).blocked();
}

// Rule 2. With the mutex. Where nothing is stuck, whoever is blocked is so for a moment only.
void wake_or_add(Pool& self, bool stuck) {
  size_t computing = 0, all = 0;
  for (const Worker* worker : self.workers) {
    if (worker->given_up.load()) continue;
    all++;
    if (worker->awake.load() && !(stuck && is_blocked(*worker))) computing++;
  }
  const bool may_compute = computing < self.limits.busy;
  if (self.parked > 0 && (stuck || may_compute))
    self.submitted.notify_one();
  else if (self.parked == 0 && may_compute && all < self.limits.max)
    add_worker(self);
}

// With the mutex.
void begin_to_look(Pool& self) {
  self.ended_at_last_look = self.ended.load();
  self.computed_at_last_look = free_threaded ? computed_by_all(self) : 0;
}

void look() {
  Pool& self = pool();
  std::lock_guard lock(self.mutex);
  const size_t ends = self.ended.load() - self.ended_at_last_look;
  const uint64_t computed = free_threaded ? computed_by_all(self) - self.computed_at_last_look : 0;
  self.stuck_for = ends > 0 ? 0 : self.stuck_for + look_every_milliseconds();
  const bool stuck = self.stuck_for >= stuck_after_milliseconds;
  if (!self.jobs.empty() && !self.welcoming.load() &&
      (stuck || computed > worth_nanoseconds * (ends + 10)))
    wake_or_add(self, stuck);
  // Also where jobs come now and then: to wake the watcher for each would cost as much as the job.
  self.looking = !self.jobs.empty() || ends > 0;
  begin_to_look(self);
  if (self.looking) watcher::after(look_every_milliseconds(), look);
}

}  // namespace

void configure(Limits limits) {
  constexpr size_t with_gil = 4;
  const size_t cores = free_threaded ? std::thread::hardware_concurrency() : 1;
  if (limits.busy == 0) limits.busy = std::min(std::max(with_gil, cores), limits.max);
  Pool& self = pool();
  std::lock_guard lock(self.mutex);
  self.limits = limits;
}

bool submit(std::shared_ptr<Job> job) {
  Pool& self = pool();
  bool wake = false;
  {
    std::lock_guard lock(self.mutex);
    self.jobs.push_back(std::move(job));
    self.waiting.store(self.jobs.size());
    const bool is_first = self.workers.empty();
    if (is_first) add_worker(self);
    wake = is_first || (self.parked > 0 && self.spinning.load() == 0);
    if (!self.looking) {
      self.looking = true;
      self.stuck_for = 0;
      begin_to_look(self);
      watcher::after(look_every_milliseconds(), look);
    }
  }
  if (wake) self.submitted.notify_one();
  return !wake;
}

void give_up(const Thread& thread) {
  Pool& self = pool();
  std::lock_guard lock(self.mutex);
  for (Worker* worker : self.workers) {
    if (worker->thread.get() == &thread) worker->given_up.store(true);
  }
}

size_t size() {
  Pool& self = pool();
  std::lock_guard lock(self.mutex);
  return self.workers.size();
}

}  // namespace pybridge::pool
