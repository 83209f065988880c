// Inputs that were answered before they were decided: recorded apart from their order's commit, found again, turned once.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <set>

using namespace orderly;
using namespace orderly::test;

namespace {

input_record pending(std::shared_ptr<const input> what) { return recorded(std::move(what), input_outcome::pending); }

input_record killed(std::shared_ptr<const input> what) {
  auto record = recorded(std::move(what), input_outcome::dead);
  record.dead = dead_letter_cause::killed_twice;
  return record;
}

/// The same delivered again: another id, the same key.
std::shared_ptr<const input> redelivered(const input& what, timestamp when) {
  return make_input(what.order.str(), what.dedupe_key, when, *what.raw);
}

void record(store_writer& into, const input_record& one) {
  const auto done = into.record({&one, 1});
  if (!done)
    FAIL(to_string(done.error()));
}

std::vector<input> pending_now(order_queries& from, const pending_request& what = {}) {
  auto page = from.pending(what);
  if (!page)
    FAIL(to_string(page.error()));
  return std::move(page->inputs);
}

std::string outcome_of(store_under_test& db, const std::string& key) {
  return db.scalar("select outcome from inputs where dedupe_key = '" + key + "'");
}
std::string deliveries_of(store_under_test& db, const std::string& key) {
  return db.scalar("select deliveries from inputs where dedupe_key = '" + key + "'");
}

} // namespace

TEST_CASE("a pending input is kept apart from its order's commit, and the order need not exist") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  record(*writer, pending(make_input("51", "w:slow", at(1))));
  record(*writer, pending(make_input("52", "w:slow", at(2))));
  CHECK(load(*reader, "51", {"w:slow"}).settled.empty());
  CHECK(load(*reader, "51").order.version == held.version);
  CHECK_FALSE(load(*reader, "52").exists);
  const auto found = pending_now(*reader);
  REQUIRE(found.size() == 2);
  CHECK(found[0].order.str() == "51");
  CHECK(found[1].order.str() == "52");
}

TEST_CASE("a pending input comes back whole, with the body that its bytes say") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto what = *make_input("5764", "w:1", at(7),
                          R"({"type":1,"tts_notification_id":"73","shop_id":"7495","timestamp":1789482600,)"
                          R"("data":{"order_id":"5764","order_status":"UNPAID","update_time":1789482599}})");
  what.actor = "anna";
  what.body = parse_body(what.source, what.type, *what.raw, what.order).value();
  REQUIRE(std::holds_alternative<observed_status>(what.body));
  record(*writer, pending(std::make_shared<const input>(what)));
  const auto found = pending_now(*reader);
  REQUIRE(found.size() == 1);
  const auto& back = found.front();
  CHECK(back.id == what.id);
  CHECK(back.delivery == what.delivery);
  CHECK(back.dedupe_key == what.dedupe_key);
  CHECK(back.order == what.order);
  CHECK(back.received_at == what.received_at);
  CHECK(back.source == what.source);
  CHECK(back.actor == what.actor);
  CHECK(back.shop == what.shop);
  CHECK(back.type == what.type);
  CHECK(back.notification_id == what.notification_id);
  CHECK(*back.raw == *what.raw);
  CHECK(back.body == what.body);
}

TEST_CASE("a pending input whose bytes say nothing comes back with them and without a body") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::string raw{"\x00\xff not json \xc3", 13};
  record(*writer, pending(make_input("5764", "w:1", at(0), raw)));
  record(*writer, pending(make_input("", "w:2", at(1), "{}")));
  const auto found = pending_now(*reader);
  REQUIRE(found.size() == 2);
  CHECK(*found[0].raw == raw);
  CHECK(std::holds_alternative<std::monostate>(found[0].body));
  CHECK(std::holds_alternative<std::monostate>(found[1].body));
}

