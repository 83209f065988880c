// The calm after the storm: nothing fails any more, nobody wants anything new. Everything must come to rest, and right.

#include "tests/sim/world.hpp"

#include <algorithm>

namespace orderly::sim {

using namespace std::chrono_literals;

void world::heal() {
  on_.note("--- the storm is over");
  on_.calm = true;
  put_engines_up();
  for (auto& each : seats_)
    each.host->connect_shop(true);
}

/// In the calm too: what the storm did at its last instant may end an engine later.
void world::put_engines_up() {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].host && (seats_[i].host->is_stopping() || seats_[i].host->has_failed()))
      take_down(i);
    if (!seats_[i].host)
      start(i);
  }
}

/// Whoever is quarantined is served again: at an engine that knows of it, or everywhere when only the store does.
void world::lift_quarantines() {
  bool stored = false;
  for (const auto& [id, row] : store_.look().orders)
    if (const auto mark = row.attention.find("quarantined"); mark != row.attention.end())
      stored |= !mark->second.until;
  for (auto& each : seats_)
    if (stored || each.host->gauge("orderly_registry_turned_away_orders") > 0)
      for (const auto& [id, order] : tiktok_.orders())
        each.host->operations().restart(tiktok_order_id{id}, [](const result<restarted>&) {});
}

/// Until nothing is left to be done, and then once more: persons look through the dead letters and let go of what they hold.
void world::settle() {
  std::string why;
  for (int round = 0; round < 2 || has_more_to_do(); ++round) {
    if (round > 30)
      return on_.violate("dead letters can be handled again, and what is held be released", "",
                         "after so many times some is left");
    for (int moments = 0;; ++moments) {
      put_engines_up();
      lift_quarantines();
      while (!on_.broken && step_in_calm()) {
      }
      if (on_.broken)
        return;
      if (is_quiet(why))
        break;
      if (moments > 400)
        return on_.violate("everything comes to rest", "", why);
      next_moment();
    }
    tiktok_.remind();
    for (const auto cause :
         {dead_letter_cause::killed_twice, dead_letter_cause::refused_by_store, dead_letter_cause::shop_mismatch})
      redrive(*seats_.front().host, cause, 200);
    for (const auto& [id, row] : store_.look().orders)
      if (row.row.held)
        send(persons_.want(id.str(), release_order{}), *seats_.front().host);
  }
}

/// Dead letters whose cause is over, or an order that is held.
bool world::has_more_to_do() const {
  const auto& t = store_.look();
  return std::any_of(t.orders.begin(), t.orders.end(), [](const auto& each) { return each.second.row.held; }) ||
         std::any_of(t.dead_letters.begin(), t.dead_letters.end(), [](const auto& each) {
           const auto& letter = each.second;
           return !letter.redriven_at &&
                  (letter.cause == dead_letter_cause::killed_twice || letter.cause == dead_letter_cause::refused_by_store);
         });
}

