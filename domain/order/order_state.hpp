#pragma once
// The state machine: one table (DESIGN section 2). Guards, paths, console buttons and docs derive from it.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace orderly {

enum class order_state : std::uint8_t { received, processing, shipped, delivered, failed };

struct legal_move {
  order_state from;
  order_state to;
};

inline constexpr std::array<legal_move, 6> legal_moves{{
    {order_state::received, order_state::processing},
    {order_state::received, order_state::failed},
    {order_state::processing, order_state::shipped},
    {order_state::processing, order_state::failed},
    {order_state::shipped, order_state::delivered},
    {order_state::failed, order_state::processing}, // retry
}};

constexpr bool is_legal(order_state from, order_state to) {
  for (const auto& move : legal_moves)
    if (move.from == from && move.to == to)
      return true;
  return false;
}

/// It has left the seller.
constexpr bool is_out(order_state state) { return state == order_state::shipped || state == order_state::delivered; }

/// Every state that one legal move reaches, in the order of the enum.
std::vector<order_state> next_states(order_state from);
/// The states after `from` along the shortest legal path that ends in `to`; empty if they are equal, nothing if there is no path.
std::optional<std::vector<order_state>> shortest_path(order_state from, order_state to);

std::string_view name_of(order_state state);
std::optional<order_state> order_state_from(std::string_view name);
std::span<const order_state> all_order_states();
/// In the order of the enum.
std::span<const std::string_view> order_state_names();

} // namespace orderly
