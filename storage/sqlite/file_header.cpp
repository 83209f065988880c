#include "storage/sqlite/file_header.hpp"

namespace orderly::sqlite {
namespace {

using namespace std::string_view_literals;
constexpr auto magic = "SQLite format 3\0"sv;

std::uint32_t number_at(std::string_view header, std::size_t at, std::size_t bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    number = number << 8 | static_cast<unsigned char>(header[at + i]);
  return number;
}

/// They may wrap.
bool is_behind(std::uint32_t now, std::uint32_t before) { return static_cast<std::int32_t>(now - before) < 0; }

} // namespace

std::optional<file_state> file_state_of(std::string_view header, std::int64_t size) {
  if (header.size() < file_header_size || !header.starts_with(magic))
    return std::nullopt;
  const auto page = number_at(header, 16, 2);
  return file_state{page == 1 ? 65536 : page, number_at(header, 24, 4), number_at(header, 40, 4), number_at(header, 28, 4), size};
}

file_change change_of_file(const std::optional<file_state>& before, const std::optional<file_state>& now, std::int64_t size) {
  if (!before)
    return file_change::ours;
  if (!now)
    return size < before->size ? file_change::truncated : file_change::replaced;
  const bool counted = now->change_counter != before->change_counter || now->schema_cookie != before->schema_cookie;
  if (now->page_size != before->page_size || is_behind(now->change_counter, before->change_counter) ||
      is_behind(now->schema_cookie, before->schema_cookie) || (!counted && now->pages < before->pages))
    return file_change::replaced;
  const bool is_whole = size >= now->page_size * std::int64_t{now->pages};
  return size < before->size && !is_whole ? file_change::truncated : file_change::ours;
}

} // namespace orderly::sqlite
