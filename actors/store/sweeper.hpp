#pragma once
// Brings back the inputs that are stored as `pending`: those of the slow lane that nobody here has in hand any more (a crash, a
// lifted quarantine, a store that was away), and those that were re-driven. It goes through them in rounds, oldest first, a page
// at a time with a pause in between. Holds nothing that the store does not.

#include "actors/engine/protocol.hpp"
#include "actors/engine/services.hpp"
#include "base/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>

namespace orderly {

struct sweeper_metrics {
  explicit sweeper_metrics(metrics& m);
  counter swept;
  gauge under_way;
  gauge quarantined; ///< as the store says
};

struct sweeper_services : engine_services {
  std::shared_ptr<sweeper_metrics> measured;
  std::chrono::milliseconds every{1000}; ///< from the end of a round to the next one
  std::chrono::milliseconds pause{100};  ///< between the pages of a round: 1,000 inputs a second at most
  std::chrono::seconds older_than{5};    ///< whoever parked a younger one still has it in hand
  std::size_t page = 100;
  std::size_t at_most = 500; ///< under way at a time
};

struct sweeper_state {
  explicit sweeper_state(sweeper_actor::pointer self);
  ~sweeper_state();

  void look();
  void look_from_the_oldest();
  void on_page(const result<pending_page>& page);
  void on_swept(const input_id& which);
  /// Reads how many orders are quarantined: by whichever engine, and whether this one has met them or not.
  void count_quarantined();

  sweeper_actor::pointer self;
  std::shared_ptr<const sweeper_services> services;
  bool armed = false; ///< a tick is on its way: one at a time
  static constexpr const char* name = kind_name<sweeper_actor>;

private:
  void look_again_after(std::chrono::milliseconds wait);

  bool reading_ = false;
  bool restarted_ = false; ///< while a page was read: the next one is the first of a new round
  std::chrono::steady_clock::time_point asked_{};
  std::string cursor_;                     ///< empty: from the oldest on
  std::unordered_set<input_id> under_way_; ///< met again on every round until they are decided
};

sweeper_actor::behavior_type sweeper(sweeper_actor::stateful_pointer<sweeper_state> self,
                                     std::shared_ptr<const sweeper_services> services);

} // namespace orderly
