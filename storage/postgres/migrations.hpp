#pragma once
// The schema, in numbered steps. A step that has been released is never changed: the next one corrects it.

#include "base/result.hpp"
#include "storage/postgres/session.hpp"

#include <cstdint>

namespace orderly::postgres {

/// Runs what is missing, each step in a transaction of its own; engines that start together wait for each
/// other. Errors: storage_newer.
result<void> migrate(session& over);

/// Whether this program can read a database of that schema version. Errors: storage_newer.
result<void> check_known(std::int64_t version);

} // namespace orderly::postgres
