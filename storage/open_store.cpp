#include "storage/postgres/postgres_store.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <string_view>

namespace orderly {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

bool is_postgresql(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

error bad_url(std::string why) { return {error_code::bad_config, "storage.url: " + std::move(why), {}}; }

} // namespace

result<std::unique_ptr<store>> open_store(const store_options& options) {
  const std::string_view url = options.url;
  if (is_postgresql(url))
    return postgres::open(options);
  if (!url.starts_with(sqlite_scheme))
    return bad_url("it must be sqlite:PATH or postgresql://..., not \"" + options.url.substr(0, options.url.find("://")) + "\"");
  const auto path = std::string{url.substr(sqlite_scheme.size())};
  if (path.empty())
    return bad_url("sqlite: names no file; write sqlite:PATH");
  return sqlite::open(path, options);
}

std::string schema_as_sql(const std::string& schema, std::int64_t after) { return postgres::schema_script(schema, after); }

} // namespace orderly
