// Units: the fence, what is written, and who fails with whom.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <algorithm>

using namespace orderly;
using namespace orderly::test;

namespace {

/// Facts with every member filled.
facts full_facts() {
  facts f;
  f.shop = shop_id{"7495123456789012345"};
  f.status = status_fact{tiktok_status::awaiting_collection, from_seconds(1'789'482'700)};
  f.had_on_hold = true;
  detail_fact d;
  d.update_time = from_seconds(1'789'482'690);
  d.requested_at = at(17);
  d.content_hash = std::string(64, 'a');
  d.status = "AWAITING_COLLECTION";
  d.create_time = from_seconds(1'789'482'000);
  d.rts_sla_time = from_seconds(1'789'900'000);
  d.is_on_hold_order = false;
  d.shipping = shipping_type::seller;
  d.region = "US";
  d.address_clear = true;
  d.lines = {{line_item_id{"577086512123755123"}, "AWAITING_COLLECTION", package_id{"1153132168123859123"}}};
  f.detail = d;
  f.packages["1153132168123859123"] = {"PROCESSING", from_seconds(1'789'482'695)};
  f.cancellations["4035318504086604100"] = {"CANCELLATION_REQUEST_PENDING", from_seconds(1)};
  f.reports = {{input_id{next_id()}, {line_item_id{"577086512123755123"}}, true}};
  f.detail_wanted_at = at(16);
  f.fetch_attempts = 2;
  f.attention["detail_lagging"] = at(15);
  return f;
}

} // namespace

TEST_CASE("an order comes back as it was committed, every field of it") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto unit = creation("576461413038785752", "w:1");
  unit.after->state = order_state::failed;
  unit.after->failure = failure_kind::by_operator;
  unit.after->held = true;
  unit.after->closed_at = at(99);
  unit.after->facts = full_facts();
  unit.document = json::object{{"id", "576461413038785752"},
                               {"big", 9007199254740993},
                               {"text", "\xef\xbf\xbd \"quoted\" ü"},
                               {"line_items", json::array{json::object{{"id", "577086512123755123"}}}}};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto back = load(*reader, "576461413038785752", {}, true);
  CHECK(back.exists);
  CHECK(back.order == *unit.after);
  REQUIRE(back.document);
  CHECK(*back.document == *unit.document);
}

TEST_CASE("the columns that people and lists read are projected from the order") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto unit = creation("5764", "w:1", at(5));
  unit.after->facts = full_facts();
  unit.after->held = true;
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto column = [&](const std::string& name) {
    return db->scalar("select " + name + " from orders where tiktok_order_id = '5764'");
  };
  CHECK(column("state") == "received");
  CHECK(column("tiktok_status") == "AWAITING_COLLECTION");
  CHECK(column("tiktok_update_time") == "1789482700");
  CHECK(column("shop_id") == "7495123456789012345");
  CHECK(column("version") == "1");
  CHECK(column("failure") == "");
  CHECK(column("case when held then 1 else 0 end") == "1");
  CHECK(column("case when due_at is null then 0 else 1 end") == (due_at(*unit.after) ? "1" : "0"));
  CHECK(column("case when closed_at is null then 0 else 1 end") == "0");
}

TEST_CASE("a unit that was decided on another version is a conflict and leaves nothing behind") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  REQUIRE(commit(*writer, next_step(held, "w:2")) == commit_verdict::committed);
  auto zombie = next_step(held, "w:3");
  zombie.document = json::object{{"from", "a zombie"}};
  zombie.promises = {{.kind = promise_kind::fetch_detail,
                      .ref = "",
                      .state = promise_state::open,
                      .due_at = at(0),
                      .payload = {},
                      .last_error = {},
                      .keep_lease = false}};
  CHECK(commit(*writer, zombie) == commit_verdict::conflict);
  const auto now = load(*reader, "5764", {"w:3"}, true);
  CHECK(now.order.version == 2);
  CHECK(now.document->empty());
  CHECK(now.settled.empty());
  CHECK(db->scalar("select count(*) from order_events") == "2");
  CHECK(db->scalar("select count(*) from outbox") == "0");
  CHECK(db->scalar("select count(*) from inputs") == "2");
}

TEST_CASE("of two engines that create one order the second gets a conflict") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto one = db->writer(), other = db->writer();
  REQUIRE(commit(*one, creation("5764", "w:1")) == commit_verdict::committed);
  CHECK(commit(*other, creation("5764", "w:2")) == commit_verdict::conflict);
  CHECK(db->scalar("select count(*) from inputs") == "1");
}

TEST_CASE("a unit for an order that is expected and not there is a conflict") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  order gone;
  gone.id = order_id{next_id()};
  gone.tiktok_id = tiktok_order_id{"5764"};
  gone.version = 3;
  CHECK(commit(*writer, next_step(gone, "w:1")) == commit_verdict::conflict);
}

TEST_CASE("an input alone is fenced too, by the version it was judged on") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  CHECK(commit(*writer, only_input(held, "w:stale", input_outcome::stale)) == commit_verdict::committed);
  held.version = 7;
  CHECK(commit(*writer, only_input(held, "w:other", input_outcome::stale)) == commit_verdict::conflict);
  CHECK(db->scalar("select version from orders") == "1");
  CHECK(db->scalar("select outcome from inputs where dedupe_key = 'w:stale'") == "stale");
}

TEST_CASE("an input for an order that does not exist can be written without one") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  order none;
  none.tiktok_id = tiktok_order_id{"5764"};
  CHECK(commit(*writer, only_input(none, "w:1", input_outcome::dead)) == commit_verdict::committed);
  CHECK(db->scalar("select count(*) from orders") == "0");
  CHECK(db->scalar("select order_ref from inputs") == "5764");
}

