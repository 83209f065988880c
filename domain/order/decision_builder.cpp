#include "domain/order/decision_builder.hpp"

#include "domain/order/decide.hpp"

namespace orderly {

decision_builder::decision_builder(const order& held, const input& cause, const policy& settings, timestamp when)
    : before(held), in(cause), rules(settings), now(when) {
  out_.after = held;
  if (out_.after.tiktok_id.empty())
    out_.after.tiktok_id = cause.order;
}

void decision_builder::append(event e) {
  e.seq = current().version + 1;
  e.at = now;
  e.source = name_of(in.source);
  e.actor = in.actor;
  e.input = in.id;
  out_.after = apply(std::move(out_.after), e);
  out_.events.push_back(std::move(e));
}

void decision_builder::emit(event_type type, json::object detail) {
  event e;
  e.type = type;
  e.detail = std::move(detail);
  append(std::move(e));
}

void decision_builder::emit_move(order_state to, json::object detail) {
  event e;
  e.type = event_type::transitioned;
  e.from = current().state;
  e.to = to;
  e.detail = std::move(detail);
  append(std::move(e));
}

void decision_builder::emit_refused(order_state to, const error& why) {
  event e;
  e.type = event_type::refused;
  e.from = current().state;
  e.to = to;
  e.detail = why.details;
  e.detail["code"] = name_of(why.code);
  append(std::move(e));
}

void decision_builder::raise(std::string_view kind) {
  if (!current().facts.attention.contains(std::string{kind}))
    emit(event_type::attention_raised, {{"kind", kind}});
}

void decision_builder::clear(std::string_view kind) {
  if (current().facts.attention.contains(std::string{kind}))
    emit(event_type::attention_cleared, {{"kind", kind}});
}

input_outcome decision_builder::refuse(error why) {
  out_.answer.refusal = std::move(why);
  return input_outcome::refused;
}

decision decision_builder::finish(input_outcome outcome) && {
  out_.outcome = outcome;
  out_.answer.outcome = outcome;
  out_.answer.order = current().id;
  out_.answer.version = current().version;
  out_.answer.state = current().state;
  out_.answer.created = before.id.value.is_nil() && !current().id.value.is_nil();
  return std::move(out_);
}

decision decision_builder::finish_dead(dead_letter_cause cause, error why) && {
  out_.dead = cause;
  refuse(std::move(why));
  return std::move(*this).finish(input_outcome::dead);
}

} // namespace orderly
