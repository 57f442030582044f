// Where no libuv fans signals out, our handler goes in front of whoever has one, tells the watcher
// through a pipe, and calls the other.
//
//   1. A handler that the runtime installs later replaces ours: when it has begun to listen, ours
//      goes in front again, a moment later. Deno's calls the one that it replaced: ours, from
//      within ours, which then has nothing left to do.
//   2. Where JavaScript does not listen, a handler that stands in for the end of the process is not
//      called: Node's has SA_RESETHAND, Deno's stays when the last listener has gone. Whether the
//      process ends is decided by who is told (runtime/signals.h, rule 3).
//   3. A child of fork shares the pipe with its parent, and writes nothing.

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>

#include "errors/bridge_error.h"
#include "runtime/signals.h"
#include "runtime/watch_loop.h"

namespace pybridge {
namespace {

using Clock = std::chrono::steady_clock;

// For the handler, which may only read them.
int told_by = -1;
pid_t told_in = -1;
std::array<struct sigaction, NSIG> behind;
std::array<std::atomic<bool>, NSIG> has_listeners;
std::array<std::atomic<pthread_t>, NSIG> within;  // the thread that our handler runs on

bool is_to_be_called(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN &&
         (action.sa_flags & static_cast<int>(SA_RESETHAND)) == 0;
}

bool may_end_the_process(int signal) {
  return !has_listeners[static_cast<size_t>(signal)].load() && signals::ends_the_process(signal);
}

void write_byte(unsigned char byte) {
  // A full pipe wakes whoever reads it anyway.
  [[maybe_unused]] const auto written = write(told_by, &byte, 1);
}

// Runs in signal handlers: nothing here may lock or allocate.
void tell_and_pass_on(int signal, siginfo_t* info, void* context) {
  // The signal is blocked meanwhile: on one thread, only a handler's call can come again.
  std::atomic<pthread_t>& thread = within[static_cast<size_t>(signal)];
  if (thread.load() == pthread_self()) return;
  const int kept = errno;
  if (getpid() == told_in) write_byte(static_cast<unsigned char>(signal));
  const struct sigaction& next = behind[static_cast<size_t>(signal)];
  if (is_to_be_called(next) && !may_end_the_process(signal)) {
    thread.store(pthread_self());
    if ((next.sa_flags & SA_SIGINFO) != 0)
      next.sa_sigaction(signal, info, context);
    else
      next.sa_handler(signal);
    thread.store({});
  }
  errno = kept;
}

bool is_ours(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == tell_and_pass_on;
}

// Lives for ever: its thread does.
class PollWatchLoop final : public WatchLoop {
 public:
  explicit PollWatchLoop(const Events& events) : events_(events) {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw BridgeError(Code::START_FAILED,
                        std::string("no thread for signals: ") + std::strerror(errno));
    read_end_ = ends[0];
    told_by = ends[1];
    told_in = getpid();
  }

  [[noreturn]] void run() override {
    for (;;) {
      pollfd readable{read_end_, POLLIN, 0};
      poll(&readable, 1, patience());
      read_all();
      if (due_ && *due_ <= Clock::now()) {
        due_.reset();
        events_.due();
      }
    }
  }

  void wake() override { write_byte(0); }

  void set_timer(uint64_t milliseconds) override {
    due_ = Clock::now() + std::chrono::milliseconds(milliseconds);
  }

  void stop_timer() override { due_.reset(); }

  void watch(int signal) override {
    std::lock_guard lock(mutex_);
    watched_[static_cast<size_t>(signal)] = true;
    put_in_front(signal);
  }

  void unwatch(int signal) override {
    std::lock_guard lock(mutex_);
    watched_[static_cast<size_t>(signal)] = false;
    struct sigaction now;
    if (sigaction(signal, nullptr, &now) == 0 && is_ours(now))
      sigaction(signal, &behind[static_cast<size_t>(signal)], nullptr);
  }

  void listened_to(int signal, bool listeners) override {
    std::lock_guard lock(mutex_);
    has_listeners[static_cast<size_t>(signal)].store(listeners);
    if (watched_[static_cast<size_t>(signal)]) put_in_front(signal);
  }

 private:
  int patience() const {
    if (!due_) return -1;
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(*due_ - Clock::now()).count();
    return left <= 0 ? 0 : static_cast<int>((left + 999) / 1000);
  }

  void read_all() {
    std::array<unsigned char, 256> bytes;
    bool woken = false;
    for (ssize_t count; (count = read(read_end_, bytes.data(), bytes.size())) > 0;) {
      for (ssize_t i = 0; i < count; i++) {
        const int signal = bytes[static_cast<size_t>(i)];
        if (signal == 0)
          woken = true;
        else
          events_.arrived(signal);
      }
    }
    if (woken) events_.woken();
  }

  static void put_in_front(int signal) {
    struct sigaction now;
    if (sigaction(signal, nullptr, &now) != 0 || is_ours(now)) return;
    behind[static_cast<size_t>(signal)] = now;
    struct sigaction ours{};
    ours.sa_sigaction = tell_and_pass_on;
    ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigfillset(&ours.sa_mask);
    sigaction(signal, &ours, nullptr);
  }

  const Events events_;
  int read_end_ = -1;
  std::optional<Clock::time_point> due_;
  std::mutex mutex_;
  std::array<bool, NSIG> watched_{};
};

}  // namespace

std::unique_ptr<WatchLoop> open_poll_watch_loop(const WatchLoop::Events& events) {
  return std::make_unique<PollWatchLoop>(events);
}

}  // namespace pybridge
