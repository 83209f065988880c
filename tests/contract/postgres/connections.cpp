// How many connections an engine needs, and what the server allows.

#include "tests/contract/orders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres_server.hpp"

#include <string>
#include <vector>

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr int others = 5; // beside lanes and readers

result<std::unique_ptr<store>> opened(const std::string& url, std::size_t lanes, std::size_t readers) {
  return open_store({.url = url, .data_dir = {}, .vfs = {}, .allow_unsafe = false, .lanes = lanes, .readers = readers});
}

/// A role that owns the schema of the test.
class limited_role {
public:
  explicit limited_role(const postgres_database& db) : db_(db) {
    shell.execute("create role lim login password 'lim'; alter schema " + db.name() + " owner to lim");
  }
  ~limited_role() { shell.execute("reassign owned by lim to current_user; drop owned by lim; drop role lim"); }
  limited_role(const limited_role&) = delete;
  limited_role& operator=(const limited_role&) = delete;
  [[nodiscard]] std::string url() const { return as_role("lim", db_.url()); }
  void limit(int connections) { shell.execute("alter role lim connection limit " + std::to_string(connections)); }

  postgres_shell shell{postgres_url()};

private:
  const postgres_database& db_;
};

void check_refused(const result<std::unique_ptr<store>>& outcome, const std::vector<std::string>& pieces) {
  REQUIRE_FALSE(outcome.has_value());
  INFO(outcome.error().message);
  CHECK(outcome.error().code == error_code::storage_unavailable); // exit code 69
  for (const auto& piece : pieces)
    CHECK(outcome.error().message.find(piece) != std::string::npos);
}

} // namespace

TEST_CASE("a role with fewer connections than an engine needs is refused at the start, with the arithmetic") {
  const postgres_database db;
  limited_role role{db};
  role.limit(4);
  check_refused(opened(role.url(), 2, 2), {"needs 9 connections", "storage.lanes 2", "storage.readers 2", "role lim may have 4",
                                           "rolconnlimit", "connection limit 9"});
  role.limit(8);
  check_refused(opened(role.url(), 2, 2), {"role lim may have 8"});
}

TEST_CASE("with as many connections as the arithmetic says an engine opens all of them") {
  const postgres_database db;
  limited_role role{db};
  role.limit(2 + 2 + others);
  const auto engine = std::move(opened(role.url(), 2, 2).value());
  std::vector<std::unique_ptr<store_writer>> writers;
  std::vector<std::unique_ptr<order_queries>> readers;
  for (int i = 0; i < 3; ++i) // one of them for short writes
    writers.push_back(std::move(engine->open_writer().value()));
  for (int i = 0; i < 2; ++i)
    readers.push_back(std::move(engine->open_reader().value()));
  const auto access = std::move(engine->open_access().value());
  const auto changes = std::move(engine->open_changes().value());
  CHECK(writers.back()->claim({at(0), 10, "a", at(60)}).has_value()); // says that it lives
  const auto count = [&] { return role.shell.scalar("select count(*) from pg_stat_activity where usename = 'lim'"); };
  for (int order = 51; count() != "9"; ++order) {
    stored(*writers.front(), std::to_string(order)); // tells the others
    role.shell.execute("select pg_sleep(0.02)");
  }
  const auto one_too_many = engine->open_reader();
  REQUIRE_FALSE(one_too_many.has_value());
  CHECK(one_too_many.error().code == error_code::storage_unavailable);
}

TEST_CASE("what others use of a role's connections is counted") {
  const postgres_database db;
  limited_role role{db};
  role.limit(10);
  const auto url = role.url();
  const postgres_shell one{url}, two{url};
  check_refused(opened(url, 2, 2), {"role lim may have 10", "others use 2", "connection limit 11"});
}

TEST_CASE("a server that allows too few connections is refused as well") {
  const postgres_database db;
  const limited_role role{db};
  check_refused(opened(role.url(), 2, 500), {"needs 507 connections", "max_connections 200", "superuser_reserved_connections"});
}

TEST_CASE("so is a database") {
  const postgres_database db; // its schema is made in a database of the test's own too: others use the one that it is in
  const std::string own = "own_" + db.name();
  limited_role role{db};
  role.shell.execute("create database " + own);
  const auto at = [&](std::string url) {
    const auto path = url.find('/', url.find("//") + 2) + 1;
    return url.replace(path, url.find('?', path) - path, own);
  };
  {
    postgres_shell inside{at(db.url())};
    inside.execute("create schema " + db.name() + " authorization lim");
  }
  role.shell.execute("alter database " + own + " connection limit 6");
  const auto refused = opened(at(role.url()), 2, 2);
  role.shell.execute("drop database " + own + " with (force)");
  check_refused(refused, {"the database " + own + " may have 6", "datconnlimit"});
}
