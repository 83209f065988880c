// The timeline: events and the inputs that caused none, merged by time.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

/// "e3" for the event with seq 3, "i:<key>" for an input.
std::vector<std::string> shown(const timeline_page& page) {
  std::vector<std::string> all;
  for (const auto& entry : page.entries)
    all.push_back(entry.happened ? "e" + std::to_string(entry.happened->seq) : "i:" + entry.received->dedupe_key);
  return all;
}

timeline_page timeline(order_queries& from, const order_key& key, std::size_t limit = 50, const std::string& cursor = "") {
  auto page = from.timeline(key, limit, cursor);
  if (!page)
    FAIL(to_string(page.error()));
  return *std::move(page);
}

/// seq 1 at 0, a duplicate at 5, seq 2 and 3 at 10 by one input, a stale one at 15.
order with_history(store_writer& into) {
  auto held = stored(into, "5764", at(0));
  REQUIRE(commit(into, only_input(held, "w:dup", input_outcome::duplicate, at(5))) == commit_verdict::committed);
  auto step = next_step(held, "w:2", at(10));
  auto& moved = add_event(step, event_type::transitioned, {{"inferred", true}});
  moved.from = order_state::received;
  moved.to = order_state::processing;
  moved.actor = "anna";
  step.after->state = order_state::processing;
  REQUIRE(commit(into, step) == commit_verdict::committed);
  REQUIRE(commit(into, only_input(*step.after, "w:stale", input_outcome::stale, at(15))) == commit_verdict::committed);
  return *step.after;
}

} // namespace

TEST_CASE("the timeline shows events, and inputs that caused none, newest first") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = with_history(*writer);
  const std::vector<std::string> expected{"i:w:stale", "e3", "e2", "i:w:dup", "e1"};
  CHECK(shown(timeline(*reader, held.id)) == expected);
  CHECK(shown(timeline(*reader, held.tiktok_id)) == expected);
  CHECK(timeline(*reader, held.id).next_cursor.empty());
}

TEST_CASE("an event of the timeline comes back as it was committed, an input with its outcome") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto unit = creation("5764", "w:1", at(3));
  unit.events.front().detail = {{"big", 9007199254740993}, {"why", "ü\"\\"}};
  unit.events.front().actor = "anna";
  unit.events.front().to = order_state::received;
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  const auto quiet = only_input(*unit.after, "w:stale", input_outcome::stale, at(4));
  REQUIRE(commit(*writer, quiet) == commit_verdict::committed);
  const auto page = timeline(*reader, unit.order);
  REQUIRE(page.entries.size() == 2);
  CHECK(page.entries[1].happened == unit.events.front());
  const auto& input = page.entries[0].received.value();
  CHECK(input.id == quiet.inputs.front().what->id);
  CHECK(input.received_at == at(4));
  CHECK(input.source == "webhook");
  CHECK(input.type == "ORDER_STATUS_CHANGE");
  CHECK(input.notification_id == "7327112393057371910");
  CHECK(input.outcome == input_outcome::stale);
  CHECK(input.deliveries == 1);
}

TEST_CASE("the timeline pages by cursor without gap or repeat while more happens") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto held = with_history(*writer);
  const auto size = GENERATE(1u, 2u, 3u, 5u);
  std::vector<std::string> all;
  std::string cursor;
  std::int64_t now = 100;
  do {
    const auto page = timeline(*reader, held.id, size, cursor);
    for (auto& entry : shown(page))
      all.push_back(entry);
    cursor = page.next_cursor;
    ++now;
    const auto step = next_step(held, "w:later:" + std::to_string(now), at(now));
    REQUIRE(commit(*writer, step) == commit_verdict::committed);
    held = *step.after;
  } while (!cursor.empty());
  CHECK(all == std::vector<std::string>{"i:w:stale", "e3", "e2", "i:w:dup", "e1"});
}

TEST_CASE("events stay in the order of their seq when the clock steps back") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto held = stored(*writer, "5764", at(100));
  for (int i = 0; i < 3; ++i) {
    const auto step = next_step(held, "w:" + std::to_string(i), at(50 - i));
    REQUIRE(commit(*writer, step) == commit_verdict::committed);
    held = *step.after;
  }
  std::vector<std::string> all;
  std::string cursor;
  do {
    const auto page = timeline(*reader, held.id, 1, cursor);
    all.push_back(shown(page).front());
    cursor = page.next_cursor;
  } while (!cursor.empty());
  CHECK(all == std::vector<std::string>{"e4", "e3", "e2", "e1"});
}

TEST_CASE("a pending input is shown until it has caused an event") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  REQUIRE(commit(*writer, only_input(held, "w:slow", input_outcome::pending, at(5))) == commit_verdict::committed);
  CHECK(shown(timeline(*reader, held.id)) == std::vector<std::string>{"i:w:slow", "e1"});
  REQUIRE(commit(*writer, next_step(held, "w:slow", at(6))) == commit_verdict::committed);
  CHECK(shown(timeline(*reader, held.id)) == std::vector<std::string>{"e2", "e1"});
}

TEST_CASE("the timeline of an order that does not exist is not found") {
  const auto db = fresh(GENERATE(from_range(backends())));
  CHECK(db->reader()->timeline(tiktok_order_id{"1"}, 10, "").error().code == error_code::order_not_found);
}

TEST_CASE("inputs without an order are in no order's timeline") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  const auto record = recorded(make_input("", "w:ignored", at(7)), input_outcome::ignored);
  REQUIRE(writer->record({&record, 1}).has_value());
  CHECK(shown(timeline(*reader, held.id)) == std::vector<std::string>{"e1"});
}
