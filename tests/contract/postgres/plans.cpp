// How the server runs the statements that read by time or by key, with the settings of the engine's sessions.

#include "storage/postgres/reader.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/store.hpp"
#include "tests/contract/statement_list.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <regex>
#include <string_view>
#include <utility>

using namespace orderly;
using namespace orderly::test;
namespace sql = orderly::postgres::sql;

namespace {

/// Enough rows that a plan which reads all of them would be dearer than one that does not; as many as there may be of each kind.
void fill(postgres_shell& db) {
  db.execute("insert into orders(tiktok_order_id, order_data) select n::text, '{}' from generate_series(1, 5000) n");
  db.execute("insert into order_events(order_id, seq, at, type, source, input_id, xid)"
             " select id, n, now(), 'note', 'api', id, ((n * 5000) + 3)::text::xid8 from orders, generate_series(1, 4) n");
  db.execute("insert into inputs(id, dedupe_key, order_ref, delivery_id, received_at, source, type, raw, raw_hash, outcome)"
             " select gen_random_uuid(), 'w:' || n, (n % 5000)::text, gen_random_uuid(), now() - n * interval '1 second',"
             " 'webhook', 'X', '', '', case n % 20 when 0 then 'dead' when 1 then 'pending' else 'applied' end"
             " from generate_series(1, 20000) n");
  db.execute("insert into dead_letters(input_id, cause, first_at, last_at, redriven_at)"
             " select id, case when random() < 0.5 then 'unparsable' else 'killed_twice' end, received_at, received_at,"
             " case when random() < 0.5 then now() end from inputs where outcome = 'dead'");
  db.execute("insert into order_attention(order_id, kind, since, until)"
             " select id, 'quarantined', now(), case when random() < 0.5 then now() end from orders");
  db.execute("insert into outbox(order_id, kind, writes, state, due_at)"
             " select id, 'fetch_detail', false, 'open', now() from orders");
  db.execute("analyze");
}

/// A migrated database and a session with the settings of the engine's.
class planner {
public:
  planner() {
    shell_.execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;"
                   " set enable_hashjoin = off; set enable_mergejoin = off; set jit = off");
  }
  postgres_shell& shell() { return shell_; }
  /// Of the generic plan, so that the values do not matter; without any, each is null.
  std::string plan(const postgres::statement& what, std::string parameters = {}) {
    shell_.execute(std::string{"prepare "} + what.name + " as " + what.sql);
    if (parameters.empty())
      parameters =
          shell_.scalar(std::string{"select array_to_string(array_fill('null'::text, array[cardinality(parameter_types)]), ',')"
                                    " from pg_prepared_statements where name = '"} +
                        what.name + '\'');
    auto text = shell_.scalar(std::string{"explain (format json, costs off) execute "} + what.name +
                              (parameters.empty() ? "" : "(" + parameters + ")"));
    shell_.execute(std::string{"deallocate "} + what.name);
    return text;
  }

private:
  postgres_database database_;
  std::unique_ptr<store> migrated_ = std::move(open_store({.url = database_.url(), .data_dir = {}, .vfs = {}}).value());
  postgres_shell shell_{database_.url()};
};

/// Tables with as many rows as there are orders, or more, that a plan reads from one end to the other.
std::string read_whole(const std::string& plan) {
  std::string all;
  for (const auto* table : {"orders", "order_events", "inputs", "outbox", "order_attention", "dead_letters"}) {
    const std::regex scan{R"("Node Type": "Seq Scan",[^{}]*"Relation Name": ")" + std::string{table} + '"'};
    if (std::regex_search(plan, scan))
      all += std::string{table} + ' ';
  }
  return all;
}

bool has(const std::string& plan, const std::string& part) { return plan.find(part) != std::string::npos; }

postgres::statement read_named(std::string_view name) {
  const auto all = postgres::read_statements();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

} // namespace

TEST_CASE("every statement of the engine is one that the schema knows, and reads no large table from end to end") {
  planner at;
  const bool filled = GENERATE(false, true);
  if (filled)
    fill(at.shell());
  std::vector<postgres::statement> all;
  for (const auto& [name, text] : postgres_statements())
    all.push_back({name.data(), text.data()});
  const auto reads = postgres::read_statements();
  all.insert(all.end(), reads.begin(), reads.end());
  for (const auto& each : all) {
    const auto plan = at.plan(each);
    INFO(each.name << "\n" << plan);
    CHECK(read_whole(plan) == "");
  }
}

