#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "runtime/dispositions.h"
#include "runtime/libuv.h"

namespace pybridge::signals {
namespace {

using Handler = void (*)(int);

std::atomic<Handler> python_handler{nullptr};
struct sigaction kept_one;

// Who starts Python with PYTHONFAULTHANDLER or PYTHONDEVMODE wants to be told of these.
bool tells_of_crash(int signal) {
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE ||
         signal == SIGILL;
}

}  // namespace

struct Kept::Dispositions {
  std::array<struct sigaction, NSIG> saved;
  std::array<bool, NSIG> known{};
};

Kept::Kept() : kept_(new Dispositions) {
  for (int signal = 1; signal < NSIG; signal++) {
    const auto index = static_cast<size_t>(signal);
    kept_->known[index] = sigaction(signal, nullptr, &kept_->saved[index]) == 0;
  }
}

Kept::~Kept() {
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction now;
    const auto index = static_cast<size_t>(signal);
    const struct sigaction& before = kept_->saved[index];
    if (!kept_->known[index] || sigaction(signal, nullptr, &now) != 0) continue;
    if (now.sa_handler == before.sa_handler || tells_of_crash(signal)) continue;
    if (signal == SIGINT && now.sa_handler != SIG_IGN && now.sa_handler != SIG_DFL)
      python_handler.store(now.sa_handler);
    sigaction(signal, &before, nullptr);
  }
  delete kept_;
}

void keep_disposition(int signal) { sigaction(signal, nullptr, &kept_one); }

void learn_python_handler(int signal) {
  struct sigaction now;
  if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != kept_one.sa_handler)
    python_handler.store(now.sa_handler);
}

void put_disposition_back(int signal) { sigaction(signal, &kept_one, nullptr); }

void trip(int signal) {
  if (Handler handler = python_handler.load()) handler(signal);
}

// A real-time one, where there are such: Node has no name for those, so nobody displaces it there.
int wake_signal() {
#if defined(SIGRTMIN)
  static const int chosen = [] {
    for (int signal = SIGRTMAX - 2; signal > SIGRTMIN; signal--) {
      struct sigaction now;
      if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) return signal;
    }
    return SIGRTMAX - 2;
  }();
  return chosen;
#else
  return SIGEMT;  // macOS has none, and no machine that it runs on raises this one
#endif
}

void send_wake_signal(const Thread& thread) {
  pthread_kill((pthread_t)thread.identity, wake_signal());
}

// signal(7)
bool ends_the_process(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:  return false;
    default:       return true;
  }
}

bool can_be_shared(int signal) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGKILL:
    case SIGSTOP: return false;
    default:      return signal > 0 && signal < NSIG;
  }
}

// Without it the children of Node never end.
bool is_needed_by_node(int signal) { return signal == SIGCHLD; }

void die_of(int signal) {
  if (uses_libuv.load()) uv_tty_reset_mode();
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  kill(getpid(), signal);
  pthread_kill(pthread_self(), signal);
  _exit(128 + signal);  // whoever traces this process kept the signal
}

}  // namespace pybridge::signals
