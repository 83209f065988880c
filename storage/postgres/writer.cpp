#include "storage/postgres/writer.hpp"

#include "storage/postgres/batch.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/unit_check.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace orderly::postgres {
namespace {

using results = std::vector<unit_result>;
using pointers = std::vector<const order_unit*>;

/// In the order in which rows are locked.
pointers in_lock_order(std::span<const order_unit> units) {
  pointers sorted;
  for (const auto& unit : units)
    sorted.push_back(&unit);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->order < b->order; });
  return sorted;
}

std::string flaw_in(const order_unit& unit) {
  if (!unit.exists && !unit.after && !unit.promises.empty())
    return "a promise of an order that is not stored";
  return flaw_of(unit);
}

/// The whole batch, if nothing in it has to be refused and no input was settled by somebody else; else
/// nothing, and nothing is written.
std::optional<results> write_together(session& over, std::span<const order_unit> units) {
  if (std::any_of(units.begin(), units.end(), [](const auto& unit) { return !flaw_in(unit).empty(); }))
    return std::nullopt;
  pointers all;
  for (const auto& unit : units)
    all.push_back(&unit);
  results outcome(units.size());
  pqxx::work one{over.raw()};
  try {
    const auto verdicts = batch{over, one}.write(all);
    for (std::size_t i = 0; i < outcome.size(); ++i)
      outcome[i].verdict = verdicts[i];
  } catch (const input_settled&) {
    return std::nullopt;
  } catch (const std::exception& caught) {
    if (trouble_of(caught) != trouble::refused)
      throw;
    return std::nullopt;
  }
  one.commit();
  return outcome;
}

/// Undoes what came after it unless released. libpqxx's own subtransaction begins only with its first unprepared statement.
class savepoint {
public:
  explicit savepoint(pqxx::transaction_base& in) : in_(in) { in_.exec("savepoint part"); }
  ~savepoint() {
    try {
      if (!released_)
        in_.exec("rollback to savepoint part");
    } catch (const std::exception&) {
      released_ = false; // the connection is gone, and the whole transaction with it
    }
  }
  savepoint(const savepoint&) = delete;
  savepoint& operator=(const savepoint&) = delete;
  void release() {
    in_.exec("release savepoint part");
    released_ = true;
  }

private:
  pqxx::transaction_base& in_;
  bool released_ = false;
};

/// Writes what it can of a batch that cannot be written as a whole, in one transaction: each half of a part
/// that fails is tried for itself, until a bad unit stands alone. All rows are locked first, so that the
/// order of locks is still everybody's.
class careful_write {
public:
  careful_write(session& over, std::span<const order_unit> units)
      : over_(over), units_(units), told_(units.size()), one_(over.raw()) {}

  results run() {
    auto left = in_lock_order(units_);
    each(left, [&](batch& in, batch::units part) {
      const auto stored = in.lock(part);
      for (std::size_t i = 0; i < part.size(); ++i)
        if (is_fenced(*part[i]) && !fence_holds(*part[i], stored[i]))
          tell(*part[i], {commit_verdict::conflict, {}});
    });
    each(left = undecided(left), [&](batch& in, batch::units part) {
      const auto settled = in.settled(part);
      for (std::size_t i = 0; i < part.size(); ++i)
        if (settled[i])
          tell(*part[i], {commit_verdict::conflict, {}});
        else if (auto flaw = flaw_in(*part[i]); !flaw.empty())
          tell(*part[i], {commit_verdict::refused, std::move(flaw)});
    });
    each(left = undecided(left), [&](batch& in, batch::units part) {
      const auto verdicts = in.write(part);
      for (std::size_t i = 0; i < part.size(); ++i)
        tell(*part[i], {verdicts[i], {}});
    });
    one_.commit();
    results outcome;
    for (auto& one : told_)
      outcome.push_back(std::move(*one));
    return outcome;
  }

private:
  void tell(const order_unit& unit, unit_result what) {
    told_[static_cast<std::size_t>(&unit - units_.data())] = std::move(what);
  }

  pointers undecided(const pointers& among) {
    pointers left;
    for (const auto* unit : among)
      if (!told_[static_cast<std::size_t>(unit - units_.data())])
        left.push_back(unit);
    return left;
  }

