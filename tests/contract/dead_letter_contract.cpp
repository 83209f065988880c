// Dead letters: found, paged, re-driven; and what becomes of them when their inputs live on or die again.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <set>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

input_record dead(std::shared_ptr<const input> what, dead_letter_cause cause = dead_letter_cause::killed_twice) {
  auto record = recorded(std::move(what), input_outcome::dead);
  record.dead = cause;
  return record;
}

void record(store_writer& into, const input_record& one) {
  const auto done = into.record({&one, 1});
  if (!done)
    FAIL(to_string(done.error()));
}

std::vector<dead_letter_view> letters_now(order_queries& from, const dead_letter_filter& filter = {}) {
  auto page = from.dead_letters(filter);
  if (!page)
    FAIL(to_string(page.error()));
  return std::move(page->letters);
}

std::vector<input> redrive(store_writer& into, std::vector<std::int64_t> ids, timestamp now) {
  auto done = into.redrive(ids, now);
  if (!done)
    FAIL(to_string(done.error()));
  return *std::move(done);
}

std::string outcome_of(store_under_test& db, const std::string& key) {
  return db.scalar("select outcome from inputs where dedupe_key = '" + key + "'");
}

} // namespace

TEST_CASE("a dead letter shows its input, its cause and its times") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::string raw{"\x00\xff not json \xc3", 13};
  auto killed = dead(make_input("5764", "w:1", at(1), raw));
  killed.decided_at = at(4);
  record(*writer, killed);
  const auto found = letters_now(*reader);
  REQUIRE(found.size() == 1);
  const auto& letter = found.front();
  CHECK(letter.id > 0);
  CHECK(letter.input == killed.what->id);
  CHECK(letter.order.str() == "5764");
  CHECK(letter.shop.str() == "7495");
  CHECK(letter.source == "webhook");
  CHECK(letter.type == "ORDER_STATUS_CHANGE");
  CHECK(letter.notification_id == "7327112393057371910");
  CHECK(letter.cause == dead_letter_cause::killed_twice);
  CHECK(letter.count == 1);
  CHECK(letter.first_at == at(4)); // when it died, not when it came
  CHECK(letter.last_at == at(4));
  CHECK_FALSE(letter.redriven_at);
  CHECK(*letter.raw == raw);
}

TEST_CASE("dead letters are paged newest death first, of all causes or of one") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  std::vector<input_record> all;
  for (int i = 0; i < 23; ++i) // several of one moment
    all.push_back(dead(make_input("", "w:" + std::to_string(i), at((i * 7) % 11)),
                       i % 3 ? dead_letter_cause::unparsable : dead_letter_cause::no_order_id));
  REQUIRE(writer->record(all).has_value());
  for (const auto cause : {std::optional<dead_letter_cause>{}, std::optional{dead_letter_cause::no_order_id}}) {
    dead_letter_filter filter;
    filter.cause = cause;
    filter.limit = 5;
    std::vector<std::pair<timestamp, std::int64_t>> seen;
    do {
      const auto page = reader->dead_letters(filter).value();
      CHECK(page.letters.size() <= 5);
      for (const auto& letter : page.letters) {
        seen.emplace_back(letter.last_at, letter.id);
        CHECK((!cause || letter.cause == *cause));
      }
      filter.cursor = page.next_cursor;
    } while (!filter.cursor.empty());
    CHECK(seen.size() == (cause ? 8 : 23));
    CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
    CHECK(std::set(seen.begin(), seen.end()).size() == seen.size());
  }
  for (const auto* bad : {"d", "l00", "d0123456789abcdef", "d0123456789abcdef0123456789abcdef0", "?"}) {
    dead_letter_filter filter;
    filter.cursor = bad;
    CHECK(reader->dead_letters(filter).error().code == error_code::invalid_cursor);
  }
}

