#pragma once
// The writing connection: commits units, records inputs, leases promises and shops.

#include "storage/postgres/heartbeat.hpp"
#include "storage/postgres/notifier.hpp"
#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

#include <memory>

namespace orderly::postgres {

class writer final : public store_writer, private connected {
public:
  /// Throws when the server cannot be reached.
  writer(database where, std::shared_ptr<notifier> tells, std::shared_ptr<heartbeat> lives)
      : connected(std::move(where), access::write), notifier_(std::move(tells)), heartbeat_(std::move(lives)) {}

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;
  result<void> note(std::span<const attention_note> notes) override;
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override;
  result<claimed_rows> claim(const claim_request& what) override;
  result<bool> hold_shop(const shop_lease& lease) override;
  result<void> release_shop(const shop_id& shop, const std::string& owner) override;

private:
  std::shared_ptr<notifier> notifier_;
  std::shared_ptr<heartbeat> heartbeat_; ///< of whoever leases something
};

/// Leases and returns what may be called now; in outbox.cpp.
claimed_rows claim_rows(session& over, const claim_request& what);

} // namespace orderly::postgres
