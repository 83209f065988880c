// Broken connections, a server that dies, and what a server refuses.

#include "base/json.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/postgres_server.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

/// Ends the server process of the one session of the store that waits for what `where` says. False: none did
/// in time.
bool terminate_waiting(postgres_shell& shell, const std::string& where) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < until) {
    if (shell.scalar("select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where "
                     "application_name = 'orderly' and " +
                     where + ") t") == "1")
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

/// Commits `unit` on a thread of its own while `meanwhile` breaks something.
template <class Meanwhile>
result<std::vector<unit_result>> commit_while(store_writer& into, const order_unit& unit, Meanwhile&& meanwhile) {
  result<std::vector<unit_result>> told{std::vector<unit_result>{}};
  std::thread committing{[&] { told = into.commit({&unit, 1}); }};
  meanwhile();
  committing.join();
  return told;
}

} // namespace

TEST_CASE("a connection lost in mid transaction: nothing was written, and the writer goes on with a new one") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  const auto step = next_step(held, "w:2");
  auto lock = db->open_write("update orders set held = held");
  postgres_shell shell{postgres_url()};
  const auto told = commit_while(*writer, step, [&] { CHECK(terminate_waiting(shell, "wait_event_type = 'Lock'")); });
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::storage_unavailable);
  lock.reset();
  CHECK(load(*db->reader(), "51").order.version == 1);
  CHECK(commit(*writer, step) == commit_verdict::committed);
}

TEST_CASE("a connection lost after the server has committed: the outcome is unknown, and reading tells that "
          "it is there") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  const auto step = next_step(held, "w:2");
  postgres_shell shell{postgres_url()};
  std::optional<server_setting> standby{std::in_place, "synchronous_standby_names",
                                        "nobody"}; // COMMIT flushes, then waits for it
  const auto told = commit_while(*writer, step, [&] { CHECK(terminate_waiting(shell, "wait_event = 'SyncRep'")); });
  standby.reset();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::storage_outcome_unknown);
  const auto now = load(*db->reader(), "51", {"w:2"});
  CHECK(now.order.version == 2);
  CHECK(now.settled.contains("w:2"));
  CHECK(commit(*writer, step) == commit_verdict::conflict);
}

TEST_CASE("a connection lost before the server has committed: the outcome is unknown, and reading tells that "
          "it is not there") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  const auto step = next_step(held, "w:2");
  db->execute("create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(20); "
              "return new; end $$");
  db->execute("create constraint trigger dawdle after update on orders deferrable initially deferred for "
              "each row execute function dawdle()");
  postgres_shell shell{postgres_url()};
  const auto told =
      commit_while(*writer, step, [&] { CHECK(terminate_waiting(shell, "wait_event = 'PgSleep' and query ilike 'commit%'")); });
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::storage_outcome_unknown);
  const auto now = load(*db->reader(), "51", {"w:2"});
  CHECK(now.order.version == 1);
  CHECK(now.settled.empty());
  db->execute("drop trigger dawdle on orders");
  CHECK(commit(*writer, step) == commit_verdict::committed);
}

TEST_CASE("an order that a trigger of the database refuses fails alone") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  db->execute("create function no53() returns trigger language plpgsql as $$ begin "
              "if new.tiktok_order_id = '53' then raise exception 'not 53'; end if; return new; end $$");
  db->execute("create trigger no53 before insert on orders for each row execute function no53()");
  std::vector<order_unit> batch;
  for (const auto* id : {"51", "52", "53", "54", "55"})
    batch.push_back(creation(id, std::string{"w:"} + id));
  const auto told = writer->commit(batch).value();
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].verdict == (i == 2 ? commit_verdict::refused : commit_verdict::committed));
  CHECK(told[2].why == "not 53");
}

TEST_CASE("JSON that the server cannot hold is refused with its unit alone") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  std::vector<order_unit> batch;
  for (const auto* id : {"51", "52", "53"})
    batch.push_back(creation(id, std::string{"w:"} + id));
  batch[1].document = json::object{{"name", std::string_view{"a\0b", 3}}};
  const auto told = writer->commit(batch).value();
  CHECK(told[0].verdict == commit_verdict::committed);
  CHECK(told[1].verdict == commit_verdict::refused);
  CHECK(told[2].verdict == commit_verdict::committed);
  CHECK(db->scalar("select count(*) from orders") == "2");
}

