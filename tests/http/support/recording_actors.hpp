#pragma once
// An actor_port that remembers what was asked and answers what the test says.

#include "domain/ports/actor_port.hpp"

#include <array>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace orderly::test {

class recording_actors final : public actor_port {
public:
  void restart(tiktok_order_id order, std::function<void(result<restarted>)> done) override {
    const std::lock_guard lock{mutex};
    restarts.push_back(std::move(order));
    while_asked();
    done(restart_answer);
  }
  void redrive(redrive_request what, std::function<void(result<redrive_report>)> done) override {
    const std::lock_guard lock{mutex};
    redrives.push_back(what);
    while_asked();
    done(redrive_answer);
  }

  void look(actors_request what, std::function<void(result<actors_view>)> done) override {
    const std::lock_guard lock{mutex};
    looks.push_back(what);
    done(look_answer);
  }
  void tree(std::function<void(result<actor_tree>)> done) override {
    const std::lock_guard lock{mutex};
    done(tree_answer);
  }

  [[nodiscard]] std::span<const std::string_view> kinds() const override { return known_kinds; }

  void signature_failed(const shop_id& shop) override {
    const std::lock_guard lock{mutex};
    failing_shops.push_back(shop);
  }

  static constexpr std::array<std::string_view, 2> known_kinds{"order", "lane"};
  std::function<void()> while_asked = [] {}; ///< before a restart or a re-drive is answered
  std::mutex mutex;
  std::vector<tiktok_order_id> restarts;
  std::vector<redrive_request> redrives;
  std::vector<shop_id> failing_shops;
  std::vector<actors_request> looks;
  result<actors_view> look_answer = actors_view{};
  result<actor_tree> tree_answer = actor_tree{};
  result<restarted> restart_answer = restarted{true};
  result<redrive_report> redrive_answer = redrive_report{};
};

} // namespace orderly::test
