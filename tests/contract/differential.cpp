// The stores get the same random work and must give the same answers. Ids of outbox rows and messages of
// refusals are their own.

#include "base/json.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace orderly;
using namespace orderly::test;

namespace {

struct store_pair {
  std::unique_ptr<store_under_test> db;
  std::unique_ptr<store_writer> writer;
  std::unique_ptr<store_reader> reader;
  explicit store_pair(std::unique_ptr<store_under_test> of)
      : db(std::move(of)), writer(db->writer()), reader(db->reader()) {}
};

/// Random units that a mistaken engine, or two engines at odds, could send.
class mischief {
public:
  explicit mischief(std::uint64_t seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>{0, limit - 1}(random_); }
  bool chance(int percent) { return below(100) < percent; }
  timestamp moment() { return at(++now_ * 1000 + below(900)); }
  [[nodiscard]] timestamp last_moment() const { return at(now_ * 1000 + 1000); }

  std::vector<order_unit> batch(store_reader& truth) {
    std::set<int> chosen;
    for (int i = 1 + below(8); i > 0; --i)
      chosen.insert(below(orders));
    std::vector<order_unit> units;
    for (const auto n : chosen)
      units.push_back(unit(load(truth, name(n)).order));
    std::shuffle(units.begin(), units.end(), random_);
    return units;
  }
  std::string name(int n) const { return std::to_string(577000 + n); }
  std::string any_key() {
    return known_keys.empty()
               ? "w:none"
               : known_keys[static_cast<std::size_t>(below(static_cast<int>(known_keys.size())))];
  }

