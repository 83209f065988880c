#pragma once
// The store port: what the engine asks of SQLite and PostgreSQL. tests/contract runs one suite over both.
// Errors of these calls mean "the store cannot do it now": storage_unavailable (nothing was written) or storage_outcome_unknown
// (a commit's fate must be read). What is wrong with one order is a verdict of that order, never an error of the batch.

#include "base/result.hpp"
#include "domain/order/policy.hpp"
#include "domain/ports/order_queries.hpp"
#include "domain/tiktok/shop.hpp"
#include "storage/unit.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orderly {

/// Who does what only one engine at a time may do for a shop: polling it, refreshing its token.
struct shop_lease {
  shop_id shop;
  std::string owner; ///< names the engine process
  timestamp now{}, until{};
};

struct stored_token {
  std::string hash; ///< hex SHA-256 of the token
  std::string user, role;
};
struct stored_user {
  std::string name, role, password_hash;
};
struct stored_session {
  std::string hash; ///< hex SHA-256 of its id
  std::string user, csrf_hash;
  timestamp created_at{}, until{};
};

/// Attention that no decision raises: it is not in the order's history, and its version does not move.
struct attention_note {
  tiktok_order_id order; ///< its row of `order_attention`, if the order has a row
  shop_id shop;          ///< without an order: its row of `shop_attention`, if the shop is known
  std::string kind;
  bool raised = true; ///< else cleared
  timestamp at{};     ///< since, or until
  json::object detail;
};

/// A writing connection. Used by one thread at a time: a lane of the storage writer. While the engine runs, nobody else writes.
/// What is below record() are the short writes, each a transaction of its own: another one is declared here, done in
/// storage/sqlite/short_writes.cpp and storage/postgres/short_writes.cpp, and asked for by a store_task (store_task.hpp).
class store_writer {
public:
  virtual ~store_writer() = default;
  /// One transaction for all units; one result per unit, in their order. Orders are locked in the order of tiktok_order_id. A
  /// unit that the store refuses (a constraint, a value it cannot hold) fails alone. An order may stand in a batch once.
  virtual result<std::vector<unit_result>> commit(std::span<const order_unit> units) = 0;
  /// Inputs apart from any order's commit: those without an order, and those of an order that are kept as pending or dead. What
  /// is stored already counts one more delivery (unless it is this very input), and a pending one becomes what is given unless
  /// that is pending too; a settled one stays, and a dead one that dies again counts in its dead letter. One transaction. Errors
  /// also: refused_by_store, when one of them cannot be stored; nothing was written.
  virtual result<void> record(std::span<const input_record> inputs) = 0;
  /// Raises and clears, in their order, in one transaction. Raising what is open, and clearing what is not, changes nothing.
  virtual result<void> note(std::span<const attention_note> notes) = 0;
  /// Makes the inputs of these dead letters pending again and returns them to be posted, oldest first. Dead letters that are not
  /// there, or whose input is not dead (any more), are left out.
  virtual result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) = 0;
  /// Leases open rows that are due, whose order is not quarantined, is not held (writes), and before which no earlier write of
  /// the order is unsettled (writes).
  virtual result<claimed_rows> claim(const claim_request& what) = 0;
  /// Rows of `shops`; their access tokens are not stored.
  virtual result<void> upsert_shops(std::span<const shop> shops) = 0;
  /// True: `owner` holds the shop until `until`, newly or still. False: another owner's lease has not ended at `now`.
  /// Errors: not_found.
  virtual result<bool> hold_shop(const shop_lease& lease) = 0;
  /// Does nothing when `owner` does not hold it.
  virtual result<void> release_shop(const shop_id& shop, const std::string& owner) = 0;
  /// Errors: refused_by_store, when there is no such user or the token is stored already, revoked or not.
  virtual result<void> add_token(const stored_token& token) = 0;
  /// From now on no reader finds it. Errors: not_found, when it is not in force.
  virtual result<void> revoke_token(const std::string& hash) = 0;
  /// Deletes those whose end is not after its `created_at`. Errors: refused_by_store, when there is no such user.
  virtual result<void> open_session(const stored_session& session) = 0;
  /// Never brings the end nearer. Does nothing to one that is not there.
  virtual result<void> extend_session(const std::string& hash, timestamp until) = 0;
  /// The same.
  virtual result<void> end_session(const std::string& hash) = 0;
  /// Writes and commits something that changes nothing: whether the store can commit.
  virtual result<void> probe() = 0;
};

