#pragma once
// Everything that can happen to an order, from outside or from the engine itself. An input is decided from (body, order, policy,
// now) alone, and its body is a pure function of (source, type, raw, order): so a stored input can be replayed (DESIGN I3).

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/trace.hpp"
#include "domain/order/ids.hpp"
#include "domain/order/order_state.hpp"
#include "domain/tiktok/observation.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orderly {

enum class input_source : std::uint8_t { webhook, api, tiktok, poll, replay, engine };
std::string_view name_of(input_source source);
std::optional<input_source> input_source_from(std::string_view name);

// --- answers of TikTok to calls of the outbox ---------------------------------------------------------------------------------
struct outbox_ref {
  std::int64_t row = 0; ///< outbox.id
  int attempt = 0;
  friend bool operator==(const outbox_ref&, const outbox_ref&) = default;
};
struct fetched_detail {
  json::object order; ///< as TikTok sent it
  timestamp requested_at{};
  std::optional<outbox_ref> promise; ///< none when it came with a command or a search page
  std::string shop_region{};         ///< of the shop that was asked, as the engine knew it then; may be empty
  friend bool operator==(const fetched_detail&, const fetched_detail&) = default;
};
/// A fetch that brought no order. `retry` says whether trying again can help (sheet 7).
struct fetch_failed {
  outbox_ref promise;
  bool retry = true;
  std::string code, message;               ///< a name of the catalogue or TikTok's number
  std::optional<timestamp> requested_at{}; ///< when the request was sent, if one was
  std::chrono::seconds retry_after{0};     ///< that TikTok asked for
  friend bool operator==(const fetch_failed&, const fetch_failed&) = default;
};
enum class report_result : std::uint8_t {
  accepted,  ///< TikTok has our parcel (also: already shipped, and a re-read shows our tracking number)
  try_again, ///< rate limit, time-out, system error: later, after a re-read
  on_hold,   ///< 21011044: wait for AWAITING_SHIPMENT
  cancelled, ///< 21011041, 21011042
  refused    ///< final for these values: an operator corrects and ships again
};
std::string_view name_of(report_result result);
struct report_answered {
  outbox_ref promise;
  input_id report; ///< pending_report::ref
  report_result result = report_result::try_again;
  std::string code, message;
  package_id package;
  std::chrono::seconds retry_after{0}; ///< that TikTok asked for
  friend bool operator==(const report_answered&, const report_answered&) = default;
};

// --- commands: what a person or another system wants --------------------------------------------------------------------------
struct create_order { ///< POST /orders; `order_data` with TikTok's own id is a detail (DECISIONS "Detail")
  json::object order_data;
  shop_id shop{}; ///< empty: not said
  friend bool operator==(const create_order&, const create_order&) = default;
};
struct move_order { ///< POST /orders/{id}/transitions, and /retry
  order_state to = order_state::processing;
  std::string reason;
  std::optional<std::int64_t> expected_version;
  std::string tracking_number, shipping_provider_id;
  std::vector<line_item_id> lines;
  std::optional<bool> report;
  bool retry = false; ///< only from failed
  friend bool operator==(const move_order&, const move_order&) = default;
};
struct hold_order {
  std::string reason;
  friend bool operator==(const hold_order&, const hold_order&) = default;
};
struct release_order {
  friend bool operator==(const release_order&, const release_order&) = default;
};
struct add_note {
  std::string text;
  friend bool operator==(const add_note&, const add_note&) = default;
};
struct clear_attention {
  std::string kind;
  friend bool operator==(const clear_attention&, const clear_attention&) = default;
};

/// An input that is for no order, or that cannot be understood, has monostate.
using input_body = std::variant<std::monostate, observed_status, observed_address, observed_package, observed_cancellation,
                                observed_return, observed_hint, fetched_detail, fetch_failed, report_answered, create_order,
                                move_order, hold_order, release_order, add_note, clear_attention>;

/// What was observed, as what an input carries.
input_body body_of(observation seen);

struct input {
  input_id id;
  uuid delivery;          ///< shared by the inputs of one webhook
  std::string dedupe_key; ///< DECISIONS "Inputs and dedupe"
  tiktok_order_id order;  ///< `order_ref`; empty when it is for none
  timestamp received_at{};
  input_source source = input_source::webhook;
  std::string actor; ///< user name of a command
  shop_id shop;
  std::string type; ///< "ORDER_STATUS_CHANGE", "transition", "order_detail", ...
  std::string notification_id;
  std::shared_ptr<const std::string> raw; ///< shared by the inputs of one delivery; never null
  input_body body;
  trace_ptr trace{}; ///< stamped as it travels; null for what did not come through a listener
};

/// Needs the held document to be decided (it is not kept in memory).
bool needs_document(const input& in);
/// A person or program waits for its outcome, and refusals of it are history.
bool is_command(const input_body& body);
inline bool is_command(const input& in) { return is_command(in.body); }

/// The body of a stored input. Errors: not_json, invalid_field. Never fails for what the engine itself wrote.
result<input_body> parse_body(input_source source, std::string_view type, std::string_view raw, const tiktok_order_id& order);

} // namespace orderly
