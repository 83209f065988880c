#pragma once
// What the first 100 bytes of a database file tell of its history (sqlite.org/fileformat2.html, 1.3). Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orderly::sqlite {

inline constexpr std::size_t file_header_size = 100;

struct file_state {
  std::int64_t page_size = 0;
  std::uint32_t change_counter = 0; ///< grows with each process that writes, not with each commit
  std::uint32_t schema_cookie = 0;  ///< grows with each change of the schema and with each vacuum
  std::uint32_t pages = 0;          ///< by the header
  std::int64_t size = 0;            ///< of the file, in bytes
  friend bool operator==(const file_state&, const file_state&) = default;
};

/// Nothing when it is no database's header.
std::optional<file_state> file_state_of(std::string_view header, std::int64_t size);

enum class file_change {
  ours,      ///< what a copy of the log into the database does, also one by another program, or its vacuum
  truncated, ///< the file is shorter than it was
  replaced   ///< another content: an older copy, another database, or none at all
};
/// What has happened to one file. Copying the log writes the first page before the file grows, so that the header may be ahead of
/// the size; it never goes back, and the file shrinks by a vacuum alone, whose header comes first, down to what that says.
/// @param before of an earlier look; nothing: it held no database yet
/// @param now nothing: its first bytes are no header
/// @param size the file's now
file_change change_of_file(const std::optional<file_state>& before, const std::optional<file_state>& now, std::int64_t size);

} // namespace orderly::sqlite
