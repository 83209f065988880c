#pragma once
// Redraws lines in place: cursor home, each line cleared to its end. The cursor is hidden meanwhile and comes back on every way
// out. What wakes the loop that draws: a signal, another thread, or time.

#include "tools/orderly/remote/terminal.hpp"

#include <chrono>

namespace orderly {

class live_screen {
public:
  live_screen();
  ~live_screen();
  live_screen(const live_screen&) = delete;
  live_screen& operator=(const live_screen&) = delete;

  /// At most as many lines as the screen has; what stood below them goes.
  void draw(const view::lines& page);
  /// The cursor comes back, below what is there, until the next draw().
  void leave();

private:
  bool drawing_ = false;
};

/// Signals as values. Make it before any other thread, for threads inherit what is blocked.
class wake_source {
public:
  enum class reason { time, other_thread, resized, suspended, ended };
  struct wake {
    reason why = reason::time;
    int signal = 0; ///< that ended it
  };

  wake_source();
  ~wake_source();
  wake_source(const wake_source&) = delete;
  wake_source& operator=(const wake_source&) = delete;

  /// From any thread.
  void notify() const;
  wake wait_until(std::chrono::steady_clock::time_point limit) const;
  /// Stops like a program that does not handle Ctrl-Z; returns when it goes on.
  static void suspend();

private:
  int signals_ = -1, notes_ = -1;
};

} // namespace orderly
