#include "runtime/keeper.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "cpython/check.h"
#include "cpython/system_thread.h"
#include "runtime/end.h"

namespace pybridge::keeper {
namespace {

// Lives for ever: its thread does.
struct Keeper {
  Thread thread;
  std::mutex mutex;
  std::condition_variable asked;
  std::deque<std::function<void()>> bodies;
};

std::atomic<Keeper*> keeper{nullptr};

[[noreturn]] void serve(Keeper& self) {
  for (;;) {
    std::function<void()> body;
    {
      std::unique_lock lock(self.mutex);
      self.asked.wait(lock, [&self] { return !self.bodies.empty(); });
      body = std::move(self.bodies.front());
      self.bodies.pop_front();
    }
    try {
      Attached attached(self.thread);
      body();
      if (is_forked()) leave_child(nullptr);
    } catch (...) {
      // Python has ended.
    }
  }
}

void ask(std::function<void()> body) {
  Keeper& self = *keeper.load();
  std::lock_guard lock(self.mutex);
  self.bodies.push_back(std::move(body));
  self.asked.notify_one();
}

}  // namespace

void start(const std::function<void(Thread& thread)>& start) {
  auto* made = new Keeper;
  std::promise<void> started;
  std::thread([made, &start, &started] {
    name_this_thread("pybridge-keeper");
    made->thread.settle_here();
    try {
      start(made->thread);
      keeper.store(made);
      started.set_value();
    } catch (...) {
      started.set_exception(std::current_exception());
      return;
    }
    serve(*made);
  }).detach();
  started.get_future().get();
}

bool is_main() { return keeper.load() != nullptr; }

void run_handlers() {
  ask([] {
    if (PyErr_CheckSignals() != 0) PyErr_WriteUnraisable(nullptr);
  });
}

bool run(const std::function<void()>& body, int milliseconds) {
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> finished = done->get_future();
  ask([body, done] {
    body();
    done->set_value();
  });
  return finished.wait_for(std::chrono::milliseconds(milliseconds)) == std::future_status::ready;
}

}  // namespace pybridge::keeper
