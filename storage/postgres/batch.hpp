#pragma once
// Units, written by a fixed number of statements whatever their number.

#include "storage/postgres/own_commits.hpp"
#include "storage/postgres/session.hpp"
#include "storage/unit.hpp"

#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderly::postgres {

/// A unit's input has been settled by somebody else: the batch must be written again without that unit.
class input_settled final : public std::exception {
public:
  [[nodiscard]] const char* what() const noexcept override { return "an input is settled already"; }
};

struct fence {
  uuid id;
  std::int64_t version = 0;
};

/// Works within one transaction of the caller. Each call may throw what libpqxx throws; then the transaction
/// must be undone.
class batch {
public:
  using units = std::span<const order_unit* const>;

  batch(session& over, pqxx::transaction_base& in, own_commits& own) : over_(over), in_(in), own_(own) {}

  /// Locks the rows of those that are stored, in the order of their keys; at each unit's place what is
  /// stored.
  std::vector<std::optional<fence>> lock(units what);
  /// At each unit's place: one of its inputs is settled. Exact while the units' rows are locked.
  std::vector<bool> settled(units what);
  /// At each unit's place: written, or a conflict that left nothing. Throws input_settled.
  std::vector<commit_verdict> write(units what);

private:
  struct living { ///< a unit whose fence holds
    const order_unit* unit;
    uuid id; ///< nil when no order is stored
  };
  std::vector<std::optional<fence>> fence_and_update(units what, bool update);
  std::vector<bool> create(units what);
  void write_inputs(std::span<const living> all);
  void write_events(std::span<const living> all);
  void project_attention(std::span<const living> all);
  void count_deliveries(std::span<const living> all);

  session& over_;
  pqxx::transaction_base& in_;
  own_commits& own_;
};

std::optional<std::int64_t> version_of(const std::optional<fence>& stored);

struct promised {
  uuid order;
  const promise_change* change;
};
/// Changes of promises, those of one order in their sequence; in outbox.cpp.
void write_promises(session& over, pqxx::transaction_base& in, std::span<const promised> all);

struct decided_input {
  const input_record* record;
  std::int64_t events = 0; ///< how many it caused
};
/// Inserts each row, or turns the pending one into its outcome. Throws input_settled. In input_rows.cpp, as the next.
void write_inputs(session& over, pqxx::transaction_base& in, std::span<const decided_input> all);
/// store_writer::record, within a transaction.
void record_inputs(session& over, pqxx::transaction_base& in, std::span<const input_record> inputs);

/// Splits a sequence into steps within which no key occurs twice and the flag is one: a step can be written
/// by one statement.
class stepper {
public:
  std::size_t step_of(std::string key, bool flag = false);

private:
  std::size_t step_ = 0;
  std::optional<bool> flag_;
  std::vector<std::string> seen_; ///< of the step; a handful
};

} // namespace orderly::postgres
