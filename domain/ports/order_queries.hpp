#pragma once
// Every question that can be put to a store's committed rows. Each store implements it, and nothing else does: whoever asks goes
// through `reads` (reads.hpp).

#include "base/result.hpp"
#include "domain/order/situation.hpp"
#include "domain/ports/event_feed.hpp"
#include "domain/ports/kept_inputs.hpp"
#include "domain/ports/order_load.hpp"
#include "domain/ports/order_pages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orderly {

/// Over a read-only connection. Used by one thread at a time. Errors of all: the store cannot be read; invalid_cursor.
class order_queries {
public:
  virtual ~order_queries() = default;
  /// One result per request, in their order: what is wrong with one order (order_unreadable) or with a stored answer that it asks
  /// for (storage_unavailable) takes no neighbour along.
  virtual result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) = 0;
  virtual result<order_page> list(const order_filter& filter) = 0;
  /// The rows that a list has of these orders, in any order; of one that is not there, nothing.
  virtual result<std::vector<listed_order>> rows_of(std::span<const order_id> orders) = 0;
  /// Errors: order_not_found, order_unreadable.
  virtual result<order_view> find(const order_key& key) = 0;
  /// An order that cannot be read is told as such, with the rest. Errors: order_not_found.
  virtual result<order_situation> situation_of(const order_key& key) = 0;
  /// Errors: order_not_found.
  virtual result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) = 0;
  /// Committed events behind a position, of all orders; 1000 at most.
  virtual result<event_page> events_after(const feed_position& at, std::size_t limit) = 0;
  /// Where the next event will come. For whoever begins to follow: read what is there after it, not before.
  virtual result<feed_position> feed_end() = 0;
  virtual result<pending_page> pending(const pending_request& what) = 0;
  virtual result<dead_letter_page> dead_letters(const dead_letter_filter& filter) = 0;
  /// Of those that were not re-driven, the newest death first; 200 at most.
  virtual result<std::vector<std::int64_t>> dead_letter_ids(dead_letter_cause cause, std::size_t limit) = 0;
  /// How many orders have an open row of `order_attention` of that kind.
  virtual result<std::size_t> quarantined_orders() = 0;
};

} // namespace orderly
