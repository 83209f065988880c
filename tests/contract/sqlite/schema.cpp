// The embedded schema as a person with a shell sees it, and what its statements cost.

#include "storage/sqlite/reader.hpp"
#include "storage/sqlite/statements.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/contract/statement_list.hpp"
#include "tests/support/temp_dir.hpp"

#include <sqlite3.h>

#include <array>
#include <filesystem>

using namespace orderly;
using namespace orderly::test;

namespace {

/// The steps of SQLite's plan for a statement, one a line.
std::string plan_of(const std::string& path, std::string_view sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const auto explain = "explain query plan " + std::string{sql};
  REQUIRE(sqlite3_prepare_v2(db, explain.c_str(), -1, &query, nullptr) == SQLITE_OK);
  std::string plan;
  while (sqlite3_step(query) == SQLITE_ROW)
    plan += std::string{reinterpret_cast<const char*>(sqlite3_column_text(query, 3))} + "\n";
  sqlite3_finalize(query);
  sqlite3_close(db);
  return plan;
}

std::string_view read_named(std::string_view name) {
  for (const auto& one : sqlite::read_statements())
    if (one.name == name)
      return one.sql;
  FAIL("no statement of the reader is called " << name);
  return {};
}

struct on_disk {
  temp_dir dir;
  std::string path = dir.file("orderly.db");
  std::unique_ptr<store> db =
      std::move(open_store({.url = "sqlite:" + path, .data_dir = dir.path().string(), .vfs = {}}).value());
};

} // namespace

TEST_CASE("every table of the contract is there") {
  const auto db = fresh_sqlite();
  const auto is_there = [&](const std::string& type, const std::string& name) {
    INFO(name);
    CHECK(db->scalar("select count(*) from sqlite_master where type = '" + type + "' and name = '" + name + "'") == "1");
  };
  for (const auto* table :
       {"orders", "order_events", "feed_epochs", "inputs", "outbox", "order_attention", "shop_attention", "policies",
        "sync_cursors", "shops", "dead_letters", "users", "sessions", "api_tokens", "audit_log", "schema_migrations"})
    is_there("table", table);
  is_there("index", "idx_orders_state");
  is_there("index", "idx_orders_tiktok_id");
  CHECK(db->scalar("pragma journal_mode") == "wal");
}

TEST_CASE("what the columns cannot hold is refused to a person too") {
  const auto db = fresh_sqlite();
  CHECK_THROWS(db->execute("insert into orders(tiktok_order_id, order_data) values ('1', 'not json')"));
  CHECK_THROWS(db->execute("insert into orders(tiktok_order_id, order_data) values ('1', '[]')"));
  CHECK_THROWS(db->execute("insert into orders(tiktok_order_id) values ('1')"));
  db->execute("insert into orders(tiktok_order_id, order_data) values ('1', '{}')");
  CHECK_THROWS(db->execute("insert into orders(tiktok_order_id, order_data) values ('1', '{}')"));
  CHECK_THROWS(db->execute("update orders set state = 'lost'"));
  CHECK_THROWS(db->execute("update orders set id = 'text'"));
  CHECK_THROWS(db->execute("pragma foreign_keys=on; insert into order_events(order_id, seq, at, type, source, input_id)"
                           " values (randomblob(16), 1, 0, 'created', 'webhook', randomblob(16))"));
}

TEST_CASE("no statement of the running engine reads a whole table") {
  const on_disk at;
  const auto written = sqlite_statements();
  std::vector<listed_statement> all{written.begin(), written.end()};
  for (const auto& query : sqlite::read_statements())
    all.push_back({query.name, query.sql});
  for (const auto& [name, statement] : all) {
    const auto plan = plan_of(at.path, statement);
    INFO(name << "\n" << plan);
    for (const auto* table : {"SCAN orders", "SCAN order_events", "SCAN inputs", "SCAN dead_letters"})
      CHECK(plan.find(table) == std::string::npos);
    if (const auto scan = plan.find("SCAN o"); scan != std::string::npos) // of the outbox: only along the index of open rows
      CHECK(plan.find("USING INDEX outbox_due") != std::string::npos);
  }
}

TEST_CASE("a page of a list is read in the order of its index") {
  const on_disk at;
  CHECK(plan_of(at.path, read_named("orders_in_state"))
            .starts_with("SEARCH orders USING INDEX idx_orders_state (state=? AND (updated_at,id)<(?,?))\n"));
  for (const auto* page : {"events_from", "inputs_from", "pending_inputs", "pending_inputs_of_order", "open_dead_letters",
                           "all_dead_letters", "dead_letter_ids", "events_after"}) {
    INFO(page);
    CHECK(plan_of(at.path, read_named(page)).find("TEMP B-TREE") == std::string::npos);
  }
  CHECK(plan_of(at.path, sqlite::sql::claimable).find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("quarantined orders are counted without a look at other attention") {
  const on_disk at;
  CHECK(plan_of(at.path, read_named("quarantined_orders")) ==
        "SEARCH order_attention USING COVERING INDEX order_attention_open (kind=?)\n");
}

TEST_CASE("status changes of an order with a large document do not write the document again") {
  const on_disk at;
  const auto writer = std::move(at.db->open_writer().value());
  auto unit = creation("5764", "w:1");
  unit.after->facts.status = status_fact{tiktok_status::unpaid, from_seconds(1'789'482'600)};
  unit.after->facts.detail.emplace();
  unit.document = json::object{{"filler", std::string(400'000, 'x')}};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto log_size = [&] { return std::filesystem::file_size(at.path + "-wal"); };
  const std::array statuses{tiktok_status::on_hold, tiktok_status::awaiting_shipment, tiktok_status::cancelled};
  auto held = *unit.after;
  int rewritten = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const auto before = log_size();
    auto step = next_step(held, "w:step:" + std::to_string(i), held.updated_at + std::chrono::seconds{60});
    step.after->facts.status = status_fact{statuses[i % 3], held.facts.status->update_time + std::chrono::seconds{60}};
    step.after->closed_at = i % 2 ? std::optional{step.after->updated_at} : std::nullopt;
    step.after->held = i % 5 == 0;
    REQUIRE(commit(*writer, step) == commit_verdict::committed);
    rewritten += log_size() - before > 100'000;
    held = *step.after;
  }
  CHECK(rewritten <= 2); // when the row outgrows its room, and shrinks back
}
