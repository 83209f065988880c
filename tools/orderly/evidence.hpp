#pragma once
// The rows of one order, read: what the rules go by.

#include "domain/order/decision.hpp"
#include "domain/order/event.hpp"
#include "domain/order/order.hpp"
#include "domain/order/policy.hpp"
#include "storage/audit/audit_source.hpp"
#include "tools/orderly/finding.hpp"

#include <map>
#include <unordered_map>

namespace orderly::audit {

using policies = std::map<std::int64_t, policy>;

struct input_evidence {
  const input_row* row = nullptr;
  std::optional<input_outcome> outcome;
  std::optional<answer> told;
  bool raw_is_whole = false;                            ///< its bytes are those that came
  std::int64_t events = 0, first_seq = 0, last_seq = 0; ///< of those that name it
};

struct evidence {
  const order_dossier& stored; ///< outlives this
  std::vector<event> events;   ///< those that can be read
  bool whole = false;          ///< every event could be read, and they are 1, 2, 3 ...
  std::vector<input_evidence> inputs;
  std::unordered_map<uuid, std::size_t> places; ///< of inputs, by id

  bool adopted = false;            ///< its row was inserted by hand, before its first event
  order begun;                     ///< before its first event
  order folded;                    ///< after its last one; only if whole
  std::vector<order_state> states; ///< by version; only if whole

  [[nodiscard]] const input_evidence* input_of(const event& e) const {
    const auto at = places.find(e.input.value);
    return at == places.end() ? nullptr : &inputs[at->second];
  }
};

/// Finds what cannot be read, and holes in the history.
evidence read_evidence(const order_dossier& stored, findings& out);

/// "transition 0199..." for messages.
std::string name_of(const input_row& in);

/// As values: 100, 1e2 and 100.0 are one number, since a store may write it otherwise than it was told.
bool same_value(const json::value& a, const json::value& b);

} // namespace orderly::audit
