#include "domain/order/decide_parts.hpp"

namespace orderly {

input_outcome command(decision_builder& b, const hold_order&) {
  if (b.current().held)
    return input_outcome::duplicate;
  b.emit(event_type::held);
  return input_outcome::applied;
}

input_outcome command(decision_builder& b, const release_order&) {
  if (!b.current().held)
    return input_outcome::duplicate;
  b.emit(event_type::released);
  return input_outcome::applied;
}

/// The text stays in the input's raw bytes (DECISIONS "Privacy").
input_outcome command(decision_builder& b, const add_note&) {
  b.emit(event_type::note);
  return input_outcome::applied;
}

input_outcome command(decision_builder& b, const clear_attention& wish) {
  if (!b.current().facts.attention.contains(wish.kind))
    return input_outcome::duplicate;
  b.clear(wish.kind);
  return input_outcome::applied;
}

} // namespace orderly