  static constexpr int orders = 12;
  std::vector<std::string> known_keys;

private:
  order_unit unit(order held) {
    const bool stored = held.version > 0;
    if (chance(8)) held.version += chance(50) ? 1 : -1; // stale, or from a future that never came
    if (chance(15))
      return only_input(held, key(), chance(40) ? input_outcome::pending : input_outcome::duplicate,
                        moment());
    if (chance(6)) {
      order_unit repeat;
      repeat.order = held.tiktok_id;
      repeat.repeated_keys = {any_key(), any_key()};
      return repeat;
    }
    auto made = stored != chance(4) ? next_step(held, key(), moment())
                                    : creation(held.tiktok_id.str(), key(), moment());
    embellish(made);
    spoil(made);
    return made;
  }
  void embellish(order_unit& unit) {
    auto& row = *unit.after;
    row.state = all_order_states()[static_cast<std::size_t>(below(5))];
    row.failure = row.state == order_state::failed ? failure_kind::by_operator : failure_kind::none;
    row.held = chance(20);
    row.facts.shop = shop_id{"7495"};
    row.facts.status =
        status_fact{static_cast<tiktok_status>(below(9)), from_seconds(1'789'000'000 + below(1000))};
    if (chance(20)) row.closed_at = moment();
    if (chance(40))
      unit.document = json::object{{"id", unit.order.str()},
                                   {"n", below(1000)},
                                   {"text", std::string(static_cast<std::size_t>(below(4000)), 'x')}};
    for (int i = below(4); i > 0; --i)
      add_event(unit, chance(60) ? event_type::attention_raised : event_type::attention_cleared,
                {{"kind", chance(50) ? "a" : "b"}, {"n", below(9)}});
    for (int i = below(4); i > 0; --i)
      unit.promises.push_back(promise());
    if (chance(30))
      unit.inputs.push_back(recorded(make_input(unit.order.str(), key(), moment()), input_outcome::stale));
  }
  promise_change promise() {
    constexpr std::array<promise_state, 5> states{promise_state::open, promise_state::open,
                                                  promise_state::waiting, promise_state::done,
                                                  promise_state::withdrawn};
    promise_change change;
    change.kind = chance(50) ? promise_kind::fetch_detail : promise_kind::mark_shipped;
    change.ref =
        change.kind == promise_kind::mark_shipped ? std::string(1, static_cast<char>('a' + below(3))) : "";
    change.state = states[static_cast<std::size_t>(below(5))];
    change.due_at = moment();
    if (chance(50)) change.payload = json::object{{"tracking_number", std::to_string(below(100))}};
    if (chance(30)) change.last_error = "because";
    change.keep_lease = chance(30);
    return change;
  }
  void spoil(order_unit& unit) {
    if (chance(3))
      unit.inputs.push_back(recorded(make_input(unit.order.str(), std::string{"w:\0nul", 6}, moment())));
    if (chance(3)) unit.events.back().seq += 1;
    if (chance(3)) unit.inputs.push_back(unit.inputs.front());
    if (chance(3)) unit.inputs.front().what = make_input(unit.order.str(), any_key(), moment());
  }
  std::string key() {
    auto made = "w:" + std::to_string(++keys_);
    known_keys.push_back(made);
    return made;
  }

  std::mt19937_64 random_;
  int keys_ = 0;
  std::int64_t now_ = 0;
};

std::string verdicts(const result<std::vector<unit_result>>& told) {
  if (!told) return to_string(told.error());
  std::string all;
  for (const auto& one : *told)
    all += one.verdict == commit_verdict::committed  ? 'y'
           : one.verdict == commit_verdict::conflict ? 'c'
                                                     : 'r';
  return all;
}

json::value as_json(const answer& a) {
  return to_json(a);
}

json::value as_json(const loaded_order& loaded) {
  json::object out{{"exists", loaded.exists}, {"version", loaded.order.version}};
  if (loaded.document) out["document"] = *loaded.document;
  json::object settled;
  for (const auto& [key, one] : loaded.settled)
    settled[key] = json::object{
        {"id", to_string(one.id)}, {"hash", to_hex(one.raw_hash)}, {"answer", as_json(one.answer)}};
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

/// JSON as values: jsonb keeps neither the order of members nor the spelling of numbers.
template <class T>
void same(const T& a, const T& b) {
  CHECK(canonical_json(as_json(a)) == canonical_json(as_json(b)));
}

void compare_orders(store_pair& one, store_pair& other, mischief& work) {
  for (int n = 0; n < mischief::orders; ++n) {
    const std::vector<std::string> keys{work.any_key(), work.any_key(), work.any_key()};
    const auto a = load(*one.reader, work.name(n), keys, true),
               b = load(*other.reader, work.name(n), keys, true);
    same(a, b);
    CHECK(a.order == b.order);
  }
}

void compare_lists(store_pair& one, store_pair& other, mischief& work) {
  order_filter filter;
  filter.limit = static_cast<std::size_t>(1 + work.below(5));
  if (work.chance(60)) filter.state = all_order_states()[static_cast<std::size_t>(work.below(5))];
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
    if (!a) return;
    same(*a, *b);
    cursor = a->next_cursor;
  } while (!cursor.empty());
}

void compare_claims(store_pair& one, store_pair& other, mischief& work) {
  const claim_request what{work.last_moment(), static_cast<std::size_t>(1 + work.below(6)), "engine",
                           work.last_moment() + std::chrono::microseconds{5000}};
  same(one.writer->claim(what).value(), other.writer->claim(what).value());
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
    if (work.chance(30)) compare_claims(one, other, work);
    if (step % 10 == 9) {
      compare_orders(one, other, work);
      compare_lists(one, other, work);
      compare_timelines(one, other, work);
    }
  }
  for (const auto verdict : {'y', 'c', 'r'}) // or the work was too tame to tell
    CHECK(std::count(seen.begin(), seen.end(), verdict) > 20);
  for (const auto* count :
       {"select count(*) from orders", "select count(*) from order_events", "select count(*) from inputs",
        "select sum(deliveries) from inputs", "select count(*) from outbox",
        "select sum(attempts) from outbox", "select count(*) from order_attention where until is null",
        "select sum(events) from inputs"})
    CHECK(one.db->scalar(count) == other.db->scalar(count));
}
