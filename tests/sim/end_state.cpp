// What must be true once all faults are over, everybody has been answered and nothing moves any more.

#include "domain/order/decide.hpp"
#include "tests/sim/auditor.hpp"

#include <algorithm>

namespace orderly::sim {

using orderly::test::memory_input;

namespace {

std::string text(const order_state& state) { return std::string{name_of(state)}; }

/// What persons moved by hand, as far as it still counts at the end.
struct by_hand {
  bool failed = false;                         ///< given up, and not retried since
  order_state reached = order_state::received; ///< since the last retry
};

by_hand moves_of(const std::vector<event>& events) {
  by_hand moves;
  for (const auto& e : events) {
    if (e.type != event_type::transitioned || e.source != "api" || e.detail.contains("tiktok_status"))
      continue; // also what a release derives has a person as its source
    moves.failed = *e.to == order_state::failed;
    if (moves.failed)
      moves.reached = order_state::received;
    else
      moves.reached = *e.from == order_state::failed ? *e.to : std::max(moves.reached, *e.to);
  }
  return moves;
}

/// Where an order must stand that nobody gave up.
order_state demanded_by(const listing& truth, bool auto_start, bool& fails) {
  const auto& s = truth.status;
  fails = s == "CANCELLED" && !truth.arranged;
  if (s == "UNPAID" || s == "ON_HOLD" || fails)
    return order_state::received;
  if (s == "AWAITING_SHIPMENT")
    return auto_start ? order_state::processing : order_state::received;
  if (s == "PARTIALLY_SHIPPING")
    return order_state::processing;
  if (s == "DELIVERED" || (s == "COMPLETED" && truth.delivered))
    return order_state::delivered;
  return order_state::shipped;
}

} // namespace

void auditor::look_at_the_end(const fake_tiktok& tiktok, const people& persons) {
  check_rows();
  check_inputs();
  check_dead_letters();
  check_promises(tiktok);
  check_truth(tiktok);
  check_reports(tiktok);
  check_wishes(persons);
}

/// What is stored is what was committed, and nothing went in by another way.
void auditor::check_rows() {
  for (const auto& [id, o] : store_.look().orders) {
    const auto& known = shadows_[id];
    if (o.events.size() != known.events.size() || o.row.version != static_cast<std::int64_t>(o.events.size()))
      on_.violate("the history is gapless", id.str(), o.events.size(), " events, version ", o.row.version);
    for (std::size_t i = 0; i < o.events.size(); ++i)
      if (o.events[i].what.seq != static_cast<std::int64_t>(i) + 1)
        on_.violate("the history is gapless", id.str(), "event ", o.events[i].what.seq, " at place ", i);
  }
}

void auditor::check_inputs() {
  const auto& t = store_.look();
  for (const auto& [place, in] : t.inputs) {
    const auto id = place.second.str();
    if (in.outcome == input_outcome::pending)
      on_.violate("nothing stays pending", id, place.first);
    const auto order = t.orders.find(place.second);
    std::int64_t caused = 0;
    if (order != t.orders.end())
      for (const auto& e : order->second.events)
        caused += e.what.input == in.what.id;
    if (caused != in.events)
      on_.violate("an input counts its events", id, place.first, " counts ", in.events, ", has ", caused);
    if (posts_.contains(place) && posts_[place] == 1 && in.deliveries != 1)
      on_.violate("one request is one delivery", id, place.first, " counts ", in.deliveries);
  }
  for (const auto& place : promised_)
    if (!t.inputs.contains(place))
      on_.violate("what was answered is kept", place.second.str(), place.first);
}

void auditor::check_dead_letters() {
  const auto& t = store_.look();
  for (const auto& [place, in] : t.inputs) {
    const auto letter = std::find_if(t.dead_letters.begin(), t.dead_letters.end(),
                                     [&](const auto& each) { return each.second.input == in.what.id; });
    const bool open = letter != t.dead_letters.end() && !letter->second.redriven_at;
    if ((in.outcome == input_outcome::dead) != open)
      on_.violate("a dead input has its dead letter", place.second.str(), place.first, " is ", name_of(in.outcome),
                  (open ? ", with a dead letter" : ", without one"));
  }
  for (const auto& [number, letter] : t.dead_letters)
    if (!t.input_of(letter.input))
      on_.violate("a dead letter has its input", "", "dead letter ", number);
}

/// Every promise is kept, but those that wait for the end of TikTok's hold.
void auditor::check_promises(const fake_tiktok& tiktok) {
  for (const auto& [id, p] : store_.look().outbox) {
    const auto& truth = tiktok.orders().at(p.tiktok_order.str());
    const bool on_hold = truth.status == "ON_HOLD" || truth.status == "UNPAID";
    const bool not_begun = store_.look().orders.at(p.tiktok_order).row.state == order_state::received;
    if (p.state == promise_state::open || (p.state == promise_state::waiting && !on_hold && !not_begun))
      on_.violate("every promise is kept", p.tiktok_order.str(), name_of(p.kind), " is ", name_of(p.state), ", tried ",
                  p.attempts, " times, ", p.last_error);
  }
}

/// The order stands where TikTok's truth and the persons' moves put it.
void auditor::check_truth(const fake_tiktok& tiktok) {
  const auto& t = store_.look();
  for (const auto& [id, truth] : tiktok.orders()) {
    const auto found = t.orders.find(tiktok_order_id{id});
    if (found == t.orders.end()) {
      on_.violate("every order is known", id, "TikTok has told of it");
      continue;
    }
    const auto& row = found->second.row;
    if (!row.facts.status || name_of(row.facts.status->status) != truth.status ||
        to_seconds(row.facts.status->update_time) != truth.updated)
      on_.violate("the newest status is known", id, "TikTok says ", truth.status);
    // Details of one second are ordered by when they were asked for: by whose clock, of several engines?
    const bool one_clock = !on_.set_back && (on_.with.engines == 1 || on_.with.skew.count() == 0);
    if (one_clock && string_at(found->second.document, "buyer_message") != "edition " + std::to_string(truth.edition))
      on_.violate("the newest detail is known", id, "edition ", truth.edition, " is not held");
    const auto moves = moves_of(shadows_[found->first].events);
    bool cancelled = false;
    const auto demanded = demanded_by(truth, on_.with.rules.auto_start, cancelled);
    auto expected = std::max(demanded, moves.reached);
    auto failure = failure_kind::none;
    if (moves.failed) {
      expected = order_state::failed;
      failure = failure_kind::by_operator;
    } else if (cancelled && expected < order_state::shipped) {
      expected = order_state::failed;
      failure = failure_kind::cancelled;
    }
    if (row.held)
      on_.violate("nothing is held at the end", id, "");
    if (row.state != expected || row.failure != failure)
      on_.violate("the state is what the facts and the persons demand", id, "it is ", text(row.state), " (", name_of(row.failure),
                  "), TikTok says ", truth.status, ", so it must be ", text(expected));
  }
}

/// What persons asked to ship is at TikTok, or they were told why not; and what the engine says of it is true.
void auditor::check_reports(const fake_tiktok& tiktok) {
  const auto& t = store_.look();
  for (const auto& [number, p] : t.outbox) {
    if (!is_write(p.kind))
      continue;
    const auto id = p.tiktok_order.str();
    const auto& truth = tiktok.orders().at(id);
    const auto tracking = string_at(p.payload, "tracking_number");
    const bool taken = truth.tracking == tracking;
    bool told_taken = false, told_failed = false;
    for (const auto& e : shadows_[p.tiktok_order].events) {
      if (string_at(e.detail, "ref") != p.ref)
        continue;
      told_taken |= e.type == event_type::report_succeeded;
      told_failed |= e.type == event_type::report_failed;
    }
    if (told_taken && !taken)
      on_.violate("what is said to be shipped is shipped", id, tracking, ", TikTok has '", truth.tracking, "'");
    if (p.state == promise_state::done && !taken)
      on_.violate("a kept promise had its effect", id, tracking);
    if (!taken && !told_failed && p.state != promise_state::waiting)
      on_.violate("no wish to ship is forgotten", id, tracking, " is ", name_of(p.state));
  }
}

void auditor::check_wishes(const people& persons) {
  const auto& t = store_.look();
  for (const auto& each : persons.all()) {
    if (!each->told)
      continue;
    const auto row = t.inputs.find({each->key, each->order});
    if (row == t.inputs.end()) {
      on_.violate("what was answered is kept", each->order.str(), each->key);
      continue;
    }
    if (each->told->refusal || each->told->outcome != input_outcome::applied)
      continue;
    const auto& events = shadows_[each->order].events;
    const auto has = [&](event_type type) {
      return std::count_if(events.begin(), events.end(),
                           [&](const event& e) { return e.input == row->second.what.id && e.type == type; });
    };
    std::optional<event_type> wanted;
    if (std::holds_alternative<add_note>(each->body))
      wanted = event_type::note;
    else if (std::holds_alternative<hold_order>(each->body))
      wanted = event_type::held;
    else if (std::holds_alternative<release_order>(each->body))
      wanted = event_type::released;
    else if (std::holds_alternative<move_order>(each->body))
      wanted = each->told->report == "queued" ? event_type::report_queued : event_type::transitioned;
    if (wanted && (*wanted == event_type::transitioned ? has(*wanted) < 1 : has(*wanted) != 1))
      on_.violate("an accepted wish is history, once", each->order.str(), each->key, " has no ", name_of(*wanted));
  }
}

} // namespace orderly::sim
