#include "storage/audit/audit_source.hpp"

#include "storage/postgres/audit_source.hpp"
#include "storage/sqlite/audit_source.hpp"

#include <string_view>

namespace orderly::audit {

result<std::unique_ptr<source>> open_source(const std::string& url, const std::string& schema) {
  constexpr std::string_view sqlite_scheme = "sqlite:";
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return postgres::open_audit(url, schema);
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size())
    return sqlite::open_audit(url.substr(sqlite_scheme.size()));
  return error{error_code::bad_config,
               "storage.url: it must be sqlite:PATH or postgresql://..., not \"" + url.substr(0, url.find("://")) + "\"",
               {}};
}

} // namespace orderly::audit
