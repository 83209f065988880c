// A lane in front of a store that fails: how often it is asked, and when a connection is given up.

#include "actors/store/lane.hpp"
#include "tests/actors/store/failing_store.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace orderly;
using namespace orderly::test;

namespace {

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
    const auto note = make_task([](store_writer& on) { return on.note({}); });
    const auto redrive = make_task([](store_writer& on) { return on.redrive({}, {}); });
    CHECK(t.lane.run(*note).failure->code == why);
    CHECK(note->take().error().code == why);
    CHECK(t.lane.run(*redrive).failure->code == why);
    CHECK(t.store.connections == (why == error_code::refused_by_store ? 1 : 2));
  }
}

TEST_CASE("a task for which no connection can be opened is not run, and its asker is told why") {
  lane_under_test t;
  t.store.is_reachable = false;
  const auto task = make_task([](store_writer& on) { return on.probe(); });
  const auto told = t.lane.run(*task);
  CHECK_FALSE(told.ran);
  REQUIRE(told.failure);
  CHECK(told.failure->code == error_code::storage_unavailable);
  CHECK(t.store.askings == 0);
}

TEST_CASE("a lane that cannot connect says so once, however often it is asked, and again the next time") {
  lane_under_test t;
  for (int outage = 1; outage < 3; ++outage) {
    const captured_log log;
    t.store.is_reachable = false;
    for (int i = 0; i < 3; ++i)
      CHECK(fates(t.lane.commit(batch_of(1, 1)).units) == std::vector<commit_fate>{commit_fate::unavailable});
    const auto said = log.lines("storage.lane_away");
    REQUIRE(said.size() == 1);
    CHECK(string_at(said.front(), "why").find("the test says so") != std::string_view::npos);
    t.store.is_reachable = true;
    t.store.failures = {error_code::storage_unavailable}; // with which the connection goes, so that the next round needs one
    t.lane.commit(batch_of(0, 1));
  }
}

TEST_CASE("a lane begins with the connection that was opened for it, and opens the next one itself") {
  lane_under_test t;
  opened_writers opened{[&] {
    std::vector<std::unique_ptr<store_writer>> all;
    all.push_back(std::move(t.store.open_writer().value()));
    return all;
  }()};
  t.lane.writer = opened.take();
  CHECK(opened.take() == nullptr);
  t.lane.commit(batch_of(0, 1));
  CHECK(t.store.connections == 1);
  t.store.failures = {error_code::storage_unavailable};
  t.lane.commit(batch_of(0, 1));
  t.lane.commit(batch_of(0, 1));
  CHECK(t.store.connections == 2);
}
