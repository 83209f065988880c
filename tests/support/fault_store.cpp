#include "tests/support/fault_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderly::test {
namespace {

class scripted_feed final : public change_feed {
public:
  explicit scripted_feed(std::shared_ptr<fault_plan> plan) : plan_(std::move(plan)) {}
  result<std::vector<changed_order>> wait(std::chrono::milliseconds) override { return plan_->changes(); }

private:
  std::shared_ptr<fault_plan> plan_;
};

} // namespace

bool fault_writer::is_poisoned(const order_unit& unit) const { return is_poisoned(unit.inputs); }

bool fault_writer::is_poisoned(std::span<const input_record> inputs) const {
  return std::any_of(inputs.begin(), inputs.end(), [&](const input_record& in) {
    return plan_->poison.contains(in.what->dedupe_key) && (plan_->poison_dead_letters || in.outcome != input_outcome::dead);
  });
}

result<std::vector<unit_result>> fault_writer::commit(std::span<const order_unit> units) {
  plan_->batches.emplace_back(units.begin(), units.end());
  if (auto hook = std::exchange(plan_->before_commit, nullptr))
    hook();
  if (plan_->before_each_commit)
    plan_->before_each_commit();
  auto fault = plan_->all_thrown ? commit_fault::thrown : commit_fault::none;
  if (!plan_->commits.empty()) {
    fault = plan_->commits.front();
    plan_->commits.pop_front();
  }
  if (fault == commit_fault::thrown)
    throw std::runtime_error("the test says so");
  if (fault == commit_fault::unavailable)
    return error{error_code::storage_unavailable, "the test says so", {}};
  if (fault == commit_fault::unknown_and_lost)
    return error{error_code::storage_outcome_unknown, "the test says so", {}};
  std::vector<order_unit> good;
  for (const auto& unit : units)
    if (!is_poisoned(unit))
      good.push_back(unit);
  auto done = inner_->commit(good);
  if (fault == commit_fault::unknown_but_committed)
    return error{error_code::storage_outcome_unknown, "the test says so", {}};
  if (!done)
    return done;
  std::vector<unit_result> all;
  auto next = done->begin();
  for (const auto& unit : units)
    all.push_back(is_poisoned(unit) ? unit_result{commit_verdict::refused, "poisoned by the test"} : *next++);
  return all;
}

result<void> fault_writer::note(std::span<const attention_note> notes) {
  if (plan_->refuse_notes)
    return error{error_code::storage_unavailable, "the test says so", {}};
  return inner_->note(notes);
}

result<void> fault_writer::record(std::span<const input_record> inputs) {
  if (plan_->refuse_records)
    return error{error_code::storage_unavailable, "the test says so", {}};
  if (is_poisoned(inputs))
    return error{error_code::refused_by_store, "poisoned by the test", {}};
  return inner_->record(inputs);
}

result<void> fault_writer::probe() {
  if (plan_->refuse_probes)
    return error{error_code::storage_unavailable, "the test says so", {}};
  return inner_->probe();
}

result<claimed_rows> fault_writer::claim(const claim_request& what) {
  if (plan_->all_thrown)
    throw std::runtime_error("the test says so");
  return inner_->claim(what);
}

result<std::unique_ptr<change_feed>> fault_store::open_changes() {
  if (!plan->changes)
    return inner_.open_changes();
  return std::unique_ptr<change_feed>{std::make_unique<scripted_feed>(plan)};
}

result<std::unique_ptr<store_writer>> fault_store::open_writer() {
  auto inner = inner_.open_writer();
  if (!inner)
    return inner.error();
  return std::unique_ptr<store_writer>{std::make_unique<fault_writer>(std::move(*inner), plan)};
}

} // namespace orderly::test
