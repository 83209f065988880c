#pragma once
// What people see of orders: lists, one order, its timeline.

#include "domain/order/decision.hpp"
#include "domain/order/event.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderly {

struct order_filter {
  std::optional<order_state> state;
  std::size_t limit = 50; ///< 1..200
  std::string cursor;     ///< opaque; empty = first page
};
/// A row of a list. One whose facts cannot be read is shown by its other columns, so that it can be found and mended.
struct listed_order {
  orderly::order order;
  std::string unreadable;                     ///< why its facts are missing; empty: they are there
  std::optional<timestamp> quarantined_since; ///< of the open row of `order_attention` of that kind
  friend bool operator==(const listed_order&, const listed_order&) = default;
};
struct order_page {
  std::vector<listed_order> orders; ///< newest change first
  std::string next_cursor;          ///< empty at the end
};

/// By the engine's id or TikTok's.
using order_key = std::variant<order_id, tiktok_order_id>;
struct order_view {
  orderly::order order;
  json::object document;
  std::optional<timestamp> quarantined_since; ///< as in a list
};

/// A row of the timeline: an event, or an input that is no event's cause (duplicates, stale ones, ...).
struct input_view {
  input_id id;
  timestamp received_at{};
  std::string source, type, dedupe_key, notification_id;
  input_outcome outcome = input_outcome::applied;
  std::int64_t deliveries = 1;
};
struct timeline_entry {
  std::optional<event> happened;
  std::optional<input_view> received;
};
struct timeline_page {
  std::vector<timeline_entry> entries; ///< newest first
  std::string next_cursor;
};

} // namespace orderly
