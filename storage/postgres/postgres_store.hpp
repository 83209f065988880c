#pragma once
// Opens a server's database: checks that it keeps what it answers, and brings its schema up to date.

#include "storage/store.hpp"

namespace orderly::postgres {

/// Of a URL "postgresql://..." or "postgres://...".
result<std::unique_ptr<store>> open(const store_options& options);

} // namespace orderly::postgres
