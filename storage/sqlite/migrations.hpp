#pragma once
// The schema, in numbered steps. A step that has been released is never changed: the next one corrects it.

#include "base/result.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>

namespace orderly::sqlite {

/// Runs what is missing, each step in a transaction that holds the database's write lock. Errors:
/// storage_newer.
result<void> migrate(connection& over);

/// Whether this program can read a database of that schema version. Errors: storage_newer.
result<void> check_known(std::int64_t version);

} // namespace orderly::sqlite
