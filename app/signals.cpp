#include "app/signals.hpp"

#include "base/exit_code.hpp"
#include "base/log.hpp"

#include <csignal>
#include <initializer_list>
#include <thread>
#include <unistd.h>

namespace orderly {
namespace {

// Sent by this process; from anybody else they have no effect. The second one to one thread only, so that it takes nothing from
// whoever waits for the first.
constexpr int waking = SIGUSR1, started = SIGUSR2;

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int one : signals)
    sigaddset(&set, one);
  return set;
}

/// The second ending signal, or 0 when `until` comes first.
int second_signal(std::chrono::steady_clock::time_point until) {
  const auto set = set_of({SIGTERM, SIGINT});
  for (;;) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0)
      return 0;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec wait{static_cast<time_t>(seconds.count()),
                        static_cast<long>(std::chrono::nanoseconds{left - seconds}.count())};
    if (const int signal = sigtimedwait(&set, nullptr, &wait); signal > 0)
      return signal;
  }
}

} // namespace

void block_signals() {
  const auto set = set_of({SIGTERM, SIGINT, SIGHUP, waking, started});
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN); // a peer that went away is an error of that write
  std::signal(SIGXFSZ, SIG_IGN); // and so is a file that may not grow any more (`ulimit -f`): the store says 503
}

end_while_starting::end_while_starting() : watcher_([this] { watch(); }) {}

end_while_starting::~end_while_starting() {
  over_ = true;
  pthread_kill(watcher_.native_handle(), started);
  watcher_.join();
}

void end_while_starting::watch() {
  const auto set = set_of({SIGTERM, SIGINT, started});
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0)
      continue;
    const bool ends = signal != started;
    if (ends && !over_)
      _exit(128 + signal);
    if (ends)
      ::kill(::getpid(), signal); // it came too late for this thread, so it goes back
    if (over_)
      return;
  }
}

int next_signal() {
  const auto set = set_of({SIGTERM, SIGINT, SIGHUP, waking});
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal == waking ? 0 : signal;
}

void wake_waiter() { ::kill(::getpid(), waking); }

void end_at_next_signal(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  std::thread{[until] {
    if (const int signal = second_signal(until))
      _exit(128 + signal);
    log(log_level::error, "stop.overdue",
        "the engine does not come to its end in time and is cut off; what was answered is stored");
    finish_logging();
    _exit(static_cast<int>(exit_code::internal));
  }}.detach();
}

} // namespace orderly
