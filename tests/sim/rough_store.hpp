#pragma once
// One engine's way to the store: refuses, loses answers and dies as the dice say. A dead engine reaches nothing.

#include "storage/store.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <map>
#include <memory>
#include <string>

namespace orderly::sim {

/// Of writes to TikTok that an engine claimed: until when they are its own, by row.
struct held_leases {
  std::map<std::int64_t, timestamp> until;
};

class rough_store final : public store {
public:
  /// @param alive false from the instant of a crash
  rough_store(stage& on, orderly::test::memory_store& inner, const bool& alive) : on_(on), inner_(inner), alive_(alive) {}

  result<std::unique_ptr<store_writer>> open_writer() override;
  result<std::unique_ptr<order_queries>> open_reader() override { return inner_.open_reader(); }
  result<std::unique_ptr<store_admin>> open_admin() override { return inner_.open_admin(); }
  result<std::unique_ptr<access_reader>> open_access() override { return inner_.open_access(); }
  result<std::unique_ptr<change_feed>> open_changes() override;
  [[nodiscard]] std::size_t max_lanes() const override { return inner_.max_lanes(); }

  /// Commits that the change feed has not told yet.
  [[nodiscard]] bool has_news() const { return told_ && *told_ < inner_.look().commits.size(); }

  held_leases leases;

private:
  friend class rough_writer;
  friend class rough_feed;
  stage& on_;
  orderly::test::memory_store& inner_;
  const bool& alive_;
  std::shared_ptr<std::size_t> told_; ///< null where there is no feed
};

} // namespace orderly::sim
