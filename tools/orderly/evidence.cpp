#include "tools/orderly/evidence.hpp"

#include "base/digest.hpp"
#include "domain/order/decide.hpp"

#include <algorithm>

namespace orderly::audit {
namespace {

/// Nothing when there is none; an unknown name is not good.
std::optional<order_state> read_state(const std::string& name, bool& good) {
  if (name.empty())
    return std::nullopt;
  const auto state = order_state_from(name);
  good = good && state;
  return state;
}

std::optional<event> read_event(const event_row& row, findings& out) {
  event e;
  bool good = true;
  e.from = read_state(row.from, good);
  e.to = read_state(row.to, good);
  const auto type = event_type_from(row.type);
  const auto detail = parse_json(row.detail);
  good = good && type && detail && detail->is_object();
  if (!good) {
    out.add(rule::readable, "the event of seq " + said(row.seq), "what cannot be read",
            "a known type, known states, a JSON object");
    return std::nullopt;
  }
  e.seq = row.seq;
  e.at = row.at;
  e.type = *type;
  e.source = row.source;
  e.actor = row.actor;
  e.detail = detail->get_object();
  e.input = row.input;
  return e;
}

void read_events(evidence& all, findings& out) {
  all.whole = true;
  std::int64_t due = 1;
  for (const auto& row : all.stored.events) {
    if (row.seq != due) {
      out.add(rule::history, "the event after " + said(due - 1), "seq " + said(row.seq), "seq " + said(due));
      all.whole = false;
    }
    due = row.seq + 1;
    if (auto e = read_event(row, out))
      all.events.push_back(std::move(*e));
    else
      all.whole = false;
  }
}

std::optional<answer> read_answer(const input_row& row, findings& out) {
  if (row.answer.empty())
    return std::nullopt;
  const auto body = parse_json(row.answer);
  auto told = body && body->is_object() ? answer_from(body->get_object()) : result<answer>{error{}};
  if (told)
    return *std::move(told);
  out.add(rule::readable, "the answer of " + name_of(row), "what cannot be read", "an answer");
  return std::nullopt;
}

void read_inputs(evidence& all, findings& out) {
  for (const auto& row : all.stored.inputs) {
    input_evidence in;
    in.row = &row;
    in.outcome = input_outcome_from(row.outcome);
    if (!in.outcome)
      out.add(rule::readable, "the outcome of " + name_of(row), said(row.outcome), "a known outcome");
    in.told = read_answer(row, out);
    in.raw_is_whole = sha256(row.raw) == row.raw_hash;
    all.places.emplace(row.id.value, all.inputs.size());
    all.inputs.push_back(std::move(in));
  }
  for (const auto& row : all.stored.events) {
    const auto at = all.places.find(row.input.value);
    if (at == all.places.end())
      continue;
    auto& in = all.inputs[at->second];
    in.first_seq = in.events++ == 0 ? row.seq : in.first_seq;
    in.last_seq = row.seq;
  }
}

/// What a row inserted by hand had before an engine knew it stands in no event: what no event changed is taken from the row.
order begun_by_hand(const order_columns& row, const std::vector<event>& events) {
  order o;
  o.id = row.id;
  o.created_at = row.created_at;
  o.state = order_state_from(row.state).value_or(order_state::received);
  o.failure = failure_kind_from(row.failure);
  o.held = row.held;
  const auto first = [&](auto&& is) { return std::find_if(events.begin(), events.end(), is); };
  if (const auto moved = first([](const event& e) { return e.from.has_value(); }); moved != events.end())
    o.state = *moved->from;
  if (first([](const event& e) { return e.type == event_type::transitioned; }) != events.end())
    o.failure = failure_kind::none; // whatever it was, a move has set it anew
  const auto hold = first([](const event& e) { return e.type == event_type::held || e.type == event_type::released; });
  if (hold != events.end())
    o.held = hold->type == event_type::released;
  if (first([](const event& e) { return e.detail.contains("shop_id"); }) == events.end())
    o.facts.shop = shop_id{row.shop};
  return o;
}

void fold(evidence& all) {
  const auto& row = all.stored.row;
  const bool begins = !all.events.empty() && all.events.front().type == event_type::created;
  all.adopted = row && begins && all.events.front().input.value != row->id.value;
  if (row && (all.adopted || all.events.empty()))
    all.begun = begun_by_hand(*row, all.events);
  all.begun.tiktok_id = all.stored.id;
  if (!all.whole)
    return;
  all.folded = all.begun;
  all.states.push_back(all.begun.state);
  for (const auto& e : all.events) {
    all.folded = apply(std::move(all.folded), e);
    all.states.push_back(all.folded.state);
  }
}

} // namespace

evidence read_evidence(const order_dossier& stored, findings& out) {
  evidence all{.stored = stored, .events = {}, .inputs = {}, .places = {}, .begun = {}, .folded = {}, .states = {}};
  read_events(all, out);
  read_inputs(all, out);
  fold(all);
  return all;
}

std::string name_of(const input_row& in) { return in.type + " " + to_string(in.id); }

bool same_value(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number())
    return a == b || ((a.is_double() || b.is_double()) && a.to_number<double>() == b.to_number<double>());
  if (const auto* left = a.if_array(), *right = b.if_array(); left && right)
    return std::equal(left->begin(), left->end(), right->begin(), right->end(), same_value);
  const auto *left = a.if_object(), *right = b.if_object();
  if (!left || !right)
    return a == b;
  return left->size() == right->size() && std::all_of(left->begin(), left->end(), [&](const auto& member) {
           const auto* other = right->if_contains(member.key());
           return other && same_value(member.value(), *other);
         });
}

} // namespace orderly::audit
