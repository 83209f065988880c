#pragma once
// Committed rows, read apart from the writer: for lists, timelines and activations. Answers by callback on a reader thread.

#include "base/digest.hpp"
#include "base/result.hpp"
#include "domain/decision.hpp"
#include "domain/event.hpp"
#include "domain/order.hpp"

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
  orderly::order order;              ///< with tiktok_id set also when it does not exist
  std::shared_ptr<const json::object> document; ///< when asked for
  std::map<std::string, settled_input> settled; ///< by dedupe key; pending ones are not settled
};

struct order_filter {
  std::optional<order_state> state;
  std::size_t limit = 50;            ///< 1..200
  std::string cursor;                ///< opaque; empty = first page
};
struct order_page {
  std::vector<order> orders;         ///< newest change first
  std::string next_cursor;           ///< empty at the end
};
/// By the engine's id or TikTok's.
using order_key = std::variant<order_id, tiktok_order_id>;
struct order_view {
  orderly::order order;
  json::object document;
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

template <class T>
using reply = std::function<void(result<T>)>;

/// Thread-safe; never blocks. A full queue answers `overloaded` at once, on the caller's thread.
class order_reader {
public:
  virtual ~order_reader() = default;
  virtual void load(load_request what, reply<loaded_order> done) = 0;
  virtual void list(order_filter filter, reply<order_page> done) = 0;
  /// Errors: order_not_found.
  virtual void find(order_key key, reply<order_view> done) = 0;
  virtual void timeline(order_key key, std::size_t limit, std::string cursor, reply<timeline_page> done) = 0;
};

} // namespace orderly
