#include "tools/orderly/storage_file.hpp"

#include "tools/orderly/remote/terminal.hpp"

namespace orderly {

std::optional<std::string> sqlite_path(const std::string& url, const std::string& for_postgresql) {
  constexpr std::string_view scheme = "sqlite:";
  if (url.starts_with(scheme) && url.size() > scheme.size())
    return url.substr(scheme.size());
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    complain({"orderly: for a PostgreSQL database that is its own tool's:",
              "         " + view::printable(for_postgresql, true) + " URL",
              "         docs/operations.md, \"Backup\", says the rest"});
  else
    complain({"orderly: --storage must be sqlite:PATH"});
  return std::nullopt;
}

} // namespace orderly