/// Who may come in. Used by one thread at a time.
class access_reader {
public:
  virtual ~access_reader() = default;
  virtual result<bool> has_users() = 0;
  /// Those in force: not revoked, of users that are not disabled.
  virtual result<std::vector<stored_token>> tokens() = 0;
  /// Also those whose end has come.
  virtual result<std::vector<stored_session>> sessions() = 0;
  /// Those that are not disabled.
  virtual result<std::vector<stored_user>> users() = 0;
};

/// Seldom done, by app/ at start, before the engine runs.
class store_admin : public access_reader {
public:
  /// The version of the equal policy, or of a new row.
  virtual result<policy> remember_policy(policy rules) = 0;
  virtual result<void> add_user(const stored_user& user, const stored_token& token) = 0;
};

struct changed_order {
  tiktok_order_id order;
  std::int64_t version = 0; ///< its newest committed one
};
/// What other engines on the same database commit. Used by one thread.
class change_feed {
public:
  virtual ~change_feed() = default;
  /// Waits at most `patience` for a hint, then reads what has been committed since the last call (the first one: since the feed
  /// was opened). Each order once; what this engine committed may be told too. After an error the next call goes on where the
  /// last good one ended.
  virtual result<std::vector<changed_order>> wait(std::chrono::milliseconds patience) = 0;
};

/// An opened, migrated database; makes connections. Thread-safe. Must outlive what it makes.
class store {
public:
  virtual ~store() = default;
  virtual result<std::unique_ptr<store_writer>> open_writer() = 0;
  /// A read-only connection.
  virtual result<std::unique_ptr<order_queries>> open_reader() = 0;
  virtual result<std::unique_ptr<store_admin>> open_admin() = 0;
  /// Beside a running engine: never writes.
  virtual result<std::unique_ptr<access_reader>> open_access() = 0;
  /// A null pointer where only one engine can be (SQLite).
  virtual result<std::unique_ptr<change_feed>> open_changes() { return std::unique_ptr<change_feed>{}; }
  /// Writing connections that may work side by side: 1 on SQLite, whose writers exclude each other.
  [[nodiscard]] virtual std::size_t max_lanes() const = 0;
};

struct store_options {
  std::string url;           ///< "sqlite:PATH" or "postgresql://..."
  std::string data_dir;      ///< the lock file lives here
  std::string vfs;           ///< SQLite only: name of a registered VFS; empty = the default. For tests.
  std::string schema = "public"; ///< PostgreSQL only: `storage.schema`; a search_path in the URL comes first
  bool allow_unsafe = false; ///< PostgreSQL only: a server with fsync=off will do (`storage.allow_unsafe`)
  /// PostgreSQL only, of the engine that opens it: `storage.lanes` and `storage.readers`. With them the server must allow all its
  /// connections; no lanes: it is not asked.
  std::size_t lanes = 0, readers = 0;
  /// SQLite only. Once, when its file is gone, or another, or cut short: nothing can be committed any more. On a thread of the
  /// store, which must not wait for it.
  std::function<void(const error& why)> on_loss = nullptr;
};
/// What a migration does on PostgreSQL behind schema version `after` (0: all), as SQL for somebody else to run.
std::string schema_as_sql(const std::string& schema, std::int64_t after);

/// Takes the lock, migrates. Errors: storage_unavailable, storage_newer, bad_config.
result<std::unique_ptr<store>> open_store(const store_options& options);

} // namespace orderly
