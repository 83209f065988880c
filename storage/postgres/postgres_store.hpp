#pragma once
// Opens a server's database: checks that it keeps what it answers, and brings its schema up to date.

#include "storage/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace orderly::postgres {

/// Of a URL "postgresql://..." or "postgres://...".
result<std::unique_ptr<store>> open(const store_options& options);

/// The steps behind that version as SQL: afterwards open() finds nothing to migrate.
std::string schema_script(const std::string& schema, std::int64_t after);

} // namespace orderly::postgres
