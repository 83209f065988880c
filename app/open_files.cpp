#include "app/open_files.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace orderly {
namespace {

std::int64_t raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
    limit = raised;
  constexpr rlim_t enough = 1 << 30; // also for "unlimited"
  return static_cast<std::int64_t>(std::min(limit.rlim_cur, enough));
}

/// What the process has open beside connections to its listeners, generously.
std::int64_t reserve_for(const config& values) {
  constexpr std::int64_t process = 64;           // streams, lock, listening sockets, connections being refused
  constexpr std::int64_t a_store_connection = 4; // database, its log and index, a temporary file; or a socket
  constexpr std::int64_t an_event_loop = 4;      // epoll, wake-up, timer
  const auto store_connections = values.storage.readers + values.storage.lanes + 5;
  return process + store_connections * a_store_connection + (values.http.threads + 2) * an_event_loop + values.tiktok.connections;
}

} // namespace

config within_open_files(config values) {
  constexpr std::int64_t listeners = 2;
  const auto limit = raise_limit();
  const auto room = std::max<std::int64_t>((limit - reserve_for(values)) / listeners, 1);
  if (values.http.max_connections > room) {
    log(log_level::warn, "http.connections_limited",
        "http.max_connections is more than the limit of open files has room for; each listener gets fewer",
        {{"max_connections", values.http.max_connections}, {"each_listener", room}, {"open_files", limit}});
    values.http.max_connections = room;
  }
  return values;
}

} // namespace orderly
