#pragma once
// What TikTok says about an order, kept beside the engine's state, each fact with its own clock (DESIGN section 2).
// All of it is in the `facts` column of the order's row and is a fold of the order's events.

#include "base/clock.hpp"
#include "base/json.hpp"
#include "domain/order/ids.hpp"
#include "domain/tiktok/status.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

struct status_fact {
  tiktok_status status = tiktok_status::unpaid;
  unix_seconds update_time{};
  friend bool operator==(const status_fact&, const status_fact&) = default;
};

/// One unit of one SKU: TikTok has no quantities (sheet 4.3).
struct line_fact {
  line_item_id id;
  std::string display_status;
  package_id package;
  [[nodiscard]] bool cancelled() const { return tiktok_status_from(display_status) == tiktok_status::cancelled; }
  friend bool operator==(const line_fact&, const line_fact&) = default;
};

/// The extract of the newest detail that decide() needs; the whole document is in `orders.order_data`.
struct detail_fact {
  unix_seconds update_time{};
  timestamp requested_at{}; ///< when the request was sent, by the engine's clock; orders details of one update_time
  std::string content_hash; ///< detail.hpp: of what counts as content
  std::string status;       ///< as TikTok wrote it
  std::optional<unix_seconds> create_time, paid_time, rts_time, collection_time, delivery_time, cancel_time;
  std::optional<unix_seconds> rts_sla_time, tts_sla_time;
  std::optional<bool> is_on_hold_order;
  shipping_type shipping = shipping_type::unknown;
  fulfillment_type fulfillment = fulfillment_type::unknown;
  std::string region;         ///< recipient_address.region_code; no rule asks it
  bool address_clear = false; ///< a clear name and a clear address line are there
  std::vector<line_fact> lines;
  friend bool operator==(const detail_fact&, const detail_fact&) = default;
};

struct timed_fact { ///< a package, a cancellation or a return: by its own id and time
  std::string status;
  unix_seconds at{};
  friend bool operator==(const timed_fact&, const timed_fact&) = default;
};

/// A promise to report a shipment that has not been settled.
struct pending_report {
  input_id ref;                    ///< the command that asked; `outbox.ref`
  std::vector<line_item_id> lines; ///< what it covers; empty = the whole order
  bool waits_for_hold = false;     ///< asked during ON_HOLD: due when the order enters processing
  friend bool operator==(const pending_report&, const pending_report&) = default;
};

struct facts {
  shop_id shop;
  bool shop_claimed = false;         ///< a person named it, and nothing that TikTok said has confirmed it
  bool shop_confirmed = false;       ///< TikTok has said so of a shop that a person had named
  std::string shop_region;           ///< the shop's, told with its details: decides which call ships; "" not known
  std::optional<status_fact> status; ///< newest known status, from any source
  std::string unknown_status;        ///< a word that no table has, newer than `status`; raises attention, derives nothing
  unix_seconds unknown_status_at{};  ///< its update time
  bool had_on_hold = false;
  std::optional<detail_fact> detail;
  std::optional<unix_seconds> address_changed_at;
  std::map<std::string, timed_fact> packages, cancellations, returns; ///< by TikTok's id
  std::vector<line_item_id> accepted_lines;                           ///< in parcels that TikTok accepted from us; sorted
  bool order_accepted = false; ///< TikTok accepted a parcel for the whole order before its lines were known
  std::vector<pending_report> reports;
  /// When a detail was last asked for by a hint. The promise `fetch_detail` is open until a detail requested later is held and
  /// complete.
  std::optional<timestamp> detail_wanted_at;
  bool address_masked = false; ///< the backoff has ended and the address still looks masked: nothing waits for a clear one
  int fetch_attempts = 0;      ///< since detail_wanted_at; indexes the backoff, stays at its end
  std::string posted_hash;     ///< hex SHA-256 of the canonical `order_data` of POST /orders: the same again is no conflict
  std::map<std::string, timestamp> attention; ///< open kinds, since when
  bool erased = false;
  friend bool operator==(const facts&, const facts&) = default;
};

/// The `facts` column. Canonical: equal facts give equal bytes.
json::object to_json(const facts& f);
result<facts> facts_from(const json::object& body);
json::object to_json(const detail_fact& d);
result<detail_fact> detail_fact_from(const json::object& body);

} // namespace orderly
