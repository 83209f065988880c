// A lane in front of a store that fails: how often it is asked, and when a connection is given up.

#include "actors/store/lane.hpp"
#include "tests/support/catch.hpp"

#include <deque>
#include <string>

using namespace orderly;

namespace {

/// Fails as told, one code an asking; then everything works.
struct failing_store final : store {
  int connections = 0, askings = 0;
  bool is_reachable = true;
  std::deque<error_code> failures;

  result<std::unique_ptr<store_writer>> open_writer() override;
  result<std::unique_ptr<store_reader>> open_reader() override { return gone(); }
  result<std::unique_ptr<store_admin>> open_admin() override { return gone(); }
  [[nodiscard]] std::size_t max_lanes() const override { return 1; }

  static error gone() { return {error_code::storage_unavailable, "the test says so", {}}; }
  std::optional<error> next_failure() {
    ++askings;
    if (failures.empty())
      return std::nullopt;
    const auto code = failures.front();
    failures.pop_front();
    return error{code, "the test says so", {}};
  }
};

class failing_writer final : public store_writer {
public:
  explicit failing_writer(failing_store& of) : of_(of) {}
  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override {
    if (auto why = of_.next_failure())
      return *why;
    return std::vector<unit_result>(units.size());
  }
  result<void> record(std::span<const input_record> inputs) override {
    if (inputs.size() > 1) { // one of them is bad
      ++of_.askings;
      return error{error_code::refused_by_store, "one of them", {}};
    }
    return done();
  }
  result<void> note(std::span<const attention_note>) override { return done(); }
  result<std::vector<input>> redrive(std::span<const std::int64_t>, timestamp) override {
    if (auto why = of_.next_failure())
      return *why;
    return std::vector<input>{};
  }
  result<claimed_rows> claim(const claim_request&) override { return claimed_rows{}; }
  result<bool> hold_shop(const shop_lease&) override { return true; }
  result<void> release_shop(const shop_id&, const std::string&) override { return {}; }

private:
  result<void> done() {
    if (auto why = of_.next_failure())
      return *why;
    return {};
  }
  failing_store& of_;
};

result<std::unique_ptr<store_writer>> failing_store::open_writer() {
  ++connections;
  if (!is_reachable)
    return gone();
  return std::unique_ptr<store_writer>{std::make_unique<failing_writer>(*this)};
}

struct lane_under_test {
  failing_store store;
  lane_state lane{nullptr};
  lane_under_test() { lane.store = &store; }
};

commit_batch batch_of(std::size_t units, std::size_t records) {
  commit_batch batch;
  for (std::size_t i = 0; i < units; ++i)
    batch.units.push_back(std::make_shared<const order_unit>());
  for (std::size_t i = 0; i < records; ++i) {
    input_record record;
    record.what = std::make_shared<const input>();
    batch.records.push_back(std::make_shared<const input_record>(std::move(record)));
  }
  return batch;
}

std::vector<commit_fate> fates(const std::vector<commit_reply>& of) {
  std::vector<commit_fate> all;
  for (const auto& one : of)
    all.push_back(one.fate);
  return all;
}

} // namespace

TEST_CASE("of inputs that are tried one by one the first that meets a broken store speaks for the rest") {
  const auto broken = GENERATE(error_code::storage_unavailable, error_code::storage_outcome_unknown);
  const auto fate = broken == error_code::storage_unavailable ? commit_fate::unavailable : commit_fate::unknown;
  lane_under_test t;
  t.store.failures = {error_code::refused_by_store, broken};
  const auto told = t.lane.commit(batch_of(0, 5));
  CHECK(fates(told.records) == std::vector<commit_fate>{commit_fate::refused, fate, fate, fate, fate});
  CHECK(told.records.back().why.find("the test says so") != std::string::npos);
  CHECK(t.store.askings == 3); // all together, and two alone
  CHECK(t.store.connections == 1);
}

TEST_CASE("an input that is refused alone leaves the others theirs") {
  lane_under_test t;
  t.store.failures = {error_code::refused_by_store};
  CHECK(fates(t.lane.commit(batch_of(0, 3)).records) ==
        std::vector<commit_fate>{commit_fate::refused, commit_fate::committed, commit_fate::committed});
}

TEST_CASE("when the units of a batch failed as a whole, its inputs are not tried on another connection") {
  lane_under_test t;
  t.store.is_reachable = GENERATE(true, false);
  const auto broken = GENERATE(error_code::storage_unavailable, error_code::storage_outcome_unknown);
  t.store.failures = {broken};
  const auto told = t.lane.commit(batch_of(2, 3));
  CHECK(fates(told.records) == std::vector<commit_fate>(3, commit_fate::unavailable)); // they were not tried: nothing is unknown
  CHECK(t.store.connections == 1);
  t.store.is_reachable = true;
  t.store.failures.clear();
  CHECK(fates(t.lane.commit(batch_of(2, 1)).records) == std::vector<commit_fate>{commit_fate::committed});
  CHECK(t.store.connections == 2);
}

TEST_CASE("a connection is given up when it is broken, not when the store refuses what was asked") {
  lane_under_test t;
  for (const auto why : {error_code::refused_by_store, error_code::storage_unavailable}) {
    t.store.failures = {why, why};
    CHECK(t.lane.note({}).fate != commit_fate::committed);
    CHECK_FALSE(t.lane.redrive({1}, {}).has_value());
    CHECK(t.store.connections == (why == error_code::refused_by_store ? 1 : 2));
  }
}
