#pragma once
// The copy that is kept before a migration: PATH.schema-VERSION.TIME, what an older program can go on with. Removed after a week.

#include "storage/sqlite/connection.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace orderly::sqlite {

inline constexpr std::chrono::days copies_are_kept{7};

/// Makes one if the database has an older schema than this program's, and names it in the log. Only while nobody else can
/// migrate. Errors: storage_unavailable, for lack of room say; bad_backup, when what was copied is damaged. No migration then.
result<void> keep_copy_before_migration(connection& over, const database& where);

/// Those of that database which are older. One that cannot be removed is said in the log.
void remove_old_copies(const std::string& path);

/// Whether a file of that name is such a copy of a database of that name.
bool is_migration_copy(std::string_view file, std::string_view of);

} // namespace orderly::sqlite