TEST_CASE("conflicts in a batch do not touch their neighbours, and each result stands at its unit's place") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  std::vector<order_unit> batch;
  for (const auto* id : {"59", "51", "57", "53"}) // not in the order in which rows are locked
    batch.push_back(creation(id, std::string{"w:"} + id));
  stored(*writer, "57");
  const auto told = writer->commit(batch).value();
  REQUIRE(told.size() == 4);
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].verdict == (i == 2 ? commit_verdict::conflict : commit_verdict::committed));
  CHECK(db->scalar("select count(*) from orders") == "4");
}

TEST_CASE("a unit that the store refuses fails alone in a batch of many, with the reason") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  std::vector<order_unit> batch;
  for (int i = 0; i < 60; ++i)
    batch.push_back(creation(std::to_string(5000 + i), "w:" + std::to_string(i)));
  batch[17].inputs[0] = recorded(make_input("5017", std::string{"w:\0nul", 6}));
  batch[41].after->id = batch[3].after->id; // the id of another order
  const auto told = writer->commit(batch).value();
  for (std::size_t i = 0; i < told.size(); ++i) {
    INFO(i << ": " << told[i].why);
    const bool bad = i == 17 || i == 41;
    CHECK(told[i].verdict == (bad ? commit_verdict::refused : commit_verdict::committed));
    CHECK(told[i].why.empty() != bad);
  }
  CHECK(db->scalar("select count(*) from orders") == "58");
  CHECK(db->scalar("select count(*) from order_events") == "58");
  CHECK(db->scalar("select count(*) from inputs") == "58");
}

TEST_CASE("a refused unit is undone wholly even when its last row was the bad one") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto unit = creation("5764", "w:1");
  unit.inputs.push_back(recorded(make_input("5764", "w:1"))); // the same key twice: the caller should have merged them
  CHECK(commit(*writer, unit) == commit_verdict::refused);
  for (const auto* table : {"orders", "order_events", "inputs"})
    CHECK(db->scalar(std::string{"select count(*) from "} + table) == "0");
}

TEST_CASE("a unit that would tear the history is refused") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto held = stored(*writer, "5764");
  auto gap = next_step(held, "w:gap");
  gap.events.front().seq = 3;
  CHECK(commit(*writer, gap) == commit_verdict::refused);
  auto ahead = next_step(held, "w:ahead");
  ahead.after->version = 9;
  CHECK(commit(*writer, ahead) == commit_verdict::refused);
  auto without_row = next_step(held, "w:rowless");
  without_row.after.reset();
  CHECK(commit(*writer, without_row) == commit_verdict::refused);
  CHECK(db->scalar("select version from orders") == "1");
}

