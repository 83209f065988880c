#pragma once
// The schema, in numbered steps. A step that has been released is never changed: the next one corrects it.

#include "base/result.hpp"
#include "storage/postgres/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace orderly::postgres {

/// Runs what is missing, each step in a transaction of its own; engines that start together wait for each other. With nothing
/// missing it asks for no right to create. Errors: storage_newer; bad_config, when the role lacks a right.
result<void> migrate(session& over);

/// All tables that the steps make.
std::vector<std::string> table_names();
std::string comma_separated(const std::vector<std::string>& names);

/// Whether this program can read a database of that schema version. Errors: storage_newer.
result<void> check_known(std::int64_t version);

} // namespace orderly::postgres
