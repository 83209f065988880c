#pragma once
// Ctrl-C and its like while a file is written that is not to be left half finished. Signals are blocked and asked for: no
// handler.

#include "base/exit_code.hpp"

#include <csignal>
#include <ctime>

namespace orderly {

/// From its making on, which comes before any thread, SIGINT, SIGTERM and SIGHUP only say that they came. Used by one thread.
class ending_signals {
public:
  ending_signals() {
    sigemptyset(&set_);
    for (const int one : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&set_, one);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  /// None has come.
  bool none() {
    const timespec at_once{};
    if (came_ == 0)
      if (const int signal = sigtimedwait(&set_, nullptr, &at_once); signal > 0)
        came_ = signal;
    return came_ == 0;
  }
  /// How the program ends for it, or for `otherwise`.
  [[nodiscard]] exit_code code(exit_code otherwise) const { return came_ == 0 ? otherwise : static_cast<exit_code>(128 + came_); }

private:
  sigset_t set_{};
  int came_ = 0;
};

} // namespace orderly