TEST_CASE("a row inserted by hand is unadopted: it exists, has version 0, and its first unit becomes seq 1") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  db->execute("insert into orders(tiktok_order_id, order_data) values ('5764', '{\"note\": \"by hand\"}')");
  const auto found = load(*reader, "5764", {}, true);
  REQUIRE(found.exists);
  CHECK(found.order.version == 0);
  CHECK(found.order.state == order_state::received);
  CHECK_FALSE(found.order.id.value.is_nil());
  CHECK(found.order.created_at > from_micros(1'600'000'000'000'000));
  CHECK(found.order.updated_at == found.order.created_at);
  CHECK(found.order.facts == facts{});
  CHECK(*found.document == json::object{{"note", "by hand"}});
  CHECK(commit(*writer, creation("5764", "w:create")) == commit_verdict::conflict); // a row is there
  auto adoption = next_step(found.order, "w:1");
  adoption.events.front().type = event_type::created;
  REQUIRE(commit(*writer, adoption) == commit_verdict::committed);
  const auto adopted = load(*reader, "5764", {}, true);
  CHECK(adopted.order == *adoption.after);
  CHECK(*adopted.document == *found.document);
}

TEST_CASE("a change without a new document leaves the document alone") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto unit = creation("5764", "w:1");
  unit.document = json::object{{"id", "5764"}, {"payment", json::object{{"total_amount", "12.30"}}}};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  auto step = next_step(*unit.after, "w:2");
  step.after->state = order_state::processing;
  REQUIRE(commit(*writer, step) == commit_verdict::committed);
  const auto back = load(*reader, "5764", {}, true);
  CHECK(back.order == *step.after);
  CHECK(*back.document == *unit.document);
}

TEST_CASE("events of attention open and end rows of order_attention") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto unit = creation("5764", "w:1", at(1));
  add_event(unit, event_type::attention_raised, {{"kind", "unknown_status"}});
  add_event(unit, event_type::attention_raised, {{"kind", "detail_lagging"}});
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto open_kinds = [&] { return db->scalar("select count(*) from order_attention where until is null"); };
  CHECK(open_kinds() == "2");
  auto cleared = next_step(*unit.after, "w:2", at(2));
  add_event(cleared, event_type::attention_cleared, {{"kind", "unknown_status"}});
  REQUIRE(commit(*writer, cleared) == commit_verdict::committed);
  CHECK(open_kinds() == "1");
  CHECK(db->scalar("select kind from order_attention where until is null") == "detail_lagging");
  auto again = next_step(*cleared.after, "w:3", at(3));
  add_event(again, event_type::attention_raised, {{"kind", "unknown_status"}});
  add_event(again, event_type::attention_raised, {{"kind", "detail_lagging"}}); // is open: keeps its beginning
  REQUIRE(commit(*writer, again) == commit_verdict::committed);
  CHECK(open_kinds() == "2");
  CHECK(db->scalar("select count(*) from order_attention a, order_attention b where a.kind = 'detail_lagging'"
                   " and b.kind = 'unknown_status' and a.since < b.since") == "1");
}

TEST_CASE("a batch of a thousand orders with documents is one commit") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  std::vector<order_unit> batch;
  for (int i = 0; i < 1000; ++i) {
    batch.push_back(creation(std::to_string(576461413038785752 + i), "w:" + std::to_string(i)));
    batch.back().document = json::object{{"n", i}, {"filler", std::string(static_cast<std::size_t>(i) * 7, 'x')}};
  }
  const auto told = writer->commit(batch).value();
  CHECK(std::all_of(told.begin(), told.end(), [](const auto& one) { return one.verdict == commit_verdict::committed; }));
  CHECK(db->scalar("select count(*) from orders") == "1000");
  CHECK(*load(*reader, "576461413038786751", {}, true).document == *batch.back().document);
}

TEST_CASE("an empty batch is nothing") {
  const auto db = fresh(GENERATE(from_range(backends())));
  CHECK(db->writer()->commit({}).value().empty());
}

TEST_CASE("positions of events grow in the order of the commits") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto one = db->writer(), other = db->writer();
  auto held = stored(*one, "59");
  stored(*other, "51");
  auto before = db->newest_position();
  for (int i = 0; i < 5; ++i) {
    auto step = next_step(held, "w:" + std::to_string(i));
    REQUIRE(commit(i % 2 ? *one : *other, step) == commit_verdict::committed);
    held = *step.after;
    CHECK(db->newest_position() > before);
    before = db->newest_position();
  }
}
