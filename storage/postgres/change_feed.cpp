#include "storage/postgres/change_feed.hpp"

#include "base/log.hpp"
#include "storage/postgres/notifier.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"

#include <algorithm>

namespace orderly::postgres {
namespace {

constexpr std::chrono::milliseconds longest_wait{1000};

} // namespace

feed::feed(database where) : connected(std::move(where), access::read) {
  listen(over());
  pqxx::nontransaction at_once{over().raw()};
  position_ = owned_at(at_once.exec("select pg_current_snapshot()")[0], 0);
}

void feed::listen(session& on) {
  if (listening_ == on.raw().backendpid())
    return;
  pqxx::nontransaction at_once{on.raw()};
  at_once.exec(std::string{"listen "} + changes_channel);
  listening_ = on.raw().backendpid();
}

std::vector<changed_order> feed::look(session& on) {
  std::vector<changed_order> changed;
  pqxx::nontransaction at_once{on.raw()};
  const auto found = on.run(at_once, sql::changed_since, values{}.text(position_));
  position_ = owned_at(found[0], 0);
  if (flag_at(found[0], 1))
    log(log_level::warn, "storage.history_went_back",
        "the database knows fewer transactions than before: a failover or a restore has lost some", {});
  for (const auto& row : found)
    if (!row[2].is_null())
      changed.push_back({tiktok_order_id{owned_at(row, 2)}, integer_at(row, 3)});
  return changed;
}

result<std::vector<changed_order>> feed::wait(std::chrono::milliseconds patience) {
  return guarded([&](session& on) -> result<std::vector<changed_order>> {
    listen(on);
    await_notifications(on.raw(), std::clamp(patience, std::chrono::milliseconds{0}, longest_wait));
    return look(on);
  });
}

} // namespace orderly::postgres
