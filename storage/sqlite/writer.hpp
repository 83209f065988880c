#pragma once
// The writing connection: commits units and records inputs; the short writes are in short_writes.cpp.

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/log_keeper.hpp"
#include "storage/store.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace orderly::sqlite {

class writer : public store_writer {
public:
  /// Throws fault when the database cannot be opened.
  writer(database where, std::shared_ptr<log_keeper> keeper);

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;

protected:
  /// Runs `f(connection)`, which returns a result, while the log is not being restarted. What was committed into files that
  /// nobody will find again was not.
  template <class F>
  auto in_turn(F&& f) noexcept -> decltype(f(std::declval<connection&>())) {
    const auto turn = keeper_->write();
    if (auto ours = keeper_->check_files(); !ours)
      return ours.error();
    auto outcome = guarded([&] { return f(over()); });
    if (!outcome)
      return with_fate(outcome.error());
    if (auto ours = keeper_->check_files(); !ours)
      return ours.error();
    return outcome;
  }

private:
  void open();
  /// The connection; a fresh one when a transaction of the last could not be ended.
  connection& over();
  /// storage_outcome_unknown instead, when the failed transaction is still open.
  error with_fate(error cause) const;
  database where_;
  std::shared_ptr<log_keeper> keeper_;
  std::optional<connection> connection_;
};

/// With the short writes. Throws fault when the database cannot be opened.
std::unique_ptr<store_writer> make_writer(database where, std::shared_ptr<log_keeper> keeper);

/// One change of an order's promise; in outbox.cpp.
void write_promise(connection& over, const uuid& order, const promise_change& change);
/// Leases and returns what may be called now; in outbox.cpp.
claimed_rows claim_rows(connection& over, const claim_request& what);

} // namespace orderly::sqlite
