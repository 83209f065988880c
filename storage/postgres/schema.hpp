#pragma once
// Which schema of the database is Orderly's, and whether all that is in it can be seen.

#include "storage/postgres/session.hpp"

#include <string>

namespace orderly::postgres {

/// That of the URL's own search_path, else `configured` (storage.schema). Errors: bad_config, when there is no such schema, when
/// another program's tables are in it, or when Orderly's stand in another one and not in it. Throws what libpqxx throws.
result<std::string> schema_in_force(const database& where, const std::string& configured);

/// Errors: bad_config, when row level security would hide rows from this role. Throws what libpqxx throws.
result<void> refuse_hidden_rows(session& over);

} // namespace orderly::postgres
