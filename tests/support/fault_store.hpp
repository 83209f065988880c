#pragma once
// A store that fails on command in front of a real one. Plans are taken one a commit, in order; then commits go through.

#include "storage/store.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace orderly::test {

enum class commit_fault {
  none,
  unavailable,           ///< nothing is written
  unknown_but_committed, ///< everything is written, the answer is lost
  unknown_and_lost,      ///< nothing is written, the answer is lost
  thrown                 ///< nothing is written, the lane dies: the stand-in for a defect
};

struct fault_plan {
  std::deque<commit_fault> commits;
  std::function<void()> before_commit;      ///< once: e.g. another engine commits first
  std::function<void()> before_each_commit; ///< on the lane's thread; may block or throw
  std::set<std::string> poison;             ///< dedupe keys of inputs that the store refuses
  bool poison_dead_letters = false;         ///< refuses them also by themselves
  bool refuse_records = false;              ///< inputs apart from an order's unit cannot be kept
  bool refuse_notes = false;                ///< attention apart from an order's unit cannot be stored
  bool refuse_probes = false;               ///< nothing can be committed, but what writes nothing passes
  bool all_thrown = false;                  ///< whatever is asked of a lane ends it
  /// The engine has a change feed, and this is what it brings.
  std::function<result<std::vector<changed_order>>()> changes;
  std::vector<std::vector<order_unit>> batches; ///< every batch that was committed or tried
};

class fault_writer final : public store_writer {
public:
  fault_writer(std::unique_ptr<store_writer> inner, std::shared_ptr<fault_plan> plan)
      : inner_(std::move(inner)), plan_(std::move(plan)) {}
  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;
  result<void> note(std::span<const attention_note> notes) override;
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override {
    return inner_->redrive(dead_letters, now);
  }
  result<claimed_rows> claim(const claim_request& what) override;
  result<void> upsert_shops(std::span<const shop> shops) override { return inner_->upsert_shops(shops); }
  result<bool> hold_shop(const shop_lease& lease) override { return inner_->hold_shop(lease); }
  result<void> release_shop(const shop_id& shop, const std::string& owner) override { return inner_->release_shop(shop, owner); }
  result<void> add_token(const stored_token& token) override { return inner_->add_token(token); }
  result<void> revoke_token(const std::string& hash) override { return inner_->revoke_token(hash); }
  result<void> open_session(const stored_session& session) override { return inner_->open_session(session); }
  result<void> extend_session(const std::string& hash, timestamp until) override { return inner_->extend_session(hash, until); }
  result<void> end_session(const std::string& hash) override { return inner_->end_session(hash); }
  result<void> probe() override;

private:
  bool is_poisoned(const order_unit& unit) const;
  bool is_poisoned(std::span<const input_record> inputs) const;

  std::unique_ptr<store_writer> inner_;
  std::shared_ptr<fault_plan> plan_;
};

class fault_store : public store {
public:
  explicit fault_store(store& inner, std::shared_ptr<fault_plan> by = std::make_shared<fault_plan>())
      : plan(std::move(by)), inner_(inner) {}
  result<std::unique_ptr<store_writer>> open_writer() override;
  result<std::unique_ptr<order_queries>> open_reader() override { return inner_.open_reader(); }
  result<std::unique_ptr<store_admin>> open_admin() override { return inner_.open_admin(); }
  result<std::unique_ptr<access_reader>> open_access() override { return inner_.open_access(); }
  result<std::unique_ptr<change_feed>> open_changes() override;
  [[nodiscard]] std::size_t max_lanes() const override { return inner_.max_lanes(); }

  const std::shared_ptr<fault_plan> plan;

private:
  store& inner_;
};

} // namespace orderly::test
