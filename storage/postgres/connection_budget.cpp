#include "storage/postgres/connection_budget.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

namespace orderly::postgres {
namespace {

// One row a limit: what it says, how it is raised, how many it allows, how many others have. Limits of a role and of a database
// are not for superusers. Of other people's sessions one may not see the type.
constexpr const char* limits = R"sql(
with who as (
  select r.oid, r.rolname, r.rolsuper, r.rolconnlimit from pg_catalog.pg_roles r where r.rolname = session_user),
here as (
  select d.oid, d.datname, d.datconnlimit from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()),
others as (
  select a.usesysid, a.datid from pg_catalog.pg_stat_activity a where a.pid <> pg_catalog.pg_backend_pid()
    and a.usesysid is not null and a.datid is not null and coalesce(a.backend_type, 'client backend') = 'client backend')
select pg_catalog.format('the role %I may have %s (rolconnlimit)', rolname, rolconnlimit),
  pg_catalog.format('alter role %I connection limit', rolname), rolconnlimit::int8,
  (select pg_catalog.count(*) from others o where o.usesysid = who.oid)
from who where rolconnlimit >= 0 and not rolsuper
union all
select pg_catalog.format('the database %I may have %s (datconnlimit)', datname, datconnlimit),
  pg_catalog.format('alter database %I connection limit', datname), datconnlimit::int8,
  (select pg_catalog.count(*) from others o where o.datid = here.oid)
from here, who where datconnlimit >= 0 and not rolsuper
union all
select pg_catalog.format('the server may have %s (max_connections %s - superuser_reserved_connections %s)', m.n - s.n, m.n, s.n),
  'alter system set max_connections =', m.n - s.n, (select pg_catalog.count(*) from others)
from (select pg_catalog.current_setting('max_connections')::int8 as n) m,
  (select case when rolsuper then 0 else pg_catalog.current_setting('superuser_reserved_connections')::int8 end as n
   from who) s)sql";

struct shortage {
  error why;
  bool may_pass = false; ///< it would do if others had fewer
};

std::string sum_of(const connection_needs& needs) {
  return std::to_string(needs.all()) + " connections (storage.lanes " + std::to_string(needs.lanes) + " + storage.readers " +
         std::to_string(needs.readers) + " + " + std::to_string(connection_needs::others) +
         " for short writes, log-ins, the feed, its presence and notifications)";
}

/// Of the tightest limit.
std::optional<shortage> shortage_of(pqxx::connection& over, const connection_needs& needs) {
  pqxx::nontransaction look{over};
  std::optional<shortage> worst;
  std::int64_t least_left = 0;
  const auto wanted = static_cast<std::int64_t>(needs.all());
  for (const auto& row : look.exec(limits)) {
    const auto allowed = row[2].as<std::int64_t>(), others = row[3].as<std::int64_t>();
    const auto left = allowed - others;
    if (left >= wanted || (worst && left >= least_left))
      continue;
    least_left = left;
    const std::string limit = row[0].c_str(), raise = row[1].c_str();
    worst = {{error_code::storage_unavailable,
              "PostgreSQL: the engine needs " + sum_of(needs) + ", but " + limit + ", of which others use " +
                  std::to_string(others) + "; " + raise + " " + std::to_string(wanted + others) +
                  ", or lower storage.lanes or storage.readers",
              {}},
             allowed >= wanted};
  }
  return worst;
}

} // namespace

result<void> refuse_too_few_connections(pqxx::connection& over, const connection_needs& needs) {
  using steady = std::chrono::steady_clock;
  const auto until = steady::now() + std::chrono::seconds{3};
  for (;;) {
    const auto missing = shortage_of(over, needs);
    if (!missing)
      return {};
    if (!missing->may_pass || steady::now() >= until)
      return missing->why;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
}

} // namespace orderly::postgres
