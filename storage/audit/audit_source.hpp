#pragma once
// What an audit reads: every order with all that is stored about it, of one moment, beside a running engine or of a dead one.
// Takes no lock, changes nothing. Fields come as they are stored, because what cannot be read is a finding and no error.

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "domain/order/ids.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly::audit {

/// A row of `orders`. Null columns of text are empty.
struct order_columns {
  order_id id;
  std::string state, failure, tiktok_status, shop;
  std::optional<std::int64_t> tiktok_update_time;
  bool held = false;
  std::int64_t version = 0;
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> due_at, closed_at;
  std::string facts, document; ///< JSON text
};

struct event_row {
  std::int64_t seq = 0;
  timestamp at{};
  std::string type, source, actor, from, to;
  std::string detail; ///< JSON text
  input_id input;
};

struct input_row {
  input_id id;
  std::string dedupe_key;
  timestamp received_at{};
  std::string source, actor, shop, type, notification_id, raw;
  sha256_digest raw_hash{};
  std::optional<std::int64_t> policy_version, decided_on;
  std::optional<timestamp> decided_at;
  std::string outcome;
  std::string answer; ///< JSON text; empty when there is none
  std::int64_t events = 0;
  bool has_dead_letter = false;
};

/// A row of `outbox` that is `open` or `waiting`.
struct promise_row {
  std::string kind, ref, state;
  bool has_due = false; ///< a time at which it may be claimed
};
/// An open row of `order_attention`.
struct attention_row {
  std::string kind;
  timestamp since{};
};

struct order_dossier {
  tiktok_order_id id;
  std::optional<order_columns> row; ///< none: inputs name an order that is not stored
  std::vector<event_row> events;    ///< by seq
  std::vector<input_row> inputs;    ///< in no order
  std::vector<promise_row> promises;
  std::vector<attention_row> attention;
};

/// Used by one thread.
class source {
public:
  virtual ~source() = default;
  /// The bodies of `policies`, JSON text, by version.
  virtual result<std::map<std::int64_t, std::string>> policies() = 0;
  /// The next order by TikTok's id, compared as bytes; nothing behind the last one.
  virtual result<std::optional<order_dossier>> next() = 0;
  /// Ids under which events are stored, but no order.
  virtual result<std::vector<order_id>> ownerless() = 0;
};

/// Errors: bad_config (the URL is wrong, or names no database of Orderly), storage_unavailable, storage_newer.
/// @param schema `storage.schema`, on PostgreSQL
result<std::unique_ptr<source>> open_source(const std::string& url, const std::string& schema = "public");

} // namespace orderly::audit
