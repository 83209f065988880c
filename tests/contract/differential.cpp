// The stores get the same random work and must give the same answers. Ids of outbox rows and messages of
// refusals are their own.

#include "base/json.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/mischief.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <set>

using namespace orderly;
using namespace orderly::test;

namespace {

struct store_pair {
  std::unique_ptr<store_under_test> db;
  std::unique_ptr<store_writer> writer;
  std::unique_ptr<order_queries> reader;
  explicit store_pair(std::unique_ptr<store_under_test> of) : db(std::move(of)), writer(db->writer()), reader(db->reader()) {}
};

std::string verdicts(const result<std::vector<unit_result>>& told) {
  if (!told)
    return to_string(told.error());
  std::string all;
  for (const auto& one : *told)
    all += one.verdict == commit_verdict::committed ? 'y' : one.verdict == commit_verdict::conflict ? 'c' : 'r';
  return all;
}

json::value as_json(const answer& a) { return to_json(a); }

json::value as_json(const loaded_order& loaded) {
  json::object out{{"exists", loaded.exists}, {"quarantined", loaded.quarantined}, {"version", loaded.order.version}};
  if (loaded.document)
    out["document"] = *loaded.document;
  json::object settled;
  for (const auto& [key, one] : loaded.settled)
    settled[key] = json::object{{"id", to_string(one.id)}, {"hash", to_hex(one.raw_hash)}, {"answer", as_json(one.answer)}};
  out["settled"] = std::move(settled);
  return out;
}

json::value as_json(claimed_rows claimed) {
  // Ids grow with the promises of one order; across orders each store gives them in its own way.
  std::stable_sort(claimed.rows.begin(), claimed.rows.end(),
                   [](const auto& a, const auto& b) { return a.tiktok_order < b.tiktok_order; });
  json::array rows;
  for (const auto& row : claimed.rows)
    rows.push_back(json::object{{"order", row.tiktok_order.str()},
                                {"shop", row.shop.str()},
                                {"kind", name_of(row.kind)},
                                {"ref", row.ref},
                                {"payload", row.payload},
                                {"attempt", row.attempt},
                                {"due", to_rfc3339(row.due_at)}});
  return json::object{{"rows", rows}, {"next", claimed.next_due ? to_rfc3339(*claimed.next_due) : ""}};
}

json::value as_json(const timeline_page& page) {
  json::array all;
  for (const auto& entry : page.entries)
    if (entry.happened)
      all.push_back(json::object{{"seq", entry.happened->seq},
                                 {"type", name_of(entry.happened->type)},
                                 {"at", to_rfc3339(entry.happened->at)},
                                 {"detail", entry.happened->detail},
                                 {"input", to_string(entry.happened->input)}});
    else
      all.push_back(json::object{{"id", to_string(entry.received->id)},
                                 {"at", to_rfc3339(entry.received->received_at)},
                                 {"key", entry.received->dedupe_key},
                                 {"outcome", name_of(entry.received->outcome)},
                                 {"deliveries", entry.received->deliveries}});
  return json::object{{"entries", all}, {"next", page.next_cursor}};
}

json::value as_json(const std::vector<input>& inputs) {
  json::array all;
  for (const auto& one : inputs)
    all.push_back(json::object{{"id", to_string(one.id)},
                               {"delivery", to_string(one.delivery)},
                               {"key", one.dedupe_key},
                               {"order", one.order.str()},
                               {"at", to_rfc3339(one.received_at)}});
  return all;
}

/// Letters of one moment stand in an order of each store's own, and so do their ids.
json::value as_json(std::vector<dead_letter_view> letters) {
  std::sort(letters.begin(), letters.end(), [](const auto& a, const auto& b) { return a.input < b.input; });
  json::array all;
  for (const auto& one : letters)
    all.push_back(json::object{{"input", to_string(one.input)},
                               {"order", one.order.str()},
                               {"cause", name_of(one.cause)},
                               {"count", one.count},
                               {"first", to_rfc3339(one.first_at)},
                               {"last", to_rfc3339(one.last_at)},
                               {"redriven", one.redriven_at ? to_rfc3339(*one.redriven_at) : ""}});
  return all;
}

/// JSON as values: jsonb keeps neither the order of members nor the spelling of numbers.
template <class T>
void same(const T& a, const T& b) {
  CHECK(canonical_json(as_json(a)) == canonical_json(as_json(b)));
}

void compare_orders(store_pair& one, store_pair& other, mischief& work) {
  for (int n = 0; n < mischief::orders; ++n) {
    const std::vector<std::string> keys{work.any_key(), work.any_key(), work.any_key()};
    const auto a = load(*one.reader, work.name(n), keys, true), b = load(*other.reader, work.name(n), keys, true);
    same(a, b);
    CHECK(a.order == b.order);
  }
}

void compare_lists(store_pair& one, store_pair& other, mischief& work) {
  order_filter filter;
  filter.limit = static_cast<std::size_t>(1 + work.below(5));
  if (work.chance(60))
    filter.state = all_order_states()[static_cast<std::size_t>(work.below(5))];
  do {
    const auto a = one.reader->list(filter).value(), b = other.reader->list(filter).value();
    CHECK(a.orders == b.orders);
    REQUIRE(a.next_cursor == b.next_cursor);
    filter.cursor = a.next_cursor;
  } while (!filter.cursor.empty());
}

void compare_timelines(store_pair& one, store_pair& other, mischief& work) {
  const order_key key = tiktok_order_id{work.name(work.below(mischief::orders))};
  std::string cursor;
  do {
    const auto a = one.reader->timeline(key, 7, cursor), b = other.reader->timeline(key, 7, cursor);
    REQUIRE(a.has_value() == b.has_value());
    if (!a)
      return;
    same(*a, *b);
    cursor = a->next_cursor;
  } while (!cursor.empty());
}

void compare_claims(store_pair& one, store_pair& other, mischief& work) {
  const claim_request what{work.last_moment(), static_cast<std::size_t>(1 + work.below(6)), "engine",
                           work.last_moment() + std::chrono::microseconds{5000}};
  same(one.writer->claim(what).value(), other.writer->claim(what).value());
}

void compare_pending(store_pair& one, store_pair& other, mischief& work) {
  pending_request what;
  what.limit = static_cast<std::size_t>(1 + work.below(20));
  if (work.chance(50))
    what.order = tiktok_order_id{work.name(work.below(mischief::orders))};
  if (work.chance(50))
    what.received_before = at(work.below(200) * 1000);
  do {
    const auto a = one.reader->pending(what).value(), b = other.reader->pending(what).value();
    same(a.inputs, b.inputs);
    REQUIRE(a.next_cursor == b.next_cursor);
    what.cursor = a.next_cursor;
  } while (!what.cursor.empty());
}

std::vector<dead_letter_view> letters_of(store_pair& one, dead_letter_filter filter) {
  std::vector<dead_letter_view> all;
  do {
    auto page = one.reader->dead_letters(filter).value();
    all.insert(all.end(), page.letters.begin(), page.letters.end());
    filter.cursor = page.next_cursor;
  } while (!filter.cursor.empty());
  return all;
}

void compare_dead_letters(store_pair& one, store_pair& other, mischief& work) {
  dead_letter_filter filter;
  filter.limit = static_cast<std::size_t>(1 + work.below(20));
  filter.redriven = work.chance(50);
  if (work.chance(50))
    filter.cause = static_cast<dead_letter_cause>(work.below(5));
  same(letters_of(one, filter), letters_of(other, filter));
}

void compare_redrives(store_pair& one, store_pair& other, mischief& work) {
  dead_letter_filter all;
  all.redriven = true;
  std::set<input_id> chosen;
  const auto ids_of = [&](const std::vector<dead_letter_view>& letters) {
    std::vector<std::int64_t> ids;
    for (const auto& letter : letters)
      if (chosen.contains(letter.input))
        ids.push_back(letter.id);
    return ids;
  };
  const auto ours = letters_of(one, all), theirs = letters_of(other, all);
  for (const auto& letter : ours)
    if (work.chance(20))
      chosen.insert(letter.input);
  const auto now = work.moment();
  same(one.writer->redrive(ids_of(ours), now).value(), other.writer->redrive(ids_of(theirs), now).value());
}

/// Everything that is written apart from commits.
void do_beside(store_pair& one, store_pair& other, mischief& work) {
  if (work.chance(40)) {
    const auto inputs = work.records();
    CHECK(one.writer->record(inputs).has_value() == other.writer->record(inputs).has_value());
  }
  if (work.chance(20)) {
    const auto notes = work.notes();
    REQUIRE(one.writer->note(notes).has_value());
    REQUIRE(other.writer->note(notes).has_value());
  }
  if (work.chance(15))
    compare_redrives(one, other, work);
}

} // namespace

