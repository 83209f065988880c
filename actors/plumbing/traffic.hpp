#pragma once
// How many messages each kind of actor was sent and took, and how long they waited. Debian's CAF has no profiler and its
// mailboxes no bound, so this is where a backlog is seen.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace orderly {

/// Of all actors of a kind in this process; every thread writes.
class message_traffic {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void sent() noexcept { sent_.fetch_add(1, std::memory_order_relaxed); }
  /// @param when it was sent, or was due where it was sent for later
  void taken(time_point when, time_point now) noexcept {
    const auto waited = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::microseconds>(now - when).count());
    waited_.fetch_add(static_cast<std::uint64_t>(waited), std::memory_order_relaxed);
    taken_.fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t count_sent() const noexcept { return sent_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t count_taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
  /// In mailboxes or under a timer; what a dead actor had in its mailbox stays in it.
  [[nodiscard]] std::uint64_t waiting() const noexcept {
    const auto taken = count_taken(), sent = count_sent(); // in this order: never more taken than sent
    return sent > taken ? sent - taken : 0;
  }
  /// The sum over all that were taken.
  [[nodiscard]] std::chrono::microseconds waited() const noexcept {
    return std::chrono::microseconds{waited_.load(std::memory_order_relaxed)};
  }

private:
  alignas(64) std::atomic<std::uint64_t> sent_{0}; // written by senders, the others by receivers
  alignas(64) std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> waited_{0};
};

/// By the type of an actor's handle: the kind.
template <class Handle>
inline message_traffic traffic_of;

} // namespace orderly
