#pragma once
// The writing connection: commits units, records inputs, leases promises.

#include "storage/sqlite/connection.hpp"
#include "storage/store.hpp"

#include <optional>

namespace orderly::sqlite {

class writer final : public store_writer {
public:
  /// Throws fault when the database cannot be opened.
  explicit writer(database where);

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;
  result<void> note(std::span<const attention_note> notes) override;
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override;
  result<claimed_rows> claim(const claim_request& what) override;
  result<bool> hold_shop(const shop_lease& lease) override;
  result<void> release_shop(const shop_id& shop, const std::string& owner) override;

private:
  /// The connection; a fresh one when a transaction of the last could not be ended.
  connection& over();
  /// storage_outcome_unknown instead, when the failed transaction is still open.
  error with_fate(error cause) const;
  database where_;
  std::optional<connection> connection_;
};

/// Leases and returns what may be called now; in outbox.cpp.
claimed_rows claim_rows(connection& over, const claim_request& what);
/// store_writer::hold_shop and release_shop; in shop_lease.cpp.
result<bool> hold_shop_row(connection& over, const shop_lease& lease);
void release_shop_row(connection& over, const shop_id& shop, const std::string& owner);
/// One change of an order's promise; in outbox.cpp.
void write_promise(connection& over, const uuid& order, const promise_change& change);

} // namespace orderly::sqlite