  template <class Step>
  void each(batch::units part, const Step& step) {
    if (part.empty())
      return;
    unit_result alone;
    try {
      savepoint attempt{one_};
      batch in{over_, one_};
      step(in, part);
      attempt.release();
      return;
    } catch (const input_settled&) {
      alone.verdict = commit_verdict::conflict; // just now, of an order that is not stored and so has no lock
    } catch (const std::exception& caught) {
      if (trouble_of(caught) != trouble::refused)
        throw;
      alone = {commit_verdict::refused, message_of(caught)};
    }
    if (part.size() == 1) {
      tell(*part.front(), std::move(alone));
      return;
    }
    each(part.first(part.size() / 2), step);
    each(part.subspan(part.size() / 2), step);
  }

  session& over_;
  std::span<const order_unit> units_;
  std::vector<std::optional<unit_result>> told_;
  pqxx::work one_;
};

bool changed_an_order(std::span<const order_unit> units, const results& outcome) {
  for (std::size_t i = 0; i < units.size(); ++i)
    if (outcome[i].verdict == commit_verdict::committed && !units[i].events.empty())
      return true;
  return false;
}

void write_note(session& over, pqxx::transaction_base& in, const attention_note& note) {
  const bool of_order = !note.order.empty();
  values asked;
  asked.text(of_order ? note.order.str() : note.shop.str()).text(note.kind).at(note.at);
  if (note.raised)
    over.run(in, of_order ? sql::note_order : sql::note_shop, asked.json(json::serialize(note.detail)));
  else
    over.run(in, of_order ? sql::clear_note_of_order : sql::clear_note_of_shop, asked);
}

} // namespace

result<std::vector<unit_result>> writer::commit(std::span<const order_unit> units) {
  if (units.empty())
    return results{};
  auto outcome = guarded([&](session& over) -> result<results> {
    if (auto together = write_together(over, units))
      return *std::move(together);
    return careful_write{over, units}.run();
  });
  if (outcome && changed_an_order(units, *outcome))
    notifier_->committed();
  return outcome;
}

result<void> writer::record(std::span<const input_record> inputs) {
  if (inputs.empty())
    return {};
  return guarded([&](session& over) -> result<void> {
    pqxx::work together{over.raw()};
    record_inputs(over, together, inputs);
    together.commit();
    return {};
  });
}

result<void> writer::note(std::span<const attention_note> notes) {
  if (notes.empty())
    return {};
  return guarded([&](session& over) -> result<void> {
    pqxx::work together{over.raw()};
    for (const auto& one : notes)
      write_note(over, together, one);
    together.commit();
    return {};
  });
}

result<std::vector<input>> writer::redrive(std::span<const std::int64_t> dead_letters, timestamp now) {
  if (dead_letters.empty())
    return std::vector<input>{};
  return guarded([&](session& over) -> result<std::vector<input>> {
    values asked;
    asked.integers(dead_letters).at(now);
    pqxx::work together{over.raw()};
    std::vector<input_row> revived;
    for (const auto& row : over.run(together, sql::redrive, asked))
      revived.push_back(read_input_row(row));
    together.commit();
    return oldest_first(inputs_from(std::move(revived)));
  });
}

result<claimed_rows> writer::claim(const claim_request& what) {
  heartbeat_->announce(what.owner);
  return guarded([&](session& over) -> result<claimed_rows> { return claim_rows(over, what); });
}

result<bool> writer::hold_shop(const shop_lease& lease) {
  heartbeat_->announce(lease.owner);
  return guarded([&](session& over) -> result<bool> {
    pqxx::nontransaction at_once{over.raw()};
    const auto outcome =
        over.run(at_once, sql::hold_shop, values{}.text(lease.shop.str()).text(lease.owner).at(lease.now).at(lease.until));
    if (!flag_at(outcome[0], 0))
      return error{error_code::not_found, "no shop has the id " + lease.shop.str(), {}};
    return flag_at(outcome[0], 1);
  });
}

result<void> writer::release_shop(const shop_id& shop, const std::string& owner) {
  return guarded([&](session& over) -> result<void> {
    pqxx::nontransaction at_once{over.raw()};
    over.run(at_once, sql::release_shop, values{}.text(shop.str()).text(owner));
    return {};
  });
}

} // namespace orderly::postgres
