#pragma once
// The schema, in numbered steps. A step that has been released is never changed: the next one corrects it.

#include "base/result.hpp"
#include "storage/sqlite/connection.hpp"

namespace orderly::sqlite {

/// Runs what is missing, each step in a transaction that holds the database's write lock. Errors:
/// storage_newer.
result<void> migrate(connection& over);

} // namespace orderly::sqlite
