#pragma once
// A store in plain containers, for the simulator: the third implementation of the port. tests/contract holds it to the same
// sentences as the two that are shipped. What is in it can be looked at from outside, and whoever wants to is told of each change
// at the instant when it is durable.

#include "base/digest.hpp"
#include "storage/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderly::test {

struct memory_event {
  event what;
  std::int64_t pos = 0; ///< in the order of commits
};
struct memory_attention {
  timestamp since{};
  std::optional<timestamp> until;
  json::object detail;
};
struct memory_order {
  orderly::order row;
  json::object document;
  std::vector<memory_event> events;
  std::map<std::string, memory_attention> attention; ///< by kind
  std::string unreadable;                            ///< why a list shows it without its facts; empty: it does not
  /// Nothing when it is not.
  [[nodiscard]] std::optional<timestamp> quarantined_since() const;
};
struct memory_input {
  input what; ///< its body is not stored: it follows from the rest
  sha256_digest raw_hash{};
  std::optional<std::int64_t> policy_version, decided_on;
  std::optional<timestamp> decided_at;
  input_outcome outcome = input_outcome::pending;
  std::optional<orderly::answer> answer; ///< none while pending
  std::int64_t deliveries = 1;
  std::int64_t events = 0; ///< that it caused
};
struct memory_promise {
  std::int64_t id = 0;
  order_id order;
  tiktok_order_id tiktok_order;
  promise_kind kind = promise_kind::fetch_detail;
  std::string ref;
  json::object payload;
  promise_state state = promise_state::open;
  std::optional<timestamp> due_at;
  int attempts = 0;
  std::string lease_owner;
  std::optional<timestamp> lease_until;
  std::string last_error;
};
struct memory_dead_letter {
  input_id input;
  dead_letter_cause cause = dead_letter_cause::unparsable;
  std::int64_t count = 1;
  timestamp first_at{}, last_at{};
  std::optional<timestamp> redriven_at;
};
struct memory_shop {
  std::string region, cipher, lease_owner;
  std::optional<timestamp> lease_until;
};

struct memory_token {
  stored_token what;
  bool revoked = false;
};

using input_place = std::pair<std::string, tiktok_order_id>; ///< (dedupe_key, order_ref)

/// What survives a crash. The rows by their keys.
struct memory_tables {
  std::map<tiktok_order_id, memory_order> orders;
  std::map<input_place, memory_input> inputs;
  std::map<std::int64_t, memory_promise> outbox;
  std::map<std::int64_t, memory_dead_letter> dead_letters;
  std::map<shop_id, memory_shop> shops;
  std::map<std::pair<shop_id, std::string>, memory_attention> shop_attention;
  std::map<std::int64_t, std::string> policies;
  std::map<std::string, stored_user> users;
  std::map<std::string, memory_token> tokens; ///< by hash
  std::map<std::string, stored_session> sessions;
  std::vector<changed_order> commits; ///< that moved a version, in their order
  std::int64_t next_pos = 1, next_promise = 1, next_dead_letter = 1;

  /// By its id; null when it is not there.
  [[nodiscard]] const memory_input* input_of(const input_id& id) const;
};

/// Told at the instant of a commit, with the row as it is now.
struct memory_watch {
  std::function<void(const order_unit& unit, const memory_order* now)> unit_committed;
  /// @param before its outcome, none when it is new
  std::function<void(const memory_input& now, std::optional<input_outcome> before)> input_written;
};

/// Thread-safe.
class memory_store final : public store {
public:
  enum class kind {
    embedded, ///< for one engine, one lane, like SQLite
    shared    ///< for several engines, two lanes, with a change feed, like PostgreSQL
  };
  explicit memory_store(kind as = kind::embedded) : kind_(as) {}

  result<std::unique_ptr<store_writer>> open_writer() override;
  result<std::unique_ptr<order_queries>> open_reader() override;
  result<std::unique_ptr<store_admin>> open_admin() override;
  result<std::unique_ptr<access_reader>> open_access() override;
  result<std::unique_ptr<change_feed>> open_changes() override;
  [[nodiscard]] std::size_t max_lanes() const override { return kind_ == kind::embedded ? 1 : 2; }

  /// What an embedded store does at each start: nobody else can hold one.
  void void_leases();
  /// Not while another thread is at work.
  [[nodiscard]] const memory_tables& look() const { return tables_; }
  /// Behind the port's back, as a person with a shell would.
  void edit(const std::function<void(memory_tables&)>& change) {
    const std::lock_guard alone(mutex_);
    change(tables_);
  }

  memory_watch watch;

private:
  friend class memory_writer;
  friend class memory_reader;
  friend class memory_admin;
  friend class memory_feed;

  kind kind_;
  std::mutex mutex_; // one transaction at a time
  memory_tables tables_;
};

std::unique_ptr<store_writer> make_memory_writer(memory_store& of);
std::unique_ptr<order_queries> make_memory_reader(memory_store& of);

} // namespace orderly::test
