#pragma once
// The rules of an audit, one function each, by the engine's own domain code. Pure. A rule that needs what another one found to be
// broken says nothing, so that one fault is told once.

#include "tools/orderly/answered.hpp"
#include "tools/orderly/evidence.hpp"

#include <span>

namespace orderly::audit {

// --- rules_history.cpp
/// Begins with `created`, moves by the table of DESIGN section 2, each from the state it was in; the version is the last seq.
void check_history(const evidence& all, findings& out);
/// Every column of the row is what the events lead to (I5).
void check_fold(const evidence& all, findings& out);
/// The order is where its newest facts want it, by the policy of the last input that could move it (DESIGN section 2).
void check_target(const evidence& all, const policies& known, findings& out);

// --- rules_inputs.cpp
/// Each event names an input of the order (I2).
void check_causes(const evidence& all, findings& out);
/// Each input has its bytes, its outcome and the events that the outcome stands for (I2, I4).
void check_inputs(const evidence& all, const policies& known, findings& out);
/// What was answered 200 is there, with an outcome.
void check_answered(const evidence& all, std::span<const answered_webhook> answered, findings& out);

// --- rules_document.cpp
/// `order_data` is what the details of its inputs merge to (I5).
void check_document(const evidence& all, findings& out);

// --- rules_projection.cpp
/// Every promise that the facts speak of is an unsettled row of the outbox, and no other (I8).
void check_promises(const evidence& all, findings& out);
/// `order_attention` shows what the facts hold.
void check_attention(const evidence& all, findings& out);

// --- rules_replay.cpp
/// Deciding every input again, in order, by its policy and at its time, gives the same events and answers (I3). What older rules
/// decided otherwise is `rules_changed`, which is no damage, and what follows is decided from what is stored.
void check_replay(const evidence& all, const policies& known, findings& out);

} // namespace orderly::audit