TEST_CASE("a connection that was opened on an empty database does not read whole tables when they have grown") {
  const auto db = fresh("postgresql");
  const auto rows_read = [&] {
    return std::stoll(db->scalar("select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables"
                                 " where schemaname = current_schema()"));
  };
  constexpr int grown = 20'000, commits = 60;
  long long before = 0;
  {
    const auto writer = db->writer();
    auto held = stored(*writer, "51");
    const auto work = [&](int times) {
      for (int n = 0; n < times; ++n) {
        auto step = next_step(held, "w:" + std::to_string(held.version));
        add_event(step, n % 2 ? event_type::attention_cleared : event_type::attention_raised, {{"kind", "unknown_status"}});
        step.promises.emplace_back().state = n % 2 ? promise_state::done : promise_state::open;
        REQUIRE(commit(*writer, step) == commit_verdict::committed);
        held = *step.after;
      }
    };
    work(4);
    db->execute("insert into orders(tiktok_order_id, order_data)"
                " select '9' || n, '{}' from generate_series(1, 20000) n");
    db->execute("insert into outbox(order_id, kind, writes, state, due_at)"
                " select id, 'fetch_detail', false, 'waiting', now() from orders where version = 0");
    db->execute("insert into order_attention(order_id, kind, since)"
                " select id, 'detail_lagging', now() from orders where version = 0");
    before = rows_read();
    work(commits);
  } // a session tells what it has read when it ends
  for (int waited = 0; waited < 100 && rows_read() == before; ++waited)
    std::this_thread::sleep_for(20ms);
  const auto read = rows_read() - before;
  CHECK(read >= commits);
  CHECK(read < grown); // not one table once
}

TEST_CASE("a server that is killed between and within commits loses nothing that was answered") {
  const auto db = fresh("postgresql");
  constexpr int crashes = 5;
  std::atomic<bool> stop{false};
  std::map<std::string, std::int64_t> answered; // order -> version
  std::atomic<int> lost{0}, unknown{0}, wrong{0}, commits{0};
  std::thread load_thread{[&] {
    const auto writer = db->writer();
    const auto reader = db->reader();
    std::map<std::string, order> held;
    for (int n = 0; !stop; ++n) {
      std::vector<order_unit> batch;
      for (int i = 0; i < 20; ++i) {
        const auto id = std::to_string(5100 + (n * 7 + i) % 60);
        const auto key = "w:" + std::to_string(n) + ":" + id;
        batch.push_back(held.contains(id) ? next_step(held[id], key) : creation(id, key));
      }
      const auto told = writer->commit(batch);
      if (told) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
          wrong += (*told)[i].verdict != commit_verdict::committed;
          held[batch[i].order.str()] = *batch[i].after;
          answered[batch[i].order.str()] = batch[i].after->version;
        }
        ++commits;
        continue;
      }
      ++(told.error().code == error_code::storage_outcome_unknown ? unknown : lost);
      for (const auto& unit : batch) { // settle by reading, as the actors do; until the server is back
        const load_request what{unit.order, {}, false};
        auto now = try_load(*reader, what);
        for (; !now && !stop; now = try_load(*reader, what))
          std::this_thread::sleep_for(20ms);
        if (now && now->exists)
          held[unit.order.str()] = now->order;
      }
    }
  }};
  const auto goes_on = [&] { // commits again, several times
    for (const int before = commits; commits < before + 12;)
      std::this_thread::sleep_for(20ms);
  };
  for (int i = 0; i < crashes; ++i) {
    goes_on();
    tools_pg("restart immediate");
  }
  goes_on();
  stop = true;
  load_thread.join();
  INFO("lost connections " << lost << ", unknown outcomes " << unknown);
  CHECK(wrong == 0);
  CHECK(lost + unknown >= crashes);
  CHECK(answered.size() == 60);
  const auto reader = db->reader();
  for (const auto& [id, version] : answered)
    CHECK(load(*reader, id).order.version >= version);
  CHECK(db->scalar("select count(*) from (select order_id from order_events group by order_id having "
                   "count(*) <> max(seq)) gaps") == "0");
  CHECK(db->scalar("select count(*) from orders o where version <> (select max(seq) from order_events e "
                   "where e.order_id = o.id)") == "0");
  CHECK(db->scalar("select count(*) from order_events e where not exists (select from inputs i where i.id = "
                   "e.input_id)") == "0");
}
