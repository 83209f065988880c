#pragma once
// Why an order does not move: the causes that hold now, each with what shows it and what helps, in the order of what to do first
// (docs/contract.md). Pure. A cause is named only if it is shown, and only if the order could not make its next move while it
// holds; what could not be looked at is said, so that an order is never called fine because a question failed.

#include "base/error.hpp"
#include "domain/order/policy.hpp"
#include "domain/order/situation.hpp"
#include "domain/tiktok/shop.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// In the order in which they are listed. The last two only when nothing else holds.
// clang-format off
enum class why_code : std::uint8_t {
  unreadable, quarantined, store_failing, held, shop_stopped, report_failed, detail_failed, detail_waiting, report_failing,
  report_waiting, tiktok_hold, guard_refused, waits_for_person, at_end
};
// clang-format on
std::string_view name_of(why_code code);

/// Who or what ends it.
enum class why_class : std::uint8_t { person, time, engine, tiktok };
std::string_view name_of(why_class of);

struct why_evidence {
  std::string text;
  std::string_view source; ///< order, attention, outbox, event, shops, engine
  std::string ref;         ///< the row: of the outbox, an event's seq, a kind of attention, a shop; may be empty
};
struct why_remedy {
  std::string text;
  std::string command, api; ///< to copy; empty: there is none
};
struct why_cause {
  why_code code = why_code::at_end;
  std::optional<timestamp> since, until; ///< `until` lies in the future
  std::vector<why_evidence> evidence;    ///< never empty
  why_remedy remedy;
  why_class of = why_class::person;
  std::string sentence;
};

struct why_not_known {
  std::string what, why;
};

/// What is known beside the order's own rows.
struct why_surroundings {
  timestamp now{};
  policy rules;
  std::optional<bool> store_commits;     ///< nothing: it is not known
  std::optional<shop_obstacle> obstacle; ///< to calls of the order's shop
};

struct why_deadline {
  std::string_view what; ///< "ship" or "collection"
  timestamp at{};
};
struct why_answer {
  std::string sentence; ///< of the first cause
  std::vector<why_cause> causes;
  std::optional<why_deadline> deadline;
  std::vector<why_code> not_it; ///< looked at, and they do not hold; without the last two
  std::vector<why_not_known> not_known;
};

why_answer why_of(const order_situation& what, const why_surroundings& around);
/// Of an order whose rows could not be read at all.
why_answer why_unread(std::string_view reason, const why_surroundings& around);

} // namespace orderly
