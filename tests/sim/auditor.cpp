#include "tests/sim/auditor.hpp"

#include "base/error.hpp"
#include "domain/order/decide.hpp"

#include <algorithm>

namespace orderly::sim {

using orderly::test::input_place;
using orderly::test::memory_input;
using orderly::test::memory_order;

namespace {

/// Written down once more, on purpose: the law of DESIGN section 2.
bool is_lawful(const std::optional<order_state>& from, const std::optional<order_state>& to) {
  static const std::set<std::pair<std::string_view, std::string_view>> law{{"received", "processing"}, {"received", "failed"},
                                                                           {"processing", "shipped"},  {"processing", "failed"},
                                                                           {"shipped", "delivered"},   {"failed", "processing"}};
  return from && to && law.contains({name_of(*from), name_of(*to)});
}

} // namespace

auditor::auditor(stage& on, orderly::test::memory_store& store) : on_(on), store_(store) {
  store_.watch.unit_committed = [this](const order_unit& unit, const memory_order* now) { wrote_unit(unit, now); };
  store_.watch.input_written = [this](const memory_input& now, std::optional<input_outcome> before) { wrote_input(now, before); };
}

/// The history is gapless and lawful, and the row is its fold (I5); every event has its input in the same commit (I4).
void auditor::wrote_unit(const order_unit& unit, const memory_order* now) {
  const auto id = unit.order.str();
  on_.mark(static_cast<std::uint64_t>(unit.events.size()));
  auto& known = shadows_[unit.order];
  known.folded.tiktok_id = unit.order;
  for (const auto& e : unit.events) {
    if (e.seq != known.folded.version + 1)
      return on_.violate("the history is gapless", id, "event ", e.seq, " follows version ", known.folded.version);
    if (e.type == event_type::transitioned && (!is_lawful(e.from, e.to) || *e.from != known.folded.state))
      return on_.violate("every move is lawful", id, (e.from ? std::string{name_of(*e.from)} : "?"), " to ",
                         (e.to ? std::string{name_of(*e.to)} : "?"), " while the order is ", name_of(known.folded.state));
    if (std::none_of(unit.inputs.begin(), unit.inputs.end(), [&](const input_record& in) { return in.what->id == e.input; }))
      on_.violate("an event comes with its input", id, "event ", e.seq);
    known.folded = apply(known.folded, e);
    known.events.push_back(e);
  }
  if (now && known.folded.version > 0 && !(now->row == known.folded))
    on_.violate("the row is the fold of its events", id, "at version ", now->row.version);
}

/// One outcome an input, for good; only a person may make a dead one pending again.
void auditor::wrote_input(const memory_input& now, std::optional<input_outcome> before) {
  const bool may = !before || *before == input_outcome::pending ||
                   (*before == input_outcome::dead && now.outcome == input_outcome::pending && redriving_);
  if (!may)
    on_.violate("an input is settled once", now.what.order.str(), now.what.dedupe_key, " was ", name_of(*before), " and becomes ",
                name_of(now.outcome));
}

void auditor::posted(const ticket& at, const delivery&) {
  for (const auto& in : at.inputs)
    ++posts_[{in.key, in.order}];
}

void auditor::answered(const ticket& at, const std::vector<answer>& answers) {
  if (answers.size() != at.inputs.size())
    return on_.violate("one answer an input", at.inputs.front().order.str(), answers.size(), " answers");
  for (std::size_t i = 0; i < answers.size(); ++i)
    judge(at, at.inputs[i], answers[i]);
}

/// Nothing leaves before it is durable (I2): what is told is what is stored, at this instant.
void auditor::judge(const ticket& at, const ticket::named_input& in, const answer& told) {
  const auto id = in.order.str();
  const input_place place{in.key, in.order};
  const auto& t = store_.look();
  const auto row = t.inputs.find(place);
  if (told.refusal) {
    const auto code = told.refusal->code;
    if (http_status_of(code) == 503)
      return judge_not_now(at, in, code);
    if (code == error_code::internal)
      return on_.violate("no answer is a fault of the program", id, to_string(*told.refusal));
    if (code == error_code::quarantined && !at.is_webhook)
      return judge_undone(in, code);
    if (code == error_code::idempotency_conflict) {
      if (row == t.inputs.end())
        on_.violate("a key is taken by what is stored", id, in.key);
      return;
    }
  }
  if (row == t.inputs.end())
    return on_.violate("an answer waits for its commit", id, in.key, " was answered and is not stored");
  promised_.insert(place);
  if (told.outcome == input_outcome::pending)
    return;
  const auto& kept = row->second;
  if (told.outcome == input_outcome::dead && was_redriven(kept.what.id))
    return; // by now something else is stored
  if (!kept.answer)
    return on_.violate("an answer waits for its commit", id, in.key, " was answered and is only pending");
  if (!in.order.empty() && !(*kept.answer == told))
    return on_.violate("the answer is the stored one", id, in.key, ": told ", name_of(told.outcome), " v", told.version,
                       ", stored ", name_of(kept.answer->outcome), " v", kept.answer->version);
  const auto order = t.orders.find(in.order);
  if (told.version > (order == t.orders.end() ? 0 : order->second.row.version))
    on_.violate("an answer waits for its commit", id, in.key, " names version ", told.version, ", which is not stored");
}

bool auditor::was_redriven(const input_id& id) const {
  const auto& all = store_.look().dead_letters;
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& each) { return each.second.input == id && each.second.redriven_at.has_value(); });
}

/// "Not now" needs an excuse, and "nothing was written" must be true.
void auditor::judge_not_now(const ticket& at, const ticket::named_input& in, error_code why) {
  const auto id = in.order.str();
  const bool no_place = why == error_code::overloaded && on_.with.waiting < 1000;
  // Whether a command took effect before its order's actor died is not always known; a webhook is kept for its successor.
  const bool in_doubt = why == error_code::outcome_unknown && !at.is_webhook && at.deaths != on_.deaths;
  const bool unread = !at.is_webhook && at.misreads != on_.misreads;
  if (at.faults == on_.faults && !no_place && !in_doubt && !unread)
    on_.violate("503 needs an excuse", id, in.key, " was answered ", name_of(why), " and nothing had failed");
  if (!at.is_webhook && (why == error_code::storage_unavailable || why == error_code::overloaded))
    judge_undone(in, why);
}

/// Such a refusal says that nothing was done, and a person may wish the same again under a new key. TikTok cannot.
void auditor::judge_undone(const ticket::named_input& in, error_code why) {
  const auto row = store_.look().inputs.find({in.key, in.order});
  if (row != store_.look().inputs.end() && row->second.what.id == in.id && row->second.outcome != input_outcome::pending)
    on_.violate("what is said to be undone is not done", in.order.str(), in.key, " was told ", name_of(why), " and is stored as ",
                name_of(row->second.outcome));
}

} // namespace orderly::sim