TEST_CASE("all stores give the same answers to the same work as SQLite") {
  const std::string second = GENERATE(std::string{"postgresql"}, std::string{"memory"});
  const auto seed = seed_of_run();
  mischief work{seed};
  store_pair one{fresh("sqlite")}, other{fresh(second)};
  std::string seen;
  for (int step = 0; step < 300; ++step) {
    INFO(second << ", ORDERLY_SEED=" << seed << ", step " << step);
    const auto units = work.batch(*one.reader);
    const auto a = verdicts(one.writer->commit(units)), b = verdicts(other.writer->commit(units));
    REQUIRE(a == b);
    seen += a;
    do_beside(one, other, work);
    if (work.chance(30))
      compare_claims(one, other, work);
    if (step % 10 == 9) {
      compare_orders(one, other, work);
      compare_lists(one, other, work);
      compare_timelines(one, other, work);
      compare_pending(one, other, work);
      compare_dead_letters(one, other, work);
    }
  }
  for (const auto verdict : {'y', 'c', 'r'}) // or the work was too tame to tell
    CHECK(std::count(seen.begin(), seen.end(), verdict) > 20);
  for (const auto* count :
       {"select count(*) from orders", "select count(*) from order_events", "select count(*) from inputs",
        "select sum(deliveries) from inputs", "select count(*) from outbox", "select sum(attempts) from outbox",
        "select count(*) from order_attention where until is null", "select sum(events) from inputs",
        "select count(*) from inputs where outcome = 'pending'", "select count(*) from inputs where outcome = 'dead'",
        "select sum(count) from dead_letters", "select count(*) from dead_letters where redriven_at is not null",
        "select count(*) from order_attention where until is null and kind = 'quarantined'"})
    CHECK(one.db->scalar(count) == other.db->scalar(count));
  CHECK(one.db->scalar("select count(*) from inputs where outcome = 'applied' and deliveries > 1") != "0");
  CHECK(one.db->scalar("select count(*) from dead_letters where count > 1") != "0");
}
