#include "storage/postgres/liveness.hpp"

#include "base/log.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"

namespace orderly::postgres {

result<void> liveness::look(std::span<const std::string> engines) {
  auto looked = guarded([&](session& on) -> result<void> {
    for (const auto& engine : engines)
      if (!announced_.contains(engine))
        announce(on, engine);
    look_around(on);
    return {};
  });
  if (!looked) {
    announced_.clear();
    missing_.clear();
    alone_ = false;
  }
  return looked;
}

/// The row only once the lock is held: who has a row of this server without a lock had one and lost it.
void liveness::announce(session& on, const std::string& engine) {
  pqxx::nontransaction at_once{on.raw()};
  on.run(at_once, sql::hold_presence, values{}.text(engine));
  on.run(at_once, sql::note_presence, values{}.text(engine));
  announced_.insert(engine);
}

void liveness::look_around(session& on) {
  std::map<std::string, int> now;
  std::size_t others = 0, ours = 0;
  {
    pqxx::nontransaction at_once{on.raw()};
    for (const auto& row : on.run(at_once, sql::known_engines, values{})) {
      auto name = owned_at(row, 0);
      ++(announced_.contains(name) ? ours : others);
      if (!flag_at(row, 1))
        continue;
      const auto before = missing_.find(name);
      now.emplace(std::move(name), before == missing_.end() ? 1 : before->second + 1);
    }
  }
  missing_ = std::move(now);
  // Where locks are a pretence nobody has a row: there nobody can be said to be alone.
  alone_ = others == 0 && ours > 0 && ours == announced_.size();
  for (const auto& [engine, looks] : missing_)
    if (looks >= looks_until_gone)
      end_leases(on, engine);
}

void liveness::end_leases(session& on, const std::string& engine) {
  pqxx::nontransaction at_once{on.raw()};
  const auto freed = on.run(at_once, sql::free_leases, values{}.text(engine))[0];
  const auto promises = integer_at(freed, 0), shops = integer_at(freed, 1);
  const bool forgotten = !on.run(at_once, sql::forget_engine, values{}.text(engine)).empty();
  if (promises > 0 || shops > 0 || forgotten)
    log(log_level::info, "storage.engine_gone", "another engine has ended; what it had leased is free",
        {{"engine", engine}, {"promises", promises}, {"shops", shops}});
}

} // namespace orderly::postgres
