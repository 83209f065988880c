#include "storage/postgres/writer.hpp"

#include "storage/postgres/batch.hpp"
#include "storage/unit_check.hpp"

#include <algorithm>

namespace orderly::postgres {
namespace {

using results = std::vector<unit_result>;
using pointers = std::vector<const order_unit*>;

std::string flaw_in(const order_unit& unit) {
  if (!unit.exists && !unit.after && !unit.promises.empty())
    return "a promise of an order that is not stored";
  return flaw_of(unit);
}

/// The whole batch, if nothing in it has to be refused and no input was settled by somebody else; else
/// nothing, and nothing is written.
std::optional<results> write_together(session& over, own_commits& own, std::span<const order_unit> units) {
  if (std::any_of(units.begin(), units.end(), [](const auto& unit) { return !flaw_in(unit).empty(); }))
    return std::nullopt;
  pointers all;
  for (const auto& unit : units)
    all.push_back(&unit);
  results outcome(units.size());
  pqxx::work one{over.raw()};
  try {
    const auto verdicts = batch{over, one, own}.write(all);
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
  careful_write(session& over, own_commits& own, std::span<const order_unit> units)
      : over_(over), own_(own), units_(units), told_(units.size()), one_(over.raw()) {}

  results run() {
    auto left = in_lock_order(units_);
    each(left, [&](batch& in, batch::units part) {
      const auto stored = in.lock(part);
      for (std::size_t i = 0; i < part.size(); ++i)
        if (is_fenced(*part[i]) && !fence_holds(*part[i], version_of(stored[i])))
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
      batch in{over_, one_, own_};
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
  own_commits& own_;
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

} // namespace

result<std::vector<unit_result>> writer::commit(std::span<const order_unit> units) {
  if (units.empty())
    return results{};
  auto outcome = guarded([&](session& over) -> result<results> {
    if (auto together = write_together(over, *own_, units))
      return *std::move(together);
    return careful_write{over, *own_, units}.run();
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

} // namespace orderly::postgres
