#pragma once
// Signals are blocked everywhere and taken by whoever waits for them: no handler, so nothing that a handler
// must not do.

#include <chrono>

namespace orderly {

/// SIGTERM, SIGINT, SIGHUP and the one of wake_waiter(). Call before the first thread: threads inherit it.
void block_signals();
/// Blocks until SIGTERM, SIGINT or SIGHUP comes, or, 0, wake_waiter() was called.
int next_signal();
/// Lets next_signal() return. From any thread; not lost if it comes before.
void wake_waiter();
/// From now on SIGTERM or SIGINT ends the process at once, with 128 + its number; so does the end of `limit`, with 70.
void end_at_next_signal(std::chrono::milliseconds limit);

} // namespace orderly
