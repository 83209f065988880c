#pragma once
// The order's row as both stores have it: an order to columns and back. `facts` holds what the other columns
// do not; state, status, deadline and the like stand in columns of their own for lists and people.

#include "base/result.hpp"
#include "domain/order/event.hpp"
#include "domain/order/order.hpp"
#include "domain/ports/order_pages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

struct order_row {
  std::string_view state, failure, tiktok_status; ///< failure and tiktok_status are empty when there is none
  std::optional<std::int64_t> tiktok_update_time; ///< Unix seconds, as TikTok wrote it
  std::string_view shop;                          ///< empty when unknown; points into the order
  std::optional<timestamp> due_at, closed_at;
  std::string facts; ///< JSON text
};
order_row row_of(const order& o);

/// What a row holds of the fields that need reading.
struct stored_order {
  order_id id;
  std::string_view tiktok_id, state, failure, shop, facts;
  bool held = false;
  std::int64_t version = 0;
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> closed_at;
};
/// What can be read of it. A row inserted by hand has facts `{}`.
listed_order listed_from(const stored_order& row);
/// All of it. Errors: order_unreadable, naming the order and the column.
result<order> order_from(const stored_order& row);
/// `order_data`. Errors: order_unreadable.
result<json::object> document_from(std::string_view text, std::string_view tiktok_id);
error no_such_order(const order_key& key);

/// An event that opens or ends a kind of attention: the projection in `order_attention`.
struct attention_change {
  std::string_view kind; ///< points into the event
  bool raised = false;
};
std::optional<attention_change> attention_of(const event& e);

/// Stored JSON text that must be an object. Errors: `code`, naming `what`.
result<json::object> stored_object(std::string_view text, std::string_view what, error_code code = error_code::internal);

} // namespace orderly
