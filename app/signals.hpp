#pragma once
// Signals are blocked everywhere and taken by whoever waits for them: no handler, so nothing that a handler
// must not do.

namespace orderly {

/// SIGTERM, SIGINT and SIGHUP. Call before the first thread: threads inherit it.
void block_signals();
/// Blocks until one of them comes.
int next_signal();
/// From now on SIGTERM or SIGINT ends the process at once, with 128 + its number.
void end_at_next_signal();

} // namespace orderly
