// Writers in each other's way.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

/// Until a session of the store waits for a row; false when none does in time.
bool somebody_waits(postgres_shell& shell) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < until) {
    if (shell.scalar("select count(*) from pg_stat_activity where application_name = 'orderly' and "
                     "wait_event_type = 'Lock'") == "1")
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

std::string deadlocks(postgres_shell& shell) {
  return shell.scalar("select deadlocks from pg_stat_database where datname = current_database()");
}

} // namespace

TEST_CASE("a deadlock and a serialisation failure are tried again at once") {
  const std::string sqlstate = GENERATE("40P01", "40001");
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  db->execute("create sequence tries"); // what it gave outlives a rollback
  db->execute("create function fail_once() returns trigger language plpgsql as $$ begin "
              "if nextval('tries') = 1 then raise exception 'once' using errcode = '" +
              sqlstate + "'; end if; return new; end $$");
  db->execute("create trigger fail_once before update on orders for each row execute function fail_once()");
  const auto step = next_step(held, "w:2");
  const auto told = writer->commit({&step, 1});
  REQUIRE(told.has_value());
  CHECK(told->front().verdict == commit_verdict::committed);
  CHECK(db->scalar("select last_value from tries") == "2");
  CHECK(load(*db->reader(), "51").order.version == 2);
  CHECK(db->scalar("select count(*) from inputs") == "2");
}

TEST_CASE("whoever waits to create an order holds no other order meanwhile") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  stored(*writer, "51");
  const auto other = stored(*writer, "52");
  postgres_shell shell{postgres_url()};
  const auto before = deadlocks(shell);
  const auto engine =
      std::static_pointer_cast<postgres_shell>(db->open_write("update orders set held = held where tiktok_order_id = '51'"));
  // This engine does not know yet that 51 is there.
  const std::vector<order_unit> batch{creation("51", "w:51"), next_step(other, "w:52")};
  result<std::vector<unit_result>> told{std::vector<unit_result>{}};
  std::thread committing{[&] { told = writer->commit(batch); }};
  CHECK(somebody_waits(shell));
  engine->execute("update orders set held = held where tiktok_order_id = '52'");
  engine->execute("commit");
  committing.join();
  REQUIRE(told.has_value());
  CHECK(told->front().verdict == commit_verdict::conflict);
  CHECK(told->back().verdict == commit_verdict::committed);
  CHECK(deadlocks(shell) == before);
}

TEST_CASE("writers that meet on the same orders have conflicts, and neither deadlocks nor errors") {
  const auto seed = seed_of_run();
  const auto db = fresh("postgresql");
  constexpr int engines = 4, rounds = 60, orders = 25;
  postgres_shell shell{postgres_url()};
  const auto before = deadlocks(shell);
  std::atomic<int> committed{0}, conflicts{0}, others{0};
  std::vector<std::thread> all;
  for (int me = 0; me < engines; ++me)
    all.emplace_back([&, me] {
      std::mt19937_64 random{seed + static_cast<std::uint64_t>(me)};
      const auto writer = db->writer();
      const auto reader = db->reader();
      for (int round = 0; round < rounds; ++round) {
        std::vector<load_request> wanted;
        for (int n = 0; n < orders; ++n)
          if (random() % 2)
            wanted.push_back({tiktok_order_id{std::to_string(5100 + 4 * round + n)}, {}, false});
        std::shuffle(wanted.begin(), wanted.end(), random);
        std::vector<order_unit> batch;
        for (const auto& found : reader->load(wanted).value()) {
          const auto& held = found.value();
          const auto key = "w:" + std::to_string(me) + ":" + std::to_string(round);
          batch.push_back(held.exists ? next_step(held.order, key, at(round))
                                      : creation(held.order.tiktok_id.str(), key, at(round)));
          batch.back().promises.emplace_back().due_at = at(round);
        }
        const auto told = writer->commit(batch);
        if (!told) {
          ++others;
          continue;
        }
        for (const auto& one : *told)
          ++(one.verdict == commit_verdict::committed ? committed : one.verdict == commit_verdict::conflict ? conflicts : others);
      }
    });
  for (auto& t : all)
    t.join();
  CHECK(others == 0);
  CHECK(committed > 0);
  CHECK(conflicts > 100); // or nobody met anybody
  CHECK(db->scalar("select count(*) from order_events") == std::to_string(committed));
  CHECK(db->scalar("select count(*) from inputs") == std::to_string(committed));
  CHECK(db->scalar("select sum(version) from orders") == std::to_string(committed));
  CHECK(db->scalar("select count(*) from (select order_id from order_events group by order_id having "
                   "count(*) <> max(seq)) gaps") == "0");
  CHECK(deadlocks(shell) == before);
}

