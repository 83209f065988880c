#include "tests/support/fault_store.hpp"

#include <algorithm>

namespace orderly::test {

bool fault_writer::is_poisoned(const order_unit& unit) const {
  return std::any_of(unit.inputs.begin(), unit.inputs.end(), [&](const input_record& in) {
    return plan_->poison.contains(in.what->dedupe_key) && (plan_->poison_dead_letters || in.outcome != input_outcome::dead);
  });
}

result<std::vector<unit_result>> fault_writer::commit(std::span<const order_unit> units) {
  plan_->batches.emplace_back(units.begin(), units.end());
  if (auto hook = std::exchange(plan_->before_commit, nullptr))
    hook();
  auto fault = commit_fault::none;
  if (!plan_->commits.empty()) {
    fault = plan_->commits.front();
    plan_->commits.pop_front();
  }
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

result<std::unique_ptr<store_writer>> fault_store::open_writer() {
  auto inner = inner_.open_writer();
  if (!inner)
    return inner.error();
  return std::unique_ptr<store_writer>{std::make_unique<fault_writer>(std::move(*inner), plan)};
}

} // namespace orderly::test
