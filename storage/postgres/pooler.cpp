#include "storage/postgres/pooler.hpp"

#include <cstdint>

namespace orderly::postgres {
namespace {

error pooled() {
  return {error_code::bad_config,
          "storage.url: it leads to a transaction pooler, which gives each transaction another server "
          "session; use the pooler in "
          "session mode (PgBouncer: pool_mode=session; Supabase: port 5432 instead of 6543) or a direct "
          "connection",
          {}};
}

std::int64_t process_of(pqxx::transaction_base& in) { return in.exec("select pg_backend_pid()")[0][0].as<std::int64_t>(); }

std::int64_t process_of(pqxx::connection& over) {
  pqxx::nontransaction at_once{over};
  return process_of(at_once);
}

bool answers(pqxx::connection& over) {
  try {
    return process_of(over) > 0;
  } catch (const std::exception&) {
    return false;
  }
}

} // namespace

// A connection owns its server process unless somebody stands in between. So: while one connection is idle,
// another one begins a transaction and keeps what it got. A pooler hands out the process that was freed last,
// which is the first one's; if another client was faster, the first connection now gets another process than
// before. Neither can happen to a session that is one's own.
result<void> refuse_transaction_pooler(const database& where) {
  constexpr int rounds = 12;
  const auto first = connect(where.options), second = connect(where.options);
  const auto quiet_first = make_quiet(*first), quiet_second = make_quiet(*second);
  const auto own = process_of(*first);
  for (int round = 0; round < rounds; ++round) {
    try {
      pqxx::work keeps{*second};
      if (process_of(keeps) == own || process_of(*first) != own)
        return pooled();
    } catch (const std::exception&) {
      // PgBouncer in statement mode cuts off whoever begins a transaction, and only them.
      if (!second->is_open() && answers(*first))
        return pooled();
      throw;
    }
  }
  return {};
}

} // namespace orderly::postgres
