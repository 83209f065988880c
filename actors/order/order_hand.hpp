#pragma once
// What an order's actor is at, written by it and read by its shard at any time, also after its death.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace orderly {

enum class order_phase : std::uint8_t { idle, loading, committing };

struct order_hand {
  std::atomic<std::size_t> inputs{0}; ///< in hand: the first of those that its shard keeps
  std::atomic<order_phase> phase{order_phase::idle};
};

} // namespace orderly
