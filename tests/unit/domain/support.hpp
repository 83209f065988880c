#pragma once
// What the tests of domain/ share: inputs as they really arrive (webhook bytes, order objects), and a history that keeps an
// order, its document and its outbox as the engine would, and checks after each decision what must always hold.

#include "domain/order/decide.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"
#include "domain/order/policy.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly::test {

inline const std::string an_order = "576461413038785752";
inline const std::string a_shop = "7494049642642441621";
inline const std::string tracking = "1Z999AA10123456784";
inline const std::string a_provider = "7117858858072016686";

/// 2026-09-15 13:30:00 UTC, when the orders of these tests are paid.
inline constexpr std::int64_t paid_at = 1789479000;
inline timestamp at_second(std::int64_t unix) { return from_seconds(unix); }

/// TikTok's order object: two lines, US, shipped by the seller.
struct order_object {
  std::string status = "AWAITING_SHIPMENT";
  std::int64_t update_time = paid_at + 3600;
  bool address = true; ///< clear; else masked
  std::optional<std::int64_t> rts_time, delivery_time, paid_time = paid_at;
  std::optional<bool> on_hold_order;
  std::string region = "US", shipping = "SELLER", fulfillment = "FULFILLMENT_BY_SELLER";
  std::vector<std::pair<std::string, std::string>> lines{{"577086512123755123", "AWAITING_SHIPMENT"},
                                                         {"577086512123755124", "AWAITING_SHIPMENT"}};
  std::string note; ///< `seller_note`: changes the content and nothing else
  std::string id = an_order;
  std::string shop_region = "US"; ///< not in the object: of the shop that tells it
  [[nodiscard]] json::object json() const;
};

input make_input(input_source source, std::string type, std::string raw, input_body body, const std::string& order = an_order);
/// The webhook's inputs, as the edge makes them.
std::vector<input> from_webhook(const std::string& raw);
/// Topic 1.
input status_webhook(std::string_view status, std::int64_t update_time, std::optional<bool> on_hold = {},
                     const std::string& shop = a_shop);
input address_webhook(std::int64_t update_time);
input package_webhook(std::string_view package, std::string_view change, std::int64_t update_time);
input cancellation_webhook(std::string_view id, std::string_view status, std::int64_t pushed_at);
input return_webhook(std::string_view id, std::string_view status, std::int64_t update_time);
input hint_webhook(std::int64_t pushed_at);
/// Inputs that the engine mints: commands by "anna", TikTok's answers.
input engine_input(input_body body, input_source source = input_source::api);
input detail_input(const json::object& order, timestamp requested_at, std::optional<outbox_ref> promise = {},
                   const std::string& shop_region = {});
input move(order_state to);
/// With tracking number and provider.
input ship();

struct promised {
  promise_state state = promise_state::open;
  timestamp due_at{};
  json::object payload;
};

class history {
public:
  explicit history(policy settings = {}) : rules(std::move(settings)) { current.tiktok_id = tiktok_order_id{an_order}; }

  policy rules;
  order current;
  json::object document;
  std::vector<event> events;
  /// Unsettled rows of the outbox, by kind and ref.
  std::map<std::pair<promise_kind, std::string>, promised> outbox;
  timestamp now = at_second(paid_at + 7200);
  struct decided {
    input what;
    timestamp at;
  };
  std::vector<decided> inputs;
  order initial = current; ///< what the first input found
  json::object initial_document;

  /// Decides at `now`, which then moves on by a second. Throws std::logic_error when something that must always hold does not.
  decision take(const input& in);
  /// The answer to an open promise to fetch: a detail requested now.
  decision answer_fetch(const json::object& order, const std::string& shop_region = {});
  [[nodiscard]] bool wants_detail() const { return outbox.contains({promise_kind::fetch_detail, ""}); }
  [[nodiscard]] std::vector<std::string> types() const; ///< of all events
  [[nodiscard]] std::vector<std::string> open_attention() const;
};

/// The order as bytes: row and document.
std::string bytes_of(const order& o, const json::object& document);
std::string bytes_of(const event& e);
/// Decides the same inputs again from their stored bytes. Empty if everything comes out the same, else what differs.
std::string replayed_difference(const history& h);

} // namespace orderly::test
