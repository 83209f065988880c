#pragma once
// The file that a storage URL names, for verbs that work on files.

#include <optional>
#include <string>

namespace orderly {

/// Of sqlite:PATH. Nothing: it is another URL, and stderr says so; of a PostgreSQL database, which tool is the one for it. The
/// URL itself, which may hold a password, is not said.
std::optional<std::string> sqlite_path(const std::string& url, const std::string& for_postgresql);

} // namespace orderly
