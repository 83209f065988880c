#include "domain/order/decision.hpp"

#include "base/names.hpp"

namespace orderly {
namespace {

using name_tables::name_in;
using name_tables::value_in;

constexpr std::array<std::string_view, 7> outcomes{"applied", "refused", "duplicate", "stale", "ignored", "pending", "dead"};
constexpr std::array<std::string_view, 5> causes{"unparsable", "no_order_id", "shop_mismatch", "refused_by_store",
                                                 "killed_twice"};
constexpr std::array<std::string_view, 2> kinds{"fetch_detail", "mark_shipped"};
constexpr std::array<std::string_view, 5> states{"open", "waiting", "done", "failed", "withdrawn"};

error bad_answer(std::string_view member) {
  return {error_code::invalid_field, "a stored answer has no usable `" + std::string{member} + "`", {}};
}

json::object refusal_to_json(const error& e) {
  return {{"code", name_of(e.code)}, {"details", e.details}, {"message", e.message}};
}

std::optional<error> refusal_from(const json::object& body) {
  const auto code = error_code_from(string_at(body, "code"));
  if (!code)
    return std::nullopt;
  const auto* details = object_at(body, "details");
  return error{*code, std::string{string_at(body, "message")}, details ? *details : json::object{}};
}

} // namespace

std::string_view name_of(input_outcome outcome) { return name_in(outcomes, outcome); }
std::optional<input_outcome> input_outcome_from(std::string_view name) { return value_in<input_outcome>(outcomes, name); }
std::string_view name_of(dead_letter_cause cause) { return name_in(causes, cause); }
std::optional<dead_letter_cause> dead_letter_cause_from(std::string_view name) {
  return value_in<dead_letter_cause>(causes, name);
}
std::span<const std::string_view> dead_letter_cause_names() { return causes; }
std::string_view name_of(promise_kind kind) { return name_in(kinds, kind); }
std::optional<promise_kind> promise_kind_from(std::string_view name) { return value_in<promise_kind>(kinds, name); }
std::string_view name_of(promise_state state) { return name_in(states, state); }
std::optional<promise_state> promise_state_from(std::string_view name) { return value_in<promise_state>(states, name); }

json::object to_json(const answer& a) {
  json::object body{{"outcome", name_of(a.outcome)}, {"state", name_of(a.state)}, {"version", a.version}};
  if (!a.order.value.is_nil())
    body["order"] = to_string(a.order);
  if (a.refusal)
    body["refusal"] = refusal_to_json(*a.refusal);
  if (!a.report.empty())
    body["report"] = a.report;
  if (!a.pending.empty())
    body["pending"] = a.pending;
  if (a.created)
    body["created"] = true;
  return body;
}

result<answer> answer_from(const json::object& body) {
  answer a;
  const auto outcome = input_outcome_from(string_at(body, "outcome"));
  if (!outcome)
    return bad_answer("outcome");
  const auto state = order_state_from(string_at(body, "state"));
  if (!state)
    return bad_answer("state");
  a.outcome = *outcome;
  a.state = *state;
  a.version = int_at(body, "version").value_or(0);
  if (body.contains("order")) {
    const auto id = uuid_from(string_at(body, "order"));
    if (!id)
      return bad_answer("order");
    a.order = order_id{*id};
  }
  if (const auto* refusal = object_at(body, "refusal")) {
    a.refusal = refusal_from(*refusal);
    if (!a.refusal)
      return bad_answer("refusal");
  }
  a.report = string_at(body, "report");
  a.pending = string_at(body, "pending");
  a.created = bool_at(body, "created").value_or(false);
  return a;
}

} // namespace orderly
