#pragma once
// The first so many orders of a walk, sorted: what is not among them is not kept.

#include "actors/engine/seen.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace orderly {

class order_choice {
public:
  explicit order_choice(shard_request what) : what_(std::move(what)) {}

  [[nodiscard]] bool matches(std::string_view id) const { return id.find(what_.id_part) != std::string_view::npos; }
  /// @param id  taken as the view's own if it is kept
  void take(actor_view one, std::string_view id);
  void restart() { kept_.clear(); }
  /// Sorted; empties this.
  std::vector<actor_view> finish();

private:
  shard_request what_;
  std::vector<actor_view> kept_; ///< a heap, the last of them first
};

/// Which of two comes first. What is not known comes last either way; ties by id.
class actor_order {
public:
  explicit actor_order(const shard_request& what) : what_(what) {}
  [[nodiscard]] bool comes_before(const actor_view& a, std::string_view a_id, const actor_view& b, std::string_view b_id) const;
  bool operator()(const actor_view& a, const actor_view& b) const { return comes_before(a, a.id, b, b.id); }

private:
  const shard_request& what_;
};

} // namespace orderly
