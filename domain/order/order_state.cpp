#include "domain/order/order_state.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::array<order_state, 5> states{order_state::received, order_state::processing, order_state::shipped,
                                            order_state::delivered, order_state::failed};
constexpr std::array<std::string_view, states.size()> names{"received", "processing", "shipped", "delivered", "failed"};

constexpr std::size_t index_of(order_state state) { return static_cast<std::size_t>(state); }

} // namespace

std::span<const order_state> all_order_states() { return states; }
std::span<const std::string_view> order_state_names() { return names; }

std::string_view name_of(order_state state) { return names[index_of(state)]; }

std::optional<order_state> order_state_from(std::string_view name) {
  for (auto state : states)
    if (name_of(state) == name)
      return state;
  return std::nullopt;
}

std::vector<order_state> next_states(order_state from) {
  std::vector<order_state> next;
  for (auto state : states)
    if (is_legal(from, state))
      next.push_back(state);
  return next;
}

std::optional<std::vector<order_state>> shortest_path(order_state from, order_state to) {
  std::array<std::optional<std::vector<order_state>>, states.size()> path_to;
  path_to[index_of(from)].emplace();
  std::vector<order_state> frontier{from};
  while (!frontier.empty() && !path_to[index_of(to)]) {
    std::vector<order_state> reached;
    for (auto state : frontier)
      for (auto next : next_states(state))
        if (!path_to[index_of(next)]) {
          path_to[index_of(next)] = path_to[index_of(state)];
          path_to[index_of(next)]->push_back(next);
          reached.push_back(next);
        }
    frontier = std::move(reached);
  }
  return path_to[index_of(to)];
}

} // namespace orderly
