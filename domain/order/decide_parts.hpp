#pragma once
// The rules of decide(), by kind of input. Each emits what happened and says the outcome. Internal to domain/.

#include "domain/order/decide.hpp"
#include "domain/order/decision_builder.hpp"

namespace orderly {

// --- decide_observation.cpp
input_outcome observe(decision_builder& b, const observed_status& what);
input_outcome observe(decision_builder& b, const observed_address& what);
input_outcome observe(decision_builder& b, const observed_package& what);
input_outcome observe(decision_builder& b, const observed_cancellation& what);
input_outcome observe(decision_builder& b, const observed_return& what);
input_outcome observe(decision_builder& b, const observed_hint& what);
/// The status and what comes with it as members of a patch of the facts; nothing when it is not newer than what is held.
enum class freshness : std::uint8_t { newer, equal, older };
freshness put_status(json::object& patch, const facts& f, std::string_view word, unix_seconds at,
                     std::optional<bool> is_on_hold_order);

// --- decide_detail.cpp
/// Whether an order object can be a detail of this order at all.
bool is_detail_of(const json::object& body, const tiktok_order_id& order);
struct arrived_detail {
  const json::object& body;
  timestamp requested_at{};
  bool answers_promise = false;
  std::string_view shop_region{}; ///< may be empty
};
input_outcome take_detail(decision_builder& b, const arrived_detail& fresh, const json::object* document);
input_outcome take_fetched(decision_builder& b, const fetched_detail& what, const json::object* document);
input_outcome take_failed_fetch(decision_builder& b, const fetch_failed& what);

/// Whether `a` is later than `b`, both told by engines' clocks, which may differ a little. A time that lies far ahead of `now`
/// was told by a clock that has been set back since: whatever does not lie there came after it.
constexpr bool is_later(timestamp a, timestamp b, timestamp now) {
  constexpr std::chrono::seconds a_little{5};
  const bool a_ahead = a > now + a_little, b_ahead = b > now + a_little;
  return a_ahead != b_ahead ? b_ahead : a > b;
}

// --- fetch_promise.cpp: facts say what is wanted, the promise follows them
/// A detail requested from now on, and after the held one, is wanted: adds that to `patch` and opens the promise, due now.
void want_detail(decision_builder& b, json::object& patch);
/// Nothing is wanted any more: adds that to `patch` and settles the promise.
void settle_fetch(decision_builder& b, json::object& patch, promise_state how, std::string_view error_code);
/// The call under way did not bring what is wanted: adds the attempt to `patch` and opens the promise again, later.
/// @param at_least that TikTok asked for
/// @param attempts before this one; nothing: those that are counted
/// @return whether the backoff is at its end, where a person should look
bool retry_fetch(decision_builder& b, json::object& patch, std::string_view error_code, std::chrono::seconds at_least = {},
                 std::optional<int> attempts = std::nullopt);
/// How long to wait after the given number of attempts before this one (DECISIONS "Detail").
std::chrono::seconds backoff_after(int attempts);
/// Whether that is the longest wait: a person should know.
bool is_last_backoff(int attempts);

/// A legal move that something stands against now.
inline error guard_refusal(std::string_view reason, std::string message) {
  return {error_code::guard_refused, std::move(message), {{"reason", reason}}};
}

// --- decide_report.cpp
input_outcome queue_report(decision_builder& b, const move_order& wish);
input_outcome take_report_answer(decision_builder& b, const report_answered& what);
/// Withdraws reports of orders that need none any more, and opens those whose hold has ended.
void settle_reports(decision_builder& b);
/// Why no report is owed any more: "cancelled", "completed", "failed", "shipped", "nothing_to_ship". Empty: one may be.
std::string_view no_report_because(const order& o);

// --- decide_command.cpp, decide_move.cpp, decide_create.cpp
input_outcome command(decision_builder& b, const move_order& wish);
input_outcome command(decision_builder& b, const hold_order& wish);
input_outcome command(decision_builder& b, const release_order& wish);
input_outcome command(decision_builder& b, const add_note& wish);
input_outcome command(decision_builder& b, const clear_attention& wish);
input_outcome create(decision_builder& b, const create_order& wish, const json::object* document);
/// The shop that the input names, and whose word that is, as members of an event's detail.
void put_shop(json::object& detail, const decision_builder& b);
/// Adds the first event; nothing happens when the order has one.
void begin_history(decision_builder& b, json::object detail = {});

// --- follow_facts.cpp
/// Walks the order to the state that the newest facts ask for.
void follow_facts(decision_builder& b);
/// Raises what the facts newly give cause for, clears what they no longer do.
void follow_attention(decision_builder& b);

} // namespace orderly
