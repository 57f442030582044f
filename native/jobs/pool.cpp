#include "jobs/pool.h"

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

constexpr uint64_t look_every_milliseconds = 5;
constexpr auto spin_for = std::chrono::microseconds(50);
// A spinning thread may hold the very core that whoever it has just answered is woken on: it looks
// only where the job before came as soon.
constexpr auto soon = std::chrono::microseconds(150);
constexpr auto attached_for = std::chrono::microseconds(500);

struct Worker {
  std::shared_ptr<Thread> thread = std::make_shared<Thread>();
  std::atomic<bool> busy{false};
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
bool wait_for_jobs(Pool& self, bool looks) {
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
  self.submitted.wait(lock, [&self] { return !self.jobs.empty(); });
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
    job->run(worker.thread);
    job.reset();
    worker.given_up.store(false);
    self.ended.fetch_add(1, std::memory_order_relaxed);
  } while (Clock::now() < until);
}

[[noreturn]] void run(Pool& self, Worker& worker, size_t number) {
  name_this_thread(("pybridge-job-" + std::to_string(number)).c_str());
  worker.thread->settle_here();
  worker.thread->state = PyThreadState_New(PyInterpreterState_Main());
  for (bool soon_again = false;;) {
    soon_again = wait_for_jobs(self, soon_again);
    worker.busy.store(true);
    try {
      work(self, worker);
    } catch (...) {
      // Python has ended, and so will the process: nobody waits for jobs any more.
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
    worker.busy.store(false);
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

// Rule 2. With the mutex.
bool may_have_another(Pool& self) {
  size_t computing = 0, all = 0;
  for (const Worker* worker : self.workers) {
    if (worker->given_up.load()) continue;
    all++;
    if (worker->busy.load() && !spot_of(worker->thread->number).blocked()) computing++;
  }
  return computing < self.limits.busy && all < self.limits.max;
}

void look() {
  Pool& self = pool();
  std::lock_guard lock(self.mutex);
  const bool is_stuck =
      !self.jobs.empty() && !self.welcoming.load() && self.ended.load() == self.ended_at_last_look;
  if (is_stuck && self.parked > 0)
    self.submitted.notify_one();
  else if (is_stuck && may_have_another(self))
    add_worker(self);
  // Also where jobs come now and then: to wake the watcher for each would cost as much as the job.
  const bool was_idle = self.ended_at_last_look == self.ended.load();
  self.ended_at_last_look = self.ended.load();
  self.looking = !self.jobs.empty() || !was_idle;
  if (self.looking) watcher::after(look_every_milliseconds, look);
}

}  // namespace

void configure(Limits limits) {
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
      self.ended_at_last_look = self.ended.load();
      watcher::after(look_every_milliseconds, look);
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
