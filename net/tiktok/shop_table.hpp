#pragma once
// The shop directory. It stands beside the calls to TikTok, which use its tokens and learn first when one is no good any more; it
// is made by app/, which hands it to the engine as a port.

#include "base/published.hpp"
#include "domain/ports/shop_directory.hpp"

#include <utility>
#include <vector>

namespace orderly {

/// Thread-safe.
class shop_table final : public shop_directory {
public:
  shop_table() = default;
  explicit shop_table(std::vector<shop> all) { replace(std::move(all)); }

  [[nodiscard]] std::shared_ptr<const shops_by_id> now() const override { return shops_.now(); }

  /// A new shop, or what has changed of one. Who was connected already has been so since then.
  void put(shop one) {
    shops_.change([&](shops_by_id& all) { keep(all, all, std::move(one)); });
  }
  void remove(const shop_id& id) {
    shops_.change([&](shops_by_id& all) { all.erase(id); });
  }
  /// These and no others.
  void replace(std::vector<shop> by) {
    shops_.change([&](shops_by_id& all) {
      shops_by_id next;
      for (auto& one : by)
        keep(next, all, std::move(one));
      all = std::move(next);
    });
  }

private:
  static void keep(shops_by_id& into, const shops_by_id& before, shop one) {
    if (const auto known = before.find(one.id); known != before.end())
      one.connected_since = known->second.connected_since;
    auto id = one.id;
    into.insert_or_assign(std::move(id), std::move(one));
  }

  published<shops_by_id> shops_;
};

} // namespace orderly
