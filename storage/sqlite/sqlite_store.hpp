#pragma once
// Opens an embedded database: folder lock, schema, leases of the process before.

#include "storage/store.hpp"

namespace orderly::sqlite {

/// @param path of the database file; made when it is not there
result<std::unique_ptr<store>> open(const std::string& path, const store_options& options);

} // namespace orderly::sqlite
