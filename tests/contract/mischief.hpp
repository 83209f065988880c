#pragma once
// Random work for a store, from a seed.

#include "tests/contract/orders.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace orderly::test {

/// Random units that a mistaken engine, or two engines at odds, could send.
class mischief {
public:
  explicit mischief(std::uint64_t seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>{0, limit - 1}(random_); }
  bool chance(int percent) { return below(100) < percent; }
  timestamp moment() { return at(++now_ * 1000 + below(900)); }
  [[nodiscard]] timestamp last_moment() const { return at(now_ * 1000 + 1000); }

  std::vector<order_unit> batch(order_queries& truth) {
    std::set<int> chosen;
    for (int i = 1 + below(8); i > 0; --i)
      chosen.insert(below(orders));
    std::vector<order_unit> units;
    for (const auto n : chosen) {
      units.push_back(unit(load(truth, name(n)).order));
      if (chance(25))
        decide_pending(units.back(), truth);
    }
    std::shuffle(units.begin(), units.end(), random_);
    return units;
  }
  /// Inputs apart from commits: new ones, known ones once more, those of units, and some several times.
  std::vector<input_record> records() {
    std::vector<input_record> all;
    for (int i = 1 + below(5); i > 0; --i) {
      auto what = chance(10) && !all.empty()
                      ? all.front().what
                      : make_input(chance(20) ? "" : name(below(orders)), chance(40) ? any_key() : key(), moment());
      all.push_back(recorded(std::move(what), chance(60) ? input_outcome::pending : input_outcome::dead));
      if (all.back().outcome == input_outcome::dead)
        all.back().dead = static_cast<dead_letter_cause>(below(5));
      if (chance(20))
        all.back().decided_at = moment();
      if (chance(3))
        all.back().what = make_input("", std::string{"w:\0nul", 6}, moment());
    }
    return all;
  }
  std::vector<attention_note> notes() {
    std::vector<attention_note> all;
    for (int i = 1 + below(4); i > 0; --i)
      all.push_back({tiktok_order_id{name(below(orders + 2))},
                     {},
                     chance(70) ? "quarantined" : "a",
                     chance(60),
                     moment(),
                     {{"n", below(9)}}});
    return all;
  }
  std::string name(int n) const { return std::to_string(577000 + n); }
  std::string any_key() {
    return known_keys.empty() ? "w:none" : known_keys[static_cast<std::size_t>(below(static_cast<int>(known_keys.size())))];
  }

  static constexpr int orders = 12;
  std::vector<std::string> known_keys;

private:
  order_unit unit(order held) {
    const bool stored = held.version > 0;
    if (chance(8))
      held.version += chance(50) ? 1 : -1; // stale, or from a future that never came
    if (chance(15))
      return only_input(held, key(), chance(40) ? input_outcome::pending : input_outcome::duplicate, moment());
    if (chance(6)) {
      order_unit repeat;
      repeat.order = held.tiktok_id;
      repeat.repeated_keys = {any_key(), any_key()};
      return repeat;
    }
    auto made = stored != chance(4) ? next_step(held, key(), moment()) : creation(held.tiktok_id.str(), key(), moment());
    embellish(made);
    spoil(made);
    return made;
  }
  /// The unit's first input is one that waits, or a redelivery of it.
  void decide_pending(order_unit& unit, order_queries& truth) {
    const auto waiting = truth.pending({unit.order, {}, 1, ""}).value().inputs;
    if (waiting.empty() || unit.inputs.empty())
      return;
    auto& first = unit.inputs.front();
    const auto before = first.what->id;
    first.what = chance(50) ? std::make_shared<const input>(waiting.front())
                            : make_input(unit.order.str(), waiting.front().dedupe_key, moment());
    for (auto& e : unit.events)
      if (e.input == before)
        e.input = first.what->id;
    if (first.outcome != input_outcome::pending && chance(20)) {
      first.outcome = input_outcome::dead;
      first.dead = dead_letter_cause::shop_mismatch;
    }
  }
  void embellish(order_unit& unit) {
    auto& row = *unit.after;
    row.state = all_order_states()[static_cast<std::size_t>(below(5))];
    row.failure = row.state == order_state::failed ? failure_kind::by_operator : failure_kind::none;
    row.held = chance(20);
    row.facts.shop = shop_id{"7495"};
    row.facts.status = status_fact{static_cast<tiktok_status>(below(9)), from_seconds(1'789'000'000 + below(1000))};
    if (chance(20))
      row.closed_at = moment();
    if (chance(40))
      unit.document = json::object{
          {"id", unit.order.str()}, {"n", below(1000)}, {"text", std::string(static_cast<std::size_t>(below(4000)), 'x')}};
    for (int i = below(4); i > 0; --i)
      add_event(unit, chance(60) ? event_type::attention_raised : event_type::attention_cleared,
                {{"kind", chance(50) ? "a" : "b"}, {"n", below(9)}});
    for (int i = below(4); i > 0; --i)
      unit.promises.push_back(promise());
    if (chance(30))
      unit.inputs.push_back(recorded(make_input(unit.order.str(), key(), moment()), input_outcome::stale));
  }
  promise_change promise() {
    constexpr std::array<promise_state, 5> states{promise_state::open, promise_state::open, promise_state::waiting,
                                                  promise_state::done, promise_state::withdrawn};
    promise_change change;
    change.kind = chance(50) ? promise_kind::fetch_detail : promise_kind::mark_shipped;
    change.ref = change.kind == promise_kind::mark_shipped ? std::string(1, static_cast<char>('a' + below(3))) : "";
    change.state = states[static_cast<std::size_t>(below(5))];
    change.due_at = moment();
    if (chance(50))
      change.payload = json::object{{"tracking_number", std::to_string(below(100))}};
    if (chance(30))
      change.last_error = "because";
    change.keep_lease = chance(30);
    if (chance(30))
      change.attempt = below(3);
    return change;
  }
  void spoil(order_unit& unit) {
    if (chance(3))
      unit.inputs.push_back(recorded(make_input(unit.order.str(), std::string{"w:\0nul", 6}, moment())));
    if (chance(3))
      unit.events.back().seq += 1;
    if (chance(3))
      unit.inputs.push_back(unit.inputs.front());
    if (chance(3))
      unit.inputs.front().what = make_input(unit.order.str(), any_key(), moment());
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

} // namespace orderly::test