TEST_CASE("pending inputs are paged oldest first, all of them once") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  std::vector<input_record> all;
  for (int i = 0; i < 23; ++i) // several of one moment
    all.push_back(pending(make_input(std::to_string(50 + i % 3), "w:" + std::to_string(i), at(100 - i / 4))));
  REQUIRE(writer->record(all).has_value());
  pending_request what;
  what.limit = 5;
  std::vector<std::pair<timestamp, uuid>> seen;
  do {
    const auto page = reader->pending(what).value();
    CHECK(page.inputs.size() <= 5);
    for (const auto& one : page.inputs)
      seen.emplace_back(one.received_at, one.id.value);
    what.cursor = page.next_cursor;
  } while (!what.cursor.empty());
  CHECK(seen.size() == 23);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::set(seen.begin(), seen.end()).size() == 23);
  for (const auto* bad : {"p", "l00", "p0123456789abcdef", "?"}) {
    what.cursor = bad;
    CHECK(reader->pending(what).error().code == error_code::invalid_cursor);
  }
}

TEST_CASE("pending inputs can be asked for by order, and by when they were received") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  for (int i = 0; i < 6; ++i)
    record(*writer, pending(make_input(i % 2 ? "51" : "52", "w:" + std::to_string(i), at(i))));
  const auto of_order = pending_now(*reader, {tiktok_order_id{"51"}, {}, 100, ""});
  REQUIRE(of_order.size() == 3);
  for (const auto& one : of_order)
    CHECK(one.order.str() == "51");
  CHECK(pending_now(*reader, {{}, at(4), 100, ""}).size() == 4); // at(4) itself is not among them
  CHECK(pending_now(*reader, {tiktok_order_id{"51"}, at(4), 100, ""}).size() == 2);
  CHECK(pending_now(*reader, {tiktok_order_id{"53"}, {}, 100, ""}).empty());
}

TEST_CASE("pending inputs of a quarantined order are left out until it is lifted") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  stored(*writer, "52");
  for (int i = 0; i < 4; ++i)
    record(*writer, pending(make_input(std::to_string(50 + i % 3), "w:" + std::to_string(i), at(i))));
  attention_note note;
  note.order = tiktok_order_id{"51"};
  note.kind = "quarantined";
  note.at = at(9);
  REQUIRE(writer->note({&note, 1}).has_value());
  const auto orders = [&] {
    std::string all;
    for (const auto& one : pending_now(*reader))
      all += one.order.str() + ' ';
    return all;
  };
  CHECK(orders() == "50 52 50 "); // that without a row, too, is none of them
  CHECK(pending_now(*reader, {tiktok_order_id{"51"}, {}, 100, ""}).empty());
  CHECK(pending_now(*reader, {{}, {}, 2, ""}).size() == 2);
  note.raised = false;
  REQUIRE(writer->note({&note, 1}).has_value());
  CHECK(orders() == "50 51 52 50 ");
}

TEST_CASE("a page of pending inputs ends early when their bodies are large, and its cursor goes on") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::string large(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 10; ++i)
    record(*writer, pending(make_input("51", "w:" + std::to_string(i), at(i), i == 9 ? "{}" : large)));
  pending_request what;
  std::vector<std::size_t> sizes;
  std::string keys;
  do {
    const auto page = reader->pending(what).value();
    sizes.push_back(page.inputs.size());
    for (const auto& one : page.inputs) {
      keys += one.dedupe_key.substr(2);
      CHECK(one.raw->size() == (one.dedupe_key == "w:9" ? 2 : large.size()));
    }
    what.cursor = page.next_cursor;
  } while (!what.cursor.empty());
  CHECK(sizes == std::vector<std::size_t>{4, 4, 2});
  CHECK(keys == "0123456789");
}

TEST_CASE("a pending input that is given as pending again counts one more delivery and stays as it came") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto first = make_input("51", "w:1", at(1));
  record(*writer, pending(first));
  record(*writer, pending(redelivered(*first, at(9))));
  CHECK(deliveries_of(*db, "w:1") == "2");
  record(*writer, pending(first)); // the very same: its first answer was lost, or the sweeper was slow too
  CHECK(deliveries_of(*db, "w:1") == "2");
  const auto found = pending_now(*reader);
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == first->id);
  CHECK(found.front().received_at == at(1));
}

