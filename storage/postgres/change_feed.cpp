#include "storage/postgres/change_feed.hpp"

#include "base/log.hpp"
#include "storage/postgres/notifier.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"

#include <algorithm>
#include <charconv>

namespace orderly::postgres {
namespace {

constexpr std::chrono::milliseconds longest_wait{1000};

/// Of "xmin:xmax:xip_list": the oldest transaction that it may not have seen.
std::int64_t oldest_of(std::string_view snapshot) {
  std::int64_t xmin = 0;
  std::from_chars(snapshot.data(), snapshot.data() + snapshot.size(), xmin);
  return xmin;
}

std::string snapshot_now(session& on) {
  pqxx::nontransaction at_once{on.raw()};
  return owned_at(at_once.exec("select pg_current_snapshot()")[0], 0);
}

} // namespace

feed::feed(database where, std::shared_ptr<own_commits> own, std::shared_ptr<heartbeat> lives)
    : connected(std::move(where), access::read), own_(std::move(own)), heartbeat_(std::move(lives)) {
  listen(over());
  positions_.push_back({snapshot_now(over()), 0});
}

void feed::listen(session& on) {
  if (listening_ == on.raw().backendpid())
    return;
  pqxx::nontransaction at_once{on.raw()};
  at_once.exec(std::string{"listen "} + changes_channel);
  listening_ = on.raw().backendpid();
}

/// Moves the position on without reading events. It stays two looks of the heartbeat behind: the last of them began after it and
/// saw nobody.
void feed::rest(session& on) {
  if (listening_ == on.raw().backendpid()) {
    pqxx::nontransaction at_once{on.raw()};
    at_once.exec(std::string{"unlisten "} + changes_channel);
  }
  listening_ = 0;
  auto snapshot = snapshot_now(on);
  const auto looks = heartbeat_->looks_alone(); // afterwards: it is at least as old as that
  if (!looks || *looks == positions_.back().looks)
    return;
  positions_.push_back({std::move(snapshot), *looks});
  while (positions_.size() > 1 && positions_[1].looks + 2 <= *looks)
    positions_.pop_front();
  own_->forget_below(oldest_of(positions_.front().snapshot));
}

std::vector<changed_order> feed::look(session& on) {
  const auto& from = positions_.front().snapshot;
  own_->forget_below(oldest_of(from));
  std::vector<changed_order> changed;
  pqxx::nontransaction at_once{on.raw()};
  const auto found = on.run(at_once, sql::changed_since, values{}.text(from).integers(own_->all()));
  positions_ = {{owned_at(found[0], 0), 0}};
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
    const auto at_most = std::clamp(patience, std::chrono::milliseconds{0}, longest_wait);
    if (!heartbeat_->looks_alone()) {
      listen(on);
      await_notifications(on.raw(), at_most);
    } else if (heartbeat_->looks_alone_after(at_most)) {
      rest(on);
      return std::vector<changed_order>{};
    }
    return look(on);
  });
}

} // namespace orderly::postgres