TEST_CASE("a page of dead letters ends early when their bodies are large, and its cursor goes on") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::string large(std::size_t{1} << 20, '\xff');
  for (int i = 0; i < 6; ++i)
    record(*writer, dead(make_input("", "w:" + std::to_string(i), at(i), large)));
  dead_letter_filter filter;
  filter.redriven = GENERATE(true, false);
  std::vector<std::size_t> sizes;
  do {
    const auto page = reader->dead_letters(filter).value();
    sizes.push_back(page.letters.size());
    for (const auto& letter : page.letters)
      CHECK(*letter.raw == large);
    filter.cursor = page.next_cursor;
  } while (!filter.cursor.empty());
  CHECK(sizes == std::vector<std::size_t>{4, 2});
}

TEST_CASE("ids of dead letters are given by cause, newest death first, without those that were re-driven") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  for (int i = 0; i < 6; ++i)
    record(*writer, dead(make_input("5" + std::to_string(i), "w:" + std::to_string(i), at(i)),
                         i % 2 ? dead_letter_cause::unparsable : dead_letter_cause::killed_twice));
  std::vector<std::int64_t> wanted;
  for (const auto& letter : letters_now(*reader, {.cause = dead_letter_cause::unparsable, .cursor = {}}))
    wanted.push_back(letter.id);
  REQUIRE(wanted.size() == 3);
  CHECK(reader->dead_letter_ids(dead_letter_cause::unparsable, 100).value() == wanted);
  CHECK(reader->dead_letter_ids(dead_letter_cause::unparsable, 2).value() == std::vector(wanted.begin(), wanted.begin() + 2));
  REQUIRE(redrive(*writer, {wanted.front()}, at(9)).size() == 1);
  wanted.erase(wanted.begin());
  CHECK(reader->dead_letter_ids(dead_letter_cause::unparsable, 100).value() == wanted);
  CHECK(reader->dead_letter_ids(dead_letter_cause::shop_mismatch, 100).value().empty());
}

TEST_CASE("a re-driven dead letter's input is pending again, whole, and found by whoever applies those") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::string raw = R"({"type":1,"data":{"order_id":"51","order_status":"UNPAID","update_time":1789482599}})";
  const auto first = make_input("51", "w:1", at(2), raw), second = make_input("52", "w:2", at(1), raw);
  record(*writer, dead(first));
  record(*writer, dead(second));
  const auto found = letters_now(*reader);
  const auto back = redrive(*writer, {found[0].id, found[1].id, found[0].id, 4711}, at(50));
  REQUIRE(back.size() == 2); // oldest first
  CHECK(back[0].id == second->id);
  CHECK(std::holds_alternative<std::monostate>(back[0].body)); // its bytes name another order
  CHECK(back[1].id == first->id);
  CHECK(back[1].dedupe_key == "w:1");
  CHECK(*back[1].raw == raw);
  CHECK(std::holds_alternative<observed_status>(back[1].body));
  CHECK(reader->pending({}).value().inputs.size() == 2);
  CHECK(load(*reader, "51", {"w:1"}).settled.empty());
  CHECK(letters_now(*reader).empty());
  dead_letter_filter all;
  all.redriven = true;
  for (const auto& letter : letters_now(*reader, all))
    CHECK(letter.redriven_at == at(50));
  all.cause = dead_letter_cause::killed_twice;
  CHECK(letters_now(*reader, all).size() == 2);
  CHECK(redrive(*writer, {found[0].id, found[1].id}, at(60)).empty()); // they are not dead any more
  CHECK(letters_now(*reader, all).front().redriven_at == at(50));
}

