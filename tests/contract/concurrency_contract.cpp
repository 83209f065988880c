// Several connections at once.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <thread>

using namespace orderly;
using namespace orderly::test;

TEST_CASE("readers neither wait for an open write nor see it") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  const auto open = db->open_write("update orders set state = 'shipped'");
  CHECK(load(*reader, "51").order.state == order_state::received);
  CHECK(reader->list({}).value().orders.size() == 1);
}

TEST_CASE("of two writers that decided on one version exactly one commits, every time") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto setup = db->writer();
  const auto reader = db->reader();
  stored(*setup, "51");
  constexpr int wanted = 40;
  std::atomic<int> committed{0}, conflicts{0}, others{0};
  const auto race = [&](const std::string& name) {
    const auto writer = db->writer();
    const auto own = db->reader();
    for (int i = 0; i < wanted; ++i)
      for (;;) {
        const auto held = try_load(*own, {tiktok_order_id{"51"}, {}, false}).value().order;
        auto unit = next_step(held, "w:" + name + std::to_string(i));
        const auto told = writer->commit({&unit, 1});
        if (told && told->front().verdict == commit_verdict::committed) {
          ++committed;
          break;
        }
        told && told->front().verdict == commit_verdict::conflict ? ++conflicts : ++others;
      }
  };
  std::thread a{race, "a"}, b{race, "b"};
  a.join();
  b.join();
  CHECK(committed == 2 * wanted);
  CHECK(others == 0);
  CHECK(load(*reader, "51").order.version == 1 + 2 * wanted);
  CHECK(db->scalar("select count(*) from order_events") == std::to_string(1 + 2 * wanted));
  CHECK(db->scalar("select max(seq) from order_events") == std::to_string(1 + 2 * wanted));
}

TEST_CASE("a load shows an order and its settled keys of one moment") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto setup = db->writer();
  auto held = stored(*setup, "51");
  constexpr int steps = 300;
  std::vector<std::string> keys;
  for (int i = 0; i < steps; ++i)
    keys.push_back("w:" + std::to_string(i));
  std::atomic<bool> done{false};
  std::thread writing{[&] {
    for (const auto& key : keys) {
      const auto unit = next_step(held, key);
      if (const auto told = setup->commit({&unit, 1}); told && told->front().verdict == commit_verdict::committed)
        held = *unit.after;
    }
    done = true;
  }};
  const auto reader = db->reader();
  int torn = 0;
  const load_request what{tiktok_order_id{"51"}, keys, false};
  while (!done) {
    const auto loaded = try_load(*reader, what);
    torn += !loaded || loaded->order.version != 1 + static_cast<std::int64_t>(loaded->settled.size());
  }
  writing.join();
  CHECK(torn == 0);
  CHECK(held.version == 1 + steps);
}

TEST_CASE("two engines that claim at once never get the same promise") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto setup = db->writer();
  std::vector<order_unit> batch;
  for (int i = 0; i < 200; ++i) {
    batch.push_back(creation(std::to_string(5000 + i), "w:" + std::to_string(i)));
    batch.back().promises.emplace_back().due_at = at(0);
  }
  REQUIRE(setup->commit(batch).has_value());
  std::array<std::vector<std::int64_t>, 2> got;
  const auto take = [&](std::size_t me) {
    const auto writer = db->writer();
    for (;;) {
      const auto claimed = writer->claim({at(1), 7, "engine-" + std::to_string(me), at(1'000'000)});
      if (!claimed || claimed->rows.empty())
        return;
      for (const auto& row : claimed->rows)
        got[me].push_back(row.id);
    }
  };
  std::thread a{take, 0}, b{take, 1};
  a.join();
  b.join();
  auto all = got[0];
  all.insert(all.end(), got[1].begin(), got[1].end());
  std::sort(all.begin(), all.end());
  CHECK(all.size() == 200);
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("inputs that are recorded as pending while their unit is committed end with its outcome") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto setup = db->writer();
  const auto reader = db->reader();
  constexpr int rounds = 60;
  std::vector<order_unit> units;
  for (int i = 0; i < rounds; ++i)
    units.push_back(next_step(stored(*setup, std::to_string(100 + i)), "w:slow"));
  std::atomic<int> failed{0}, committed{0};
  std::barrier together{2};
  std::thread slow_lane{[&] {
    const auto writer = db->writer();
    for (const auto& unit : units) {
      const auto record = recorded(unit.inputs.front().what, input_outcome::pending);
      together.arrive_and_wait();
      if (!writer->record({&record, 1}))
        ++failed;
    }
  }};
  const auto writer = db->writer();
  for (const auto& unit : units) {
    together.arrive_and_wait();
    const auto told = writer->commit({&unit, 1});
    if (told && told->front().verdict == commit_verdict::committed)
      ++committed;
  }
  slow_lane.join();
  CHECK(failed == 0);
  CHECK(committed == rounds);
  CHECK(reader->pending({}).value().inputs.empty());
  CHECK(db->scalar("select count(*) from inputs where outcome = 'applied' and deliveries = 1") == std::to_string(2 * rounds));
}

TEST_CASE("an input that is recorded as dead while its unit is committed ends as one of the two, and both know") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto setup = db->writer();
  constexpr int rounds = 60;
  std::vector<order_unit> units;
  for (int i = 0; i < rounds; ++i) {
    units.push_back(next_step(stored(*setup, std::to_string(100 + i)), "w:poison"));
    const auto pending = recorded(units.back().inputs.front().what, input_outcome::pending);
    if (i % 2)
      REQUIRE(setup->record({&pending, 1}).has_value());
  }
  std::atomic<int> failed{0}, committed{0}, conflicts{0};
  std::barrier together{2};
  std::thread undertaker{[&] {
    const auto writer = db->writer();
    for (const auto& unit : units) {
      auto record = recorded(unit.inputs.front().what, input_outcome::dead);
      record.dead = dead_letter_cause::killed_twice;
      together.arrive_and_wait();
      if (!writer->record({&record, 1}))
        ++failed;
    }
  }};
  const auto writer = db->writer();
  for (const auto& unit : units) {
    together.arrive_and_wait();
    const auto told = writer->commit({&unit, 1});
    if (told)
      ++(told->front().verdict == commit_verdict::committed ? committed : conflicts);
  }
  undertaker.join();
  CHECK(failed == 0);
  CHECK(committed + conflicts == rounds);
  const auto count = [&](const std::string& what) { return db->scalar("select count(*) from " + what); };
  CHECK(count("orders where version = 2") == std::to_string(committed));
  CHECK(count("inputs where dedupe_key = 'w:poison' and outcome = 'applied'") == std::to_string(committed));
  CHECK(count("inputs where dedupe_key = 'w:poison' and outcome = 'dead'") == std::to_string(conflicts));
  CHECK(count("dead_letters d join inputs i on i.id = d.input_id where i.outcome = 'dead'") == std::to_string(conflicts));
  CHECK(count("dead_letters") == std::to_string(conflicts));
}
