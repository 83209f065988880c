#pragma once
// Files that hold a secret, and who can read them.

#include <optional>
#include <string>

namespace orderly {

struct file_text {
  std::string text;
  bool readable_by_others = false; ///< group or others
  std::string mode;                ///< "0644"
};
/// Nothing: `problem` says why, e.g. "No such file or directory". A regular file (or a pipe) of at most 1
/// MiB.
std::optional<file_text> read_file(const std::string& path, std::string& problem);

/// The one secret in the file, without the line's end. Refused when the file is empty, holds several words or
/// can be read by others.
std::optional<std::string> read_secret(const std::string& path, std::string& problem);

} // namespace orderly
