#pragma once
// Committed rows, read apart from the writer: for lists, timelines and activations. Answers by callback on a reader thread.

#include "base/digest.hpp"
#include "base/result.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/event.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderly {

/// What an activation reads. `keys`: inputs in hand whose stored outcome, if any, must come with it.
struct load_request {
  tiktok_order_id order;
  std::vector<std::string> keys;
  bool with_document = false;
};
struct settled_input {
  input_id id;
  sha256_digest raw_hash{}; ///< to tell a repeated command from another one under the same key
  orderly::answer answer;
};
struct loaded_order {
  bool exists = false;
  bool quarantined = false;                     ///< an open row of `order_attention` of that kind
  orderly::order order;                         ///< with tiktok_id set also when it does not exist
  std::shared_ptr<const json::object> document; ///< when asked for
  std::map<std::string, settled_input> settled; ///< by dedupe key; pending ones are not settled
};

struct order_filter {
  std::optional<order_state> state;
  std::size_t limit = 50; ///< 1..200
  std::string cursor;     ///< opaque; empty = first page
};
/// A row of a list. One whose facts cannot be read is shown by its other columns, so that it can be found and mended.
struct listed_order {
  orderly::order order;
  std::string unreadable; ///< why its facts are missing; empty: they are there
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
  std::optional<timestamp> quarantined_since; ///< of the open row of `order_attention` of that kind
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

/// Inputs that were answered before they were decided, or that were re-driven: to be posted again.
struct pending_request {
  std::optional<tiktok_order_id> order; ///< those of one order
  timestamp received_before{};          ///< exclusive; the default: no bound
  std::size_t limit = 100;              ///< 1..200
  std::string cursor;
};
struct pending_page {
  std::vector<input> inputs; ///< whole; oldest first. The body is monostate where it cannot be read or is for no order
  std::string next_cursor;
};

struct dead_letter_filter {
  std::optional<dead_letter_cause> cause;
  bool redriven = false;  ///< also those that were re-driven and are not dead again
  std::size_t limit = 50; ///< 1..200
  std::string cursor;
};
struct dead_letter_view {
  std::int64_t id = 0;
  input_id input;
  tiktok_order_id order; ///< empty when the input is for none
  shop_id shop;
  std::string source, type, notification_id;
  dead_letter_cause cause = dead_letter_cause::unparsable; ///< of its last death
  std::int64_t count = 1;
  timestamp first_at{}, last_at{};
  std::optional<timestamp> redriven_at;
  std::shared_ptr<const std::string> raw; ///< never null
};
struct dead_letter_page {
  std::vector<dead_letter_view> letters; ///< newest death first
  std::string next_cursor;
};

template <class T>
using reply = std::function<void(result<T>)>;

/// Thread-safe; never blocks. A full queue answers `overloaded` at once, on the caller's thread.
class order_reader {
public:
  virtual ~order_reader() = default;
  /// Errors: order_unreadable.
  virtual void load(load_request what, reply<loaded_order> done) = 0;
  virtual void list(order_filter filter, reply<order_page> done) = 0;
  /// Errors: order_not_found, order_unreadable.
  virtual void find(order_key key, reply<order_view> done) = 0;
  virtual void timeline(order_key key, std::size_t limit, std::string cursor, reply<timeline_page> done) = 0;
  virtual void pending(pending_request what, reply<pending_page> done) = 0;
  virtual void dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) = 0;
};

} // namespace orderly
