#pragma once
// Where the project's files are that tests read.

#include <string>

namespace orderly {

/// The path of a file of the project, e.g. "docs/errors.md".
std::string source_file(const std::string& path);

} // namespace orderly