TEST_CASE("batches that commit, record and re-drive the same inputs in any order never deadlock") {
  const auto seed = seed_of_run();
  INFO("ORDERLY_SEED=" << seed);
  const auto db = fresh("postgresql");
  const auto setup = db->writer();
  const auto before = server_log().size();
  constexpr int orders = 20, rounds = 15;
  std::atomic<int> failed{0}, committed{0}, conflicts{0};
  std::vector<input_record> buried;
  for (int round = 0; round < rounds; ++round) {
    std::vector<order_unit> units;
    std::vector<input_record> slow, dead;
    std::vector<std::int64_t> letters;
    for (int n = 0; n < orders; ++n) {
      const auto id = std::to_string(100 + n);
      units.push_back(round == 0 ? creation(id, "w:0:a")
                                 : next_step(load(*db->reader(), id).order, "w:" + std::to_string(round)));
      for (const auto* key : {":b", ":c"})
        units.back().inputs.push_back(recorded(make_input(id, "w:" + std::to_string(round) + key)));
      for (const auto& record : units.back().inputs) {
        slow.push_back(recorded(record.what, input_outcome::pending));
        dead.push_back(recorded(record.what, input_outcome::dead));
        dead.back().dead = dead_letter_cause::killed_twice;
      }
    }
    for (int id = 1; id <= 3 * orders * round; ++id)
      letters.push_back(id);
    std::mt19937_64 random{seed + static_cast<std::uint64_t>(round)};
    std::shuffle(slow.begin(), slow.end(), random);
    std::shuffle(dead.begin(), dead.end(), random);
    dead.resize(dead.size() / 4);
    const auto newly_dead = dead;
    dead.insert(dead.begin(), buried.begin(), buried.end()); // those that are just re-driven die again
    buried.insert(buried.end(), newly_dead.begin(), newly_dead.end());
    std::shuffle(letters.begin(), letters.end(), random);
    const auto beside = [&](const auto& work) {
      return std::thread{[&db, &failed, work] {
        const auto writer = db->writer();
        if (!work(*writer))
          ++failed;
      }};
    };
    std::vector<std::thread> all;
    all.push_back(beside([&](store_writer& w) { return w.record(slow).has_value(); }));
    all.push_back(beside([&](store_writer& w) { return w.record(dead).has_value(); }));
    all.push_back(beside([&](store_writer& w) { return w.redrive(letters, at(9)).has_value(); }));
    const auto told = setup->commit(units);
    for (auto& one : all)
      one.join();
    REQUIRE(told.has_value());
    for (const auto& one : *told)
      ++(one.verdict == commit_verdict::committed ? committed : conflicts);
  }
  CHECK(failed == 0);
  CHECK(committed + conflicts == orders * rounds);
  CHECK(committed > 0);
  CHECK(server_log().find("deadlock detected", before) == std::string::npos);
  CHECK(db->scalar("select count(*) from orders where version = 0") == "0");
  CHECK(db->scalar("select count(*) from inputs where outcome = 'applied' and events > 0") ==
        db->scalar("select count(*) from order_events"));
  CHECK(db->scalar("select count(*) from inputs i where outcome = 'dead' and not exists"
                   " (select from dead_letters d where d.input_id = i.id and d.redriven_at is null)") == "0");
}
