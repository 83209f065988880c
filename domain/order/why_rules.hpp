#pragma once
// One rule a cause. Internal to domain/order/why*.cpp.

#include "domain/order/why.hpp"

#include <string>

namespace orderly::why_rules {

/// What each rule looks at.
struct view {
  const order_situation& what;
  const why_surroundings& around;

  [[nodiscard]] const order& o() const { return what.order; }
  [[nodiscard]] const facts& f() const { return what.order.facts; }
  [[nodiscard]] const open_attention* attention(std::string_view kind) const;
  [[nodiscard]] const event* newest(event_type type) const;
  [[nodiscard]] const unkept_promise* promise(promise_kind kind) const;
  /// "It is processing"
  [[nodiscard]] std::string it_is() const;
  /// "orderly order 5764... release"
  [[nodiscard]] std::string verb(std::string_view name) const;
  /// "POST /api/v1/orders/5764.../release"
  [[nodiscard]] std::string act(std::string_view name) const;
  [[nodiscard]] std::optional<timestamp> if_ahead(std::optional<timestamp> at) const;
};

/// Delivered, failed, or closed at TikTok with nothing left to be derived.
bool is_at_end(const order& o, const policy& rules);
/// And no move leads on from there.
bool is_final(const order& o, const policy& rules);
/// Its next move needs a detail that is not there.
bool needs_detail(const order& o);
/// To the second.
std::string said(timestamp at);
/// "TikTok 36009002 (back_off)", "not_returned"
std::string said(std::string_view last_error, bool is_write);

using rule = std::optional<why_cause> (*)(const view& of);
// --- why_standstill.cpp: people, the engine and the store
std::optional<why_cause> unreadable(const view& of);
std::optional<why_cause> quarantined(const view& of);
std::optional<why_cause> store_failing(const view& of);
std::optional<why_cause> held(const view& of);
std::optional<why_cause> shop_stopped(const view& of);
std::optional<why_cause> guard_refused(const view& of);
std::optional<why_cause> waits_for_person(const view& of);
std::optional<why_cause> at_end(const view& of);
// --- why_tiktok.cpp: what is asked of TikTok, and what it said
std::optional<why_cause> report_failed(const view& of);
std::optional<why_cause> detail_failed(const view& of);
std::optional<why_cause> detail_waiting(const view& of);
std::optional<why_cause> report_failing(const view& of);
std::optional<why_cause> report_waiting(const view& of);
std::optional<why_cause> tiktok_hold(const view& of);

} // namespace orderly::why_rules
