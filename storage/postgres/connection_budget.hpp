#pragma once
// Whether the server allows all the connections of an engine. With one too few some lane would have none, and the same orders
// would be answered 503 for ever; so it is found at the start.

#include "base/result.hpp"
#include "storage/postgres/pqxx_compat.hpp"

#include <cstddef>

namespace orderly::postgres {

/// Of one engine, once it serves.
struct connection_needs {
  std::size_t lanes = 0, readers = 0;
  /// Short writes, log-ins, the feed, its presence, notifications.
  static constexpr std::size_t others = 5;
  [[nodiscard]] std::size_t all() const { return lanes + readers + others; }
};

/// Errors: storage_unavailable, with the arithmetic. Waits a few seconds for places that are taken: those of an engine that was
/// killed just now come free. Throws what libpqxx throws.
/// @param over a connection that is closed before the engine's are opened
result<void> refuse_too_few_connections(pqxx::connection& over, const connection_needs& needs);

} // namespace orderly::postgres