TEST_CASE("pages of pending inputs and of dead letters are read in the order of an index") {
  planner at;
  const bool filled = GENERATE(false, true); // plans that are made while the tables are empty must do as well
  if (filled)
    fill(at.shell());
  struct expected {
    const char* name;
    std::string parameters, index;
  };
  const std::string oldest = "'-infinity', '00000000-0000-0000-0000-000000000000', 'infinity', 101, 4194304";
  const std::string newest = "'infinity', 4711, 51, 4194304";
  for (const auto& [name, parameters, index] : {expected{"pending_inputs", oldest, "inputs_pending"},
                                                expected{"pending_inputs_of_order", oldest + ", '51'", "inputs_pending_of_order"},
                                                expected{"open_dead_letters", newest + ", ''", "dead_letters_open"},
                                                expected{"open_dead_letters", newest + ", 'unparsable'", "dead_letters_open"},
                                                expected{"all_dead_letters", newest + ", ''", "dead_letters_latest"},
                                                expected{"all_dead_letters", newest + ", 'unparsable'", "dead_letters_latest"},
                                                expected{"dead_letter_ids", "'unparsable', 100", "dead_letters_open"}}) {
    const auto plan = at.plan(read_named(name), parameters);
    INFO(name << "\n" << plan);
    CHECK(has(plan, '"' + index + '"'));
    CHECK_FALSE(has(plan, "Seq Scan"));
    CHECK_FALSE(has(plan, "Sort"));
    CHECK_FALSE(has(plan, "order_attention_open")); // by its kind, that is: as many rows as there are open ones
  }
}

TEST_CASE("a page of orders is read in the order of its index, and whether they are quarantined by their keys") {
  planner at;
  const bool filled = GENERATE(false, true);
  if (filled)
    fill(at.shell());
  const std::string newest = "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 51";
  for (const auto& [name, parameters] :
       {std::pair{"orders_in_state", newest + ", 'received'"}, std::pair{"orders_in_any_state", newest}}) {
    const auto plan = at.plan(read_named(name), parameters);
    INFO(name << "\n" << plan);
    CHECK(has(plan, "\"idx_orders_state\""));
    CHECK(has(plan, "\"order_attention_pkey\""));
    CHECK_FALSE(has(plan, "order_attention_open"));
    CHECK_FALSE(has(plan, "Seq Scan"));
    CHECK_FALSE(has(plan, "\"Sort\""));
  }
}

TEST_CASE("the feed of commits is read along its index, from either end, whatever lies behind it") {
  planner at;
  const bool filled = GENERATE(false, true);
  if (filled)
    fill(at.shell());
  const std::string somewhere = "1, '4711', '00000000-0000-0000-0000-000000000000', 0, ";
  struct expected {
    const postgres::statement& what;
    std::string parameters, by;
  };
  for (const auto& [what, parameters, by] :
       {expected{sql::events_after, somewhere + "1, '4712', 100", "(ROW(epoch, xid) < ROW($5"},
        expected{sql::feed_end, "1", "(xid = e.xid)"},
        expected{sql::changed_since, "'4711:4712:4711', '{4711}'", "(xid = t.xid)"}}) {
    const auto plan = at.plan(what, parameters);
    INFO(what.name << "\n" << plan);
    CHECK(has(plan, "\"order_events_feed\""));
    CHECK_FALSE(has(plan, "\"order_events_pkey\""));
    CHECK(has(plan, by));
    CHECK(read_whole(plan) == "");
  }
  CHECK_FALSE(has(at.plan(sql::events_after, somewhere + "1, '4712', 100"), "\"Sort\""));
}

TEST_CASE("quarantined orders are counted in the index of open attention") {
  planner at;
  fill(at.shell());
  CHECK(has(at.plan(read_named("quarantined_orders"), ""), "\"order_attention_open\""));
}

TEST_CASE("what is written beside an input finds its rows by their keys") {
  planner at;
  const bool filled = GENERATE(false, true);
  if (filled)
    fill(at.shell());
  struct expected {
    postgres::statement what;
    std::string parameters;
  };
  for (const auto& [what, parameters] :
       {expected{sql::redrive, "'{1,2}', now()"}, expected{sql::write_dead_letter, "'{}', '{}', '{}'"},
        expected{sql::readdress_inputs, "'{}', '{}', '{}', '{}'"}, expected{sql::clear_attention, "'{}', '{}', '{}'"},
        expected{sql::note_order, "'51', 'quarantined', now(), '{}'"},
        expected{sql::clear_note_of_order, "'51', 'quarantined', now()"},
        expected{read_named("load_orders"), "'{1}', '{51}', '{f}', '{1}', '{w:51}', '{51}'"}}) {
    const auto plan = at.plan(what, parameters);
    INFO(what.name << "\n" << plan);
    CHECK_FALSE(has(plan, "Seq Scan"));
    CHECK_FALSE(has(plan, "order_attention_open")); // by its kind, that is: as many rows as there are open ones
  }
}

TEST_CASE("a claim takes the first due rows without a sort of all that are due") {
  planner at;
  fill(at.shell());
  const auto plan = at.plan(sql::claim_due, "now(), 100, 'engine', now()");
  INFO(plan);
  CHECK(has(plan, "\"outbox_due\""));
  CHECK_FALSE(has(plan, "Sort"));
}