TEST_CASE("a re-driven input that lives on is settled for good") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  auto unit = next_step(held, "w:1", at(9));
  record(*writer, dead(unit.inputs.front().what));
  const auto letter = letters_now(*reader).front();
  REQUIRE(redrive(*writer, {letter.id}, at(8)).size() == 1);
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  CHECK(outcome_of(*db, "w:1") == "applied");
  CHECK(letters_now(*reader).empty());
  CHECK(redrive(*writer, {letter.id}, at(10)).empty());
  auto late = dead(make_input("51", "w:1", at(11)));
  record(*writer, late); // a redelivery that would die changes nothing either
  CHECK(outcome_of(*db, "w:1") == "applied");
  CHECK(letters_now(*reader).empty());
}

TEST_CASE("a re-driven input that dies again counts in its dead letter, by a commit or apart from one") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  const bool by_commit = GENERATE(true, false);
  const auto what = make_input("51", "w:1", at(1));
  record(*writer, dead(what));
  const auto first = letters_now(*reader).front();
  REQUIRE(redrive(*writer, {first.id}, at(8)).size() == 1);
  auto again = dead(what, by_commit ? dead_letter_cause::shop_mismatch : dead_letter_cause::killed_twice);
  again.decided_at = at(9);
  if (by_commit) {
    auto unit = only_input(held, "w:1", input_outcome::dead);
    unit.inputs.front() = again;
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  } else {
    record(*writer, again);
    record(*writer, again); // its answer was lost
  }
  const auto found = letters_now(*reader);
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == first.id);
  CHECK(found.front().count == 2);
  CHECK(found.front().first_at == first.first_at);
  CHECK(found.front().last_at == at(9));
  CHECK(found.front().cause == *again.dead);
  CHECK_FALSE(found.front().redriven_at);
}

TEST_CASE("a dead letter stays with its input when a redelivery decides the re-driven one") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  const bool by_commit = GENERATE(true, false);
  record(*writer, dead(make_input("51", "w:1", at(1))));
  const auto first = letters_now(*reader).front();
  REQUIRE(redrive(*writer, {first.id}, at(8)).size() == 1);
  const auto redelivered = make_input("51", "w:1", at(9));
  if (by_commit) {
    auto unit = only_input(held, "w:1", input_outcome::dead);
    unit.inputs.front() = dead(redelivered);
    unit.inputs.push_back(recorded(make_input("51", "w:other", at(9)), input_outcome::ignored));
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  } else {
    record(*writer, dead(redelivered));
  }
  const auto found = letters_now(*reader);
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == first.id);
  CHECK(found.front().input == redelivered->id);
  CHECK(found.front().order.str() == "51");
  CHECK(found.front().count == 2);
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:1'") == "2");
  const auto back = redrive(*writer, {first.id}, at(20));
  REQUIRE(back.size() == 1);
  CHECK(back.front().id == redelivered->id);
}

TEST_CASE("an input for no order can be re-driven too") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto what = make_input("", "w:1", at(1), "not json");
  record(*writer, dead(what, dead_letter_cause::unparsable));
  const auto back = redrive(*writer, {letters_now(*reader).front().id}, at(2));
  REQUIRE(back.size() == 1);
  CHECK(*back.front().raw == "not json");
  auto again = dead(what, dead_letter_cause::unparsable);
  again.decided_at = at(3);
  record(*writer, again);
  CHECK(letters_now(*reader).front().count == 2);
}

TEST_CASE("of two who re-drive one dead letter only one gets its input") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer(), other = db->writer();
  const auto reader = db->reader();
  std::vector<input_record> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(dead(make_input(std::to_string(i), "w:" + std::to_string(i))));
  REQUIRE(writer->record(all).has_value());
  std::vector<std::int64_t> ids, backwards;
  for (const auto& letter : letters_now(*reader))
    ids.push_back(letter.id);
  backwards.assign(ids.rbegin(), ids.rend());
  std::vector<input> theirs;
  std::thread beside{[&] { theirs = other->redrive(backwards, at(9)).value(); }};
  const auto ours = writer->redrive(ids, at(9)).value();
  beside.join();
  CHECK(ours.size() + theirs.size() == 40);
  CHECK(reader->pending({}).value().inputs.size() == 40);
}
