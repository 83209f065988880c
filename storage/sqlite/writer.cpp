#include "storage/sqlite/writer.hpp"

#include "storage/sqlite/input_writes.hpp"
#include "storage/sqlite/order_writes.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/unit_check.hpp"

namespace orderly::sqlite {
namespace {

using results = std::vector<unit_result>;

/// What is stored of each input; nothing when one of them is settled. Looks at all: a key that cannot be is always refused.
std::optional<std::vector<std::optional<input_standing>>> standings_of(connection& over, const order_unit& unit) {
  std::vector<std::optional<input_standing>> all;
  bool settled = false;
  for (const auto& record : unit.inputs) {
    all.push_back(standing_of(over, *record.what));
    settled = settled || (all.back() && !all.back()->pending);
  }
  if (settled)
    return std::nullopt;
  return all;
}

void write_parts(connection& over, const order_unit& unit, const std::optional<order_fence>& stored,
                 const std::vector<std::optional<input_standing>>& pending) {
  if (unit.after)
    stored ? update_order(over, unit, *stored) : insert_order(over, unit);
  const uuid id = stored ? stored->id : unit.after ? unit.after->id.value : uuid{};
  if (id.is_nil() && !unit.promises.empty())
    throw fault::refusal("a promise of an order that is not stored");
  for (const auto& e : unit.events)
    write_event(over, id, e);
  for (std::size_t i = 0; i < unit.inputs.size(); ++i)
    write_input(over, unit.inputs[i], pending[i], events_caused_by(unit.inputs[i], unit.events));
  for (const auto& change : unit.promises)
    write_promise(over, id, change);
  for (const auto& key : unit.repeated_keys)
    count_delivery(over, key, unit.order);
}

/// Looks before it writes: within the write transaction nobody else can, so a conflict leaves nothing to undo.
commit_verdict write_unit(connection& over, const order_unit& unit) {
  const auto stored = fence_of(over, unit.order);
  if (is_fenced(unit) && !fence_holds(unit, stored ? std::optional{stored->version} : std::nullopt))
    return commit_verdict::conflict;
  const auto pending = standings_of(over, unit);
  if (!pending)
    return commit_verdict::conflict;
  if (auto flaw = flaw_of(unit); !flaw.empty())
    throw fault::refusal(std::move(flaw));
  write_parts(over, unit, stored, *pending);
  return commit_verdict::committed;
}

unit_result write_unit_alone(connection& over, const order_unit& unit) {
  over.use(sql::begin_unit).run();
  unit_result outcome;
  try {
    outcome.verdict = write_unit(over, unit);
  } catch (const fault& f) {
    if (!f.refuses())
      throw;
    outcome = {commit_verdict::refused, f.what()};
    over.use(sql::undo_unit).run();
  }
  over.use(sql::end_unit).run();
  return outcome;
}

std::size_t place_in(std::span<const order_unit> units, const order_unit* unit) {
  return static_cast<std::size_t>(unit - units.data());
}

/// All units in one transaction; nothing when one of them was refused, and then nothing is written.
std::optional<results> write_together(connection& over, std::span<const order_unit> units) {
  results outcome(units.size());
  transaction all{over, transaction::kind::write};
  try {
    for (const auto* unit : in_lock_order(units))
      outcome[place_in(units, unit)].verdict = write_unit(over, *unit);
  } catch (const fault& f) {
    if (f.refuses())
      return std::nullopt;
    throw;
  }
  all.commit();
  return outcome;
}

/// The same with a savepoint around each unit, so that a refused one fails alone. Slower: each copies the pages that it touches.
results write_apart(connection& over, std::span<const order_unit> units) {
  results outcome(units.size());
  transaction all{over, transaction::kind::write};
  for (const auto* unit : in_lock_order(units))
    outcome[place_in(units, unit)] = write_unit_alone(over, *unit);
  all.commit();
  return outcome;
}

} // namespace

writer::writer(database where, std::shared_ptr<log_keeper> keeper) : where_(std::move(where)), keeper_(std::move(keeper)) {
  open();
}

void writer::open() {
  connection_.emplace(where_, access::write);
  connection_->after_commits([keeper = keeper_](int pages) { keeper->committed(pages); });
}

connection& writer::over() {
  if (connection_ && connection_->in_transaction())
    connection_.reset();
  if (!connection_)
    open();
  return *connection_;
}

error writer::with_fate(error cause) const {
  // SQLite has rolled back by itself, or the transaction's end did. If neither could, the fate of the log's last frames is
  // decided by whoever reads them next, as after a COMMIT that met an I/O fault (fault::leaves_doubt).
  if (!connection_ || !connection_->in_transaction())
    return cause;
  return {error_code::storage_outcome_unknown, cause.message + "; the transaction could not be rolled back", {}};
}

result<std::vector<unit_result>> writer::commit(std::span<const order_unit> units) {
  return in_turn([&](connection& to) -> result<results> {
    if (auto together = write_together(to, units))
      return *std::move(together);
    return write_apart(to, units);
  });
}

result<void> writer::record(std::span<const input_record> inputs) {
  return in_turn([&](connection& to) -> result<void> {
    transaction all{to, transaction::kind::write};
    for (const auto& input : inputs)
      record_input(to, input);
    all.commit();
    return {};
  });
}

} // namespace orderly::sqlite