bool world::step_in_calm() {
  bool moved = false;
  for (auto& each : seats_) {
    auto& host = *each.host;
    while (host.reads().has_waiting()) {
      host.reads().answer_one();
      moved = true;
    }
    for (auto jobs = host.jobs(); !jobs.empty() && !on_.broken; jobs = host.jobs()) {
      host.run(on_.random.one_of(jobs));
      after_message(host);
      moved = true;
      if (++messages_at_once_ > 20'000)
        on_.violate("nobody spins", "", "so many messages and no time has passed");
    }
  }
  while (tiktok_.has_call()) {
    tiktok_.work();
    moved = true;
  }
  auto& first = *on_.random.one_of(seats_).host;
  while (auto* push = tiktok_.next_push()) {
    send(*push, first);
    moved = true;
  }
  for (const auto& each : persons_.undecided()) {
    if (!each->ready)
      continue;
    each->ready = false;
    send(each, first);
    moved = true;
  }
  return moved;
}

/// Now or later. What an order that is held has promised waits until it is released.
bool world::is_due(const orderly::test::memory_promise& p) const {
  return p.state == promise_state::open && !store_.look().orders.at(p.tiktok_order).row.held;
}

bool world::is_quiet(std::string& why) const {
  const auto& t = store_.look();
  if (const auto open = door_.open(); !open.empty())
    why = "request " + std::to_string(open.front()->number) + " has no answer";
  else if (tiktok_.has_unanswered())
    why = "a webhook is not answered 200";
  else if (const auto undecided = persons_.undecided(); !undecided.empty())
    why = "a wish has no answer: " + undecided.front()->key;
  else if (const auto pending = std::find_if(t.inputs.begin(), t.inputs.end(),
                                             [](const auto& row) { return row.second.outcome == input_outcome::pending; });
           pending != t.inputs.end())
    why = "an input is pending: " + pending->first.first + " of " + pending->first.second.str();
  else if (const auto open_row =
               std::find_if(t.outbox.begin(), t.outbox.end(), [this](const auto& row) { return is_due(row.second); });
           open_row != t.outbox.end())
    why = "a promise is open: " + std::string{name_of(open_row->second.kind)} + " of " + open_row->second.tiktok_order.str();
  else
    return true;
  return false;
}

/// A second, or as long as it takes until the next promise is due when there is nothing before it.
void world::next_moment() {
  std::optional<timestamp> due;
  bool other = tiktok_.has_unanswered() || !door_.open().empty();
  for (const auto& [place, in] : store_.look().inputs)
    other |= in.outcome == input_outcome::pending;
  for (const auto& [number, p] : store_.look().outbox)
    if (is_due(p))
      due = std::min(due.value_or(timestamp::max()), std::max(*p.due_at, p.lease_until.value_or(*p.due_at)));
  auto step = 1000ms;
  if (!other && due && *due > on_.time.now())
    step = std::max(step, std::chrono::ceil<std::chrono::milliseconds>(*due - on_.time.now()) + 10s); // more than any skew
  messages_at_once_ = 0;
  for (const auto& each : persons_.all())
    each->ready = true;
  advance(step);
}

/// Nothing is left in memory but what an engine has from its beginning.
void world::check_idle_engines() {
  engine_host fresh{on_, store_, tiktok_, rules_, static_cast<int>(seats_.size()), 0};
  for (auto jobs = fresh.jobs(); !jobs.empty(); jobs = fresh.jobs())
    fresh.run(jobs.front());
  for (int i = 0; i < 3; ++i) {
    advance(on_.with.idle + 1s);
    while (!on_.broken && step_in_calm()) {
    }
  }
  for (auto& each : seats_) {
    auto& host = *each.host;
    for (const auto* name : {"orderly_registry_residents", "orderly_registry_inputs_in_hand", "orderly_registry_waiting_orders",
                             "orderly_registry_parked_inputs", "orderly_registry_turned_away_orders",
                             "orderly_quarantined_orders", "orderly_storage_units_waiting", "orderly_storage_lanes_busy",
                             "orderly_outbox_fetches_under_way", "orderly_outbox_writes_under_way", "orderly_sweeper_under_way"})
      if (host.gauge(name) != 0)
        on_.violate("at rest every gauge is zero", "", name, " is ", host.gauge(name), " in engine ", host.number);
    if (host.actors() != fresh.actors())
      on_.violate("at rest no actor is left", "", host.actors(), " actors in engine ", host.number, ", ", fresh.actors(),
                  " in a fresh one");
  }
}

void world::stop_engines() {
  for (auto& each : seats_)
    each.host->begin_stop(10s);
  for (int i = 0; i < 5; ++i) {
    while (!on_.broken && step_in_calm()) {
    }
    advance(10ms);
  }
  for (const auto& each : seats_)
    if (!each.host->has_stopped())
      on_.violate("an idle engine stops at once", "", "engine ", each.host->number);
}

} // namespace orderly::sim
