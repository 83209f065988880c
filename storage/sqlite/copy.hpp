#pragma once
// A copy of a database, of one moment, beside its engine: what `orderly backup` makes, what is kept before a migration, and what
// a restore puts in place.

#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace orderly::sqlite {

struct copied_database {
  std::int64_t bytes = 0, orders = 0, schema = 0;
  std::int64_t log_before = 0, log_after = 0; ///< bytes of the source's log, which cannot be cut short meanwhile
};

/// Into the new file `to`: mode 0600, through no link, one file without a log, checked by SQLite's quick_check and flushed before
/// it gets its name. Until then it is `to` + ".part". The engine commits on meanwhile. Overwrites nothing.
/// @param go_on asked all the time; false ends it
/// Errors: storage_unavailable, also when `to` or its ".part" is there, and when it was ended; bad_backup, when what was copied
/// is damaged or is no database of Orderly. Nothing is left then.
result<copied_database> copy_database(const database& from, const std::string& to, const std::function<bool()>& go_on);

/// Gives a finished file its name, unless that is taken, and makes the name durable. Errors: storage_unavailable.
result<void> name_new_file(const std::string& part, const std::string& name);
/// Makes durable what names stand in the folder of `path`.
void sync_folder_of(const std::string& path);
/// Flushes it. Errors: storage_unavailable.
result<void> sync_file(const std::string& path);

/// What was read is no database, or not a sound one.
bool says_damage(const fault& f);
/// As integrity_check or quick_check: what SQLite finds first, empty when it finds nothing.
std::string damage_of(connection& over, const char* check);

} // namespace orderly::sqlite
