#include "domain/order/input.hpp"
#include "domain/tiktok/webhook.hpp"
#include "tools/orderly/rules.hpp"

#include <algorithm>

namespace orderly::audit {
namespace {

bool is_from(const input_row& in, input_source source) { return in.source == orderly::name_of(source); }

/// The bytes are TikTok's, and the row says of them what they say.
void check_webhook(const input_row& in, const tiktok_order_id& order, findings& out) {
  const auto hook = parse_webhook(in.raw);
  if (hook.dedupe_key != in.dedupe_key)
    out.add(rule::input, "the dedupe_key of " + name_of(in), said(in.dedupe_key), hook.dedupe_key);
  if (hook.notification_id != in.notification_id)
    out.add(rule::input, "the notification_id of " + name_of(in), said(in.notification_id), said(hook.notification_id));
  if (std::none_of(hook.orders.begin(), hook.orders.end(), [&](const auto& each) { return each.first == order; }))
    out.add(rule::input, "the orders that " + name_of(in) + " names", "not this one", order.str());
}

void check_bytes(const input_evidence& in, const evidence& all, findings& out) {
  if (all.folded.facts.erased)
    return; // its bytes were redacted; the hash of what came stays
  if (!in.raw_is_whole)
    out.add(rule::input, "the SHA-256 of " + name_of(*in.row), to_hex(sha256(in.row->raw)), to_hex(in.row->raw_hash));
  else if (is_from(*in.row, input_source::webhook))
    check_webhook(*in.row, all.stored.id, out);
}

/// What TikTok answers may change a promise alone, which is no event; everything else that is applied is history.
bool may_be_applied_silently(const input_row& in) { return is_from(in, input_source::tiktok); }

void check_effect(const input_evidence& in, const evidence& all, findings& out) {
  const auto name = name_of(*in.row);
  if (in.events != in.row->events)
    out.add(rule::effect, "the events of " + name, said(in.events), said(in.row->events));
  else if (in.outcome == input_outcome::applied && in.events == 0 && !may_be_applied_silently(*in.row))
    out.add(rule::effect, "the applied " + name, "no event", "what it changed");
  if (in.events > 0 && in.outcome != input_outcome::applied && in.outcome != input_outcome::refused)
    out.add(rule::effect, "the events of the " + in.row->outcome + " " + name, said(in.events), "none");
  if (in.outcome == input_outcome::dead && !in.row->has_dead_letter)
    out.add(rule::effect, "the dead letter of " + name, "nothing", "one");
  if (!all.stored.row && in.outcome == input_outcome::applied)
    out.add(rule::effect, "the order of the applied " + name, "no row", "a row");
}

void check_decided(const input_evidence& in, const evidence& all, const policies& known, findings& out) {
  const auto& row = *in.row;
  const auto name = name_of(row);
  if (!row.decided_on || !row.decided_at || !row.policy_version)
    return out.add(rule::decided, name, "no version, time or policy that it was decided on", "all three");
  if (!known.contains(*row.policy_version))
    out.add(rule::decided, "the policy of " + name, said(*row.policy_version) + ", which is not stored", "a stored one");
  const auto last = all.stored.row ? all.stored.row->version : 0;
  if (in.events == 0 && (*row.decided_on < 0 || *row.decided_on > last))
    out.add(rule::decided, "the version that " + name + " was decided on", said(*row.decided_on), "0 to " + said(last));
  if (in.events == 0)
    return;
  if (in.first_seq != *row.decided_on + 1)
    out.add(rule::decided, "the first event of " + name, "seq " + said(in.first_seq), "seq " + said(*row.decided_on + 1));
  if (in.last_seq - in.first_seq + 1 != in.events)
    out.add(rule::decided, "the events of " + name, "others between them", "one behind the other");
}

/// What was told to whoever asked is what is stored.
void check_answer(const input_evidence& in, const evidence& all, findings& out) {
  const auto name = "the answer to " + name_of(*in.row);
  if (!in.told) {
    if (in.row->answer.empty())
      out.add(rule::answer, name, "nothing", "an answer");
    return;
  }
  if (in.told->outcome != in.outcome)
    out.add(rule::answer, name, std::string{orderly::name_of(in.told->outcome)}, said(in.row->outcome));
  if (in.outcome == input_outcome::dead || !in.row->decided_on)
    return;
  const auto version = *in.row->decided_on + in.events;
  if (in.told->version != version)
    return out.add(rule::answer, "the version in " + name, said(in.told->version), said(version));
  if (!all.stored.row || !all.whole || version < 0 || version >= static_cast<std::int64_t>(all.states.size()))
    return;
  const auto state = all.states[static_cast<std::size_t>(version)];
  if (in.told->state != state)
    out.add(rule::answer, "the state in " + name, std::string{orderly::name_of(in.told->state)},
            std::string{orderly::name_of(state)});
  if (!in.told->order.value.is_nil() && in.told->order != all.stored.row->id)
    out.add(rule::answer, "the order in " + name, to_string(in.told->order), to_string(all.stored.row->id));
}

const input_evidence* find(const evidence& all, const answered_webhook& wanted) {
  const auto is = [&](const input_evidence& in) {
    return in.row->notification_id == wanted.notification && (!wanted.hash || sha256(in.row->raw) == *wanted.hash);
  };
  const auto at = std::find_if(all.inputs.begin(), all.inputs.end(), is);
  return at == all.inputs.end() ? nullptr : &*at;
}

} // namespace

void check_causes(const evidence& all, findings& out) {
  for (const auto& e : all.events) {
    const auto event = "of seq " + said(e.seq) + ", " + std::string{orderly::name_of(e.type)};
    const auto* cause = all.input_of(e);
    if (!cause) {
      out.add(rule::cause, "the input " + event, to_string(e.input) + ", which is not stored", "an input of this order");
      continue;
    }
    if (cause->row->decided_at && e.at != *cause->row->decided_at)
      out.add(rule::cause, "the time " + event, said(e.at), said(cause->row->decided_at));
    if (e.source != cause->row->source)
      out.add(rule::cause, "the source " + event, said(e.source), said(cause->row->source));
    if (e.actor != cause->row->actor)
      out.add(rule::cause, "the actor " + event, said(e.actor), said(cause->row->actor));
  }
}

void check_inputs(const evidence& all, const policies& known, findings& out) {
  for (const auto& in : all.inputs) {
    check_bytes(in, all, out);
    if (!in.outcome)
      continue;
    check_effect(in, all, out);
    if (in.outcome != input_outcome::pending)
      check_answer(in, all, out);
    if (in.outcome != input_outcome::pending && in.outcome != input_outcome::dead) // nobody decided those
      check_decided(in, all, known, out);
  }
}

void check_answered(const evidence& all, std::span<const answered_webhook> answered, findings& out) {
  for (const auto& wanted : answered) {
    const auto name = "webhook " + std::string{wanted.notification} + ", answered 200";
    const auto* in = find(all, wanted);
    if (!in)
      out.add(rule::answered, name, wanted.hash ? "no input of these bytes" : "no input", "an input of this order");
    else if (!in->outcome)
      out.add(rule::answered, name, "the outcome " + said(in->row->outcome), "a known outcome");
    else if (in->outcome == input_outcome::applied && in->events == 0)
      out.add(rule::answered, name, "applied, and no event", "what it changed");
  }
}

} // namespace orderly::audit
