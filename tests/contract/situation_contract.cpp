// What is stored of one order and tells why it does not move.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

order_situation situation(order_queries& from, const order_key& key) {
  auto found = from.situation_of(key);
  if (!found)
    FAIL(to_string(found.error()));
  return *std::move(found);
}

promise_change promise(promise_kind kind, promise_state state, timestamp due, std::string error = {}) {
  promise_change change;
  change.kind = kind;
  change.ref = kind == promise_kind::mark_shipped ? "a" : "";
  change.state = state;
  change.due_at = due;
  change.last_error = std::move(error);
  change.payload = {{"tracking_number", "1Z"}};
  return change;
}

order promised(store_writer& into, const order& held, std::vector<promise_change> changes) {
  auto unit = next_step(held, "w:p:" + to_string(next_id()));
  unit.promises = std::move(changes);
  REQUIRE(commit(into, unit) == commit_verdict::committed);
  return *unit.after;
}

} // namespace

TEST_CASE("the situation of an order has its row, by either id, and says when there is no such order") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  stored(*writer, "52");
  for (const order_key& key : {order_key{held.id}, order_key{held.tiktok_id}}) {
    const auto found = situation(*reader, key);
    CHECK(found.order == held);
    CHECK(found.unreadable.empty());
    CHECK(found.attention.empty());
    CHECK(found.promises.empty());
    REQUIRE(found.latest.size() == 1);
    CHECK(found.latest.front().type == event_type::created);
  }
  CHECK(reader->situation_of(tiktok_order_id{"59"}).error().code == error_code::order_not_found);
  CHECK(reader->situation_of(order_id{next_id()}).error().code == error_code::order_not_found);
}

TEST_CASE("the situation has what calls for a person now, whoever raised it, and nothing that was cleared") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  auto unit = next_step(held, "w:2", at(5));
  add_event(unit, event_type::attention_raised, {{"kind", "report_failed"}});
  add_event(unit, event_type::attention_raised, {{"kind", "unknown_status"}});
  add_event(unit, event_type::attention_cleared, {{"kind", "unknown_status"}});
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  attention_note quarantine{tiktok_order_id{"51"}, {}, "quarantined", true, at(7), {}};
  REQUIRE(writer->note({&quarantine, 1}).has_value());
  const auto found = situation(*reader, held.id);
  CHECK(found.attention == std::vector<open_attention>{{"quarantined", at(7)}, {"report_failed", at(5)}});
  quarantine.raised = false;
  REQUIRE(writer->note({&quarantine, 1}).has_value());
  CHECK(situation(*reader, held.id).attention.size() == 1);
}

TEST_CASE("the situation has the promises that are not kept yet, with their attempts, and none that is settled or another's") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto other = promised(*writer, stored(*writer, "52"), {promise(promise_kind::fetch_detail, promise_state::open, at(0))});
  auto held = promised(*writer, stored(*writer, "51"),
                       {promise(promise_kind::fetch_detail, promise_state::open, at(0)),
                        promise(promise_kind::mark_shipped, promise_state::waiting, {})});
  REQUIRE(writer->claim({at(0), 10, "engine", at(30'000'000)}).value().rows.size() == 2);
  auto found = situation(*reader, held.id).promises;
  REQUIRE(found.size() == 2);
  CHECK(found[0].id < found[1].id);
  CHECK(found[0].kind == promise_kind::fetch_detail);
  CHECK(found[0].state == promise_state::open);
  CHECK(found[0].due_at == at(0));
  CHECK(found[0].attempts == 1);
  CHECK(found[0].lease_until == at(30'000'000));
  CHECK(found[0].last_error.empty());
  CHECK(found[1].kind == promise_kind::mark_shipped);
  CHECK(found[1].state == promise_state::waiting);
  CHECK_FALSE(found[1].due_at);
  held = promised(*writer, held,
                  {promise(promise_kind::fetch_detail, promise_state::open, at(9), "36009002"),
                   promise(promise_kind::mark_shipped, promise_state::done, {})});
  found = situation(*reader, held.id).promises;
  REQUIRE(found.size() == 1);
  CHECK(found[0].last_error == "36009002");
  CHECK(found[0].due_at == at(9));
  CHECK_FALSE(found[0].lease_until);
  CHECK(situation(*reader, other.id).promises.size() == 1);
}

TEST_CASE("the situation has the newest event of each type, the newest first") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto unit = next_step(stored(*writer, "51"), "w:2", at(5)); // seq 2, fact_updated
  add_event(unit, event_type::held);
  add_event(unit, event_type::released);
  add_event(unit, event_type::held);
  add_event(unit, event_type::note);
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto found = situation(*reader, tiktok_order_id{"51"});
  std::vector<std::pair<std::int64_t, event_type>> told;
  for (const auto& e : found.latest)
    told.emplace_back(e.seq, e.type);
  CHECK(told == std::vector<std::pair<std::int64_t, event_type>>{{6, event_type::note},
                                                                 {5, event_type::held},
                                                                 {4, event_type::released},
                                                                 {2, event_type::fact_updated},
                                                                 {1, event_type::created}});
}

TEST_CASE("an order whose facts cannot be read still has a situation") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  db->execute("update orders set facts = '[]' where tiktok_order_id = '51'");
  const auto found = situation(*reader, held.tiktok_id);
  CHECK_FALSE(found.unreadable.empty());
  CHECK(found.order.version == held.version);
  CHECK(found.latest.size() == 1);
}