TEST_CASE("a commit turns a recorded input into its outcome") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  auto slow = next_step(held, "w:slow", at(5));
  record(*writer, pending(slow.inputs.front().what));
  REQUIRE(commit(*writer, slow) == commit_verdict::committed);
  CHECK(outcome_of(*db, "w:slow") == "applied");
  CHECK(deliveries_of(*db, "w:slow") == "1");
  CHECK(db->scalar("select events from inputs where dedupe_key = 'w:slow'") == "1");
  CHECK(pending_now(*reader).empty());
  CHECK(load(*reader, "51", {"w:slow"}).settled.size() == 1);
}

TEST_CASE("what is settled stays when it is recorded as pending or dead, and counts the delivery") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  const auto unit = next_step(held, "w:1");
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto& what = *unit.inputs.front().what;
  record(*writer, pending(redelivered(what, at(3))));
  record(*writer, killed(redelivered(what, at(4))));
  record(*writer, killed(unit.inputs.front().what)); // the answer of its commit was lost
  CHECK(outcome_of(*db, "w:1") == "applied");
  CHECK(deliveries_of(*db, "w:1") == "3");
  CHECK(db->scalar("select count(*) from dead_letters") == "0");
  CHECK(load(*reader, "51", {"w:1"}).settled.at("w:1").id == what.id);
}

TEST_CASE("a pending input that is recorded as dead becomes a dead letter, and its order's next commit of it a conflict") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  const auto unit = next_step(held, "w:1", at(1));
  record(*writer, pending(unit.inputs.front().what));
  record(*writer, killed(unit.inputs.front().what));
  CHECK(outcome_of(*db, "w:1") == "dead");
  CHECK(deliveries_of(*db, "w:1") == "1");
  CHECK(db->scalar("select cause from dead_letters d join inputs i on i.id = d.input_id") == "killed_twice");
  CHECK(commit(*writer, unit) == commit_verdict::conflict);
  CHECK(db->scalar("select version from orders") == "1");
}

TEST_CASE("a dead input dies again with each other delivery of it, not with the same once more") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto first = killed(make_input("51", "w:1", at(1)));
  first.decided_at = at(2);
  record(*writer, first);
  record(*writer, first);
  CHECK(db->scalar("select count from dead_letters") == "1");
  CHECK(db->scalar("select count(*) from dead_letters where first_at = last_at") == "1");
  record(*writer, killed(redelivered(*first.what, at(8))));
  record(*writer, pending(redelivered(*first.what, at(9))));
  CHECK(db->scalar("select count from dead_letters") == "2");
  CHECK(db->scalar("select count(*) from dead_letters where first_at < last_at") == "1");
  CHECK(deliveries_of(*db, "w:1") == "3");
}

TEST_CASE("one batch may hold an input several times: what comes later finds what came before") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto a = make_input("51", "w:1", at(1));
  const auto b = redelivered(*a, at(2));
  const std::vector<input_record> batch{pending(a), pending(make_input("52", "w:2")), pending(b), killed(b), pending(a)};
  REQUIRE(writer->record(batch).has_value());
  CHECK(outcome_of(*db, "w:1") == "dead");
  CHECK(outcome_of(*db, "w:2") == "pending");
  CHECK(deliveries_of(*db, "w:1") == "4"); // a; b; b decides, a row of another id; a once more, which is not b
  CHECK(db->scalar("select count(*) from dead_letters d join inputs i on i.id = d.input_id") == "1");
}

TEST_CASE("of inputs that are recorded together none is when one is refused") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const std::vector<input_record> inputs{pending(make_input("51", "w:1")), pending(make_input("51", std::string{"w:\0", 3})),
                                         pending(make_input("51", "w:3"))};
  const auto told = writer->record(inputs);
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::refused_by_store);
  CHECK(db->scalar("select count(*) from inputs") == "0");
  CHECK(writer->record({&inputs[2], 1}).has_value()); // and the connection serves on
  CHECK(db->scalar("select count(*) from inputs") == "1");
}
