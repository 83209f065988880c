#pragma once
// Signals are blocked everywhere and taken by whoever waits for them: no handler, so nothing that a handler
// must not do.

#include <atomic>
#include <chrono>
#include <thread>

namespace orderly {

/// SIGTERM, SIGINT, SIGHUP and the one of wake_waiter(). Call before the first thread: threads inherit it.
void block_signals();
/// While it lives, SIGTERM or SIGINT ends the process at once, with 128 + its number: nothing has been answered yet. One that
/// comes as it goes is next_signal()'s, so none is lost.
class end_while_starting {
public:
  end_while_starting();
  ~end_while_starting();
  end_while_starting(const end_while_starting&) = delete;
  end_while_starting& operator=(const end_while_starting&) = delete;

private:
  void watch();

  std::atomic<bool> over_{false};
  std::thread watcher_;
};
/// Blocks until SIGTERM, SIGINT or SIGHUP comes, or, 0, wake_waiter() was called.
int next_signal();
/// Lets next_signal() return. From any thread; not lost if it comes before.
void wake_waiter();
/// From now on SIGTERM or SIGINT ends the process at once, with 128 + its number; so does the end of `limit`, with 70.
void end_at_next_signal(std::chrono::milliseconds limit);

} // namespace orderly
