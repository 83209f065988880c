#pragma once
// Gathers a decision. Every event is folded as soon as it is emitted, so `after` is the fold of the events by construction, and
// each rule sees what the rules before it did.

#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/order/policy.hpp"

namespace orderly {

class decision_builder {
public:
  /// The arguments must outlive the builder.
  decision_builder(const order& held, const input& cause, const policy& settings, timestamp when);

  const order& before;
  const input& in;
  const policy& rules;
  const timestamp now;

  /// As it is with all events so far.
  [[nodiscard]] const order& current() const { return out_.after; }
  [[nodiscard]] bool has_events() const { return !out_.events.empty(); }
  [[nodiscard]] orderly::answer& answer() { return out_.answer; }

  void emit(event_type type, json::object detail = {});
  void emit_move(order_state to, json::object detail);
  /// A refusal that is history: illegal_transition, guard_refused, held.
  void emit_refused(order_state to, const error& why);
  /// Nothing happens when it is open already, or not open.
  void raise(std::string_view kind);
  void clear(std::string_view kind);
  void promise(promise_change change) { out_.promises.push_back(std::move(change)); }
  void hold_document(json::object document) { out_.document = std::move(document); }
  /// The outcome of a refused input.
  input_outcome refuse(error why);

  decision finish(input_outcome outcome) &&;
  decision finish_dead(dead_letter_cause cause, error why) &&;

private:
  void append(event e);
  decision out_;
};

} // namespace orderly
