#pragma once
// The schema, in numbered steps. A step that has been released is never changed: the next one corrects it.

#include "base/result.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>

namespace orderly::sqlite {

/// Runs what is missing, each step in a transaction that holds the database's write lock. Errors:
/// storage_newer.
result<void> migrate(connection& over);

/// Of the database; 0 when it is new.
std::int64_t schema_version(connection& over);
std::int64_t newest_schema_version();

/// Whether the schema is what the steps to its version make, and nothing else: a trigger or a view of somebody's would run with
/// every commit. Names the first difference; empty when there is none. Precondition: the version is known.
std::string foreign_schema(connection& over);

/// Whether this program can read a database of that schema version. Errors: storage_newer.
result<void> check_known(std::int64_t version);

} // namespace orderly::sqlite
