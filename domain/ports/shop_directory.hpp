#pragma once
// The shops that can be called, as they are now. Filled by app/ from the configuration; implemented in net/tiktok. Whoever calls
// a shop asks here at the moment of the call and keeps nothing: so a shop that comes or goes, or a token that is renewed, counts
// from the next call on.

#include "domain/tiktok/shop.hpp"

#include <map>
#include <memory>

namespace orderly {

using shops_by_id = std::map<shop_id, shop>;

/// Thread-safe, never blocks.
class shop_directory {
public:
  virtual ~shop_directory() = default;
  /// Never null; does not change once it was given.
  [[nodiscard]] virtual std::shared_ptr<const shops_by_id> now() const = 0;

  /// Null: no shop of ours.
  [[nodiscard]] std::shared_ptr<const shop> find(const shop_id& id) const {
    const auto all = now();
    const auto found = all->find(id);
    return found == all->end() ? nullptr : std::shared_ptr<const shop>{all, &found->second};
  }
  /// Nothing: it can be called.
  [[nodiscard]] std::optional<shop_obstacle> obstacle_to(const shop_id& id) const {
    const auto found = find(id);
    return found ? found->obstacle : shop_obstacle::not_connected;
  }
};

} // namespace orderly
