// In which schema of the database Orderly's tables are, and which rights a start needs there.

#include "tests/contract/orders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres_server.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace orderly;
using namespace orderly::test;

namespace {

/// A database of its own, and a URL that leaves the schema to the engine.
class own_database {
public:
  own_database() {
    static int made = 0;
    name_ = "schemas_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    postgres_shell{postgres_url()}.execute("create database " + name_);
  }
  ~own_database() { postgres_shell{postgres_url()}.execute("drop database " + name_ + " with (force)"); }
  own_database(const own_database&) = delete;
  own_database& operator=(const own_database&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string url() const {
    auto url = postgres_url();
    return url.replace(url.rfind('/') + 1, std::string::npos, name_);
  }

private:
  std::string name_;
};

result<std::unique_ptr<store>> opened(const std::string& url, const std::string& schema = "public") {
  return open_store({.url = url, .data_dir = {}, .vfs = {}, .schema = schema});
}

void check_refused(const result<std::unique_ptr<store>>& outcome, const std::string& piece, const std::string& another = {}) {
  REQUIRE_FALSE(outcome.has_value());
  INFO(outcome.error().message);
  CHECK(outcome.error().code == error_code::bad_config); // exit code 78
  CHECK(outcome.error().message.find(piece) != std::string::npos);
  CHECK(outcome.error().message.find(another) != std::string::npos);
}

bool knows(const result<std::unique_ptr<store>>& at, const std::string& order) {
  REQUIRE(at.has_value());
  return load(*(*at)->open_reader().value(), order).exists;
}

} // namespace

TEST_CASE("a schema that gets the role's name later is not taken, nor one that role, database or environment say") {
  const own_database db;
  postgres_shell shell{db.url()};
  stored(*opened(db.url()).value()->open_writer().value(), "51");
  shell.execute("create schema authorization current_user; create schema astray");
  CHECK(knows(opened(db.url()), "51"));
  shell.execute("alter database " + db.name() + " set search_path = astray");
  CHECK(knows(opened(db.url()), "51"));
  ::setenv("PGOPTIONS", "-csearch_path=astray", 1);
  const auto told_by_environment = opened(db.url());
  ::unsetenv("PGOPTIONS");
  CHECK(knows(told_by_environment, "51"));
  CHECK(shell.scalar("select count(distinct schemaname) from pg_tables where tablename = 'orders'") == "1");
}

TEST_CASE("storage.schema says where the tables are, and so does the search_path of the URL") {
  const own_database db;
  postgres_shell shell{db.url()};
  shell.execute("create schema \"Shop1\"");
  stored(*opened(db.url(), "Shop1").value()->open_writer().value(), "51");
  CHECK(shell.scalar("select count(*) from \"Shop1\".orders") == "1");
  CHECK(shell.scalar("select count(*) from pg_tables where schemaname = 'public'") == "0");
  const auto by_url = db.url() + "?options=-csearch_path%3D%22Shop1%22";
  CHECK(knows(opened(by_url), "51"));
  CHECK(knows(opened(by_url, "Shop1"), "51"));
  shell.execute("create schema another");
  check_refused(opened(by_url, "another"), "another", "Shop1");
}

TEST_CASE("tables that stand in another schema are not begun anew: the start is refused with that schema's name") {
  const own_database db;
  postgres_shell shell{db.url()};
  shell.execute("create schema elsewhere");
  stored(*opened(db.url(), "elsewhere").value()->open_writer().value(), "51");
  check_refused(opened(db.url()), "it is public", "in the schema elsewhere");
  CHECK(shell.scalar("select count(*) from pg_tables where schemaname = 'public'") == "0");
  check_refused(opened(db.url() + "?options=-csearch_path%3Dpublic%2Celsewhere"), "it is public", "in the schema elsewhere");
  CHECK_FALSE(knows(opened(db.url() + "?options=-csearch_path%3Dpublic"), "51")); // who says so means a second installation
  CHECK_FALSE(knows(opened(db.url()), "51"));
}

TEST_CASE("a schema that is not there, or that another program uses, is refused with what to do") {
  const own_database db;
  postgres_shell shell{db.url()};
  check_refused(opened(db.url(), "missing"), "create schema missing");
  check_refused(opened(db.url() + "?options=-csearch_path%3Dmissing"), "missing");
  shell.execute("create table schema_migrations(version varchar primary key)"); // many programs have one
  check_refused(opened(db.url()), "schema_migrations of another program");
  shell.execute("drop table schema_migrations; create table users(id int)");
  check_refused(opened(db.url()), "users of another program");
  CHECK(shell.scalar("select count(*) from pg_tables where schemaname = 'public'") == "1");
  shell.execute("create schema auth; create table auth.schema_migrations(version varchar primary key); create schema ours");
  CHECK(opened(db.url(), "ours").has_value());
}

TEST_CASE("a start with nothing to migrate needs no right to create anything, and one with something says which it lacks") {
  const own_database db;
  postgres_shell shell{db.url()};
  shell.execute("create role plain login password 'plain'; grant create on schema public to plain");
  const auto url = as_role("plain", db.url());
  stored(*opened(url).value()->open_writer().value(), "51");
  shell.execute("revoke create on schema public from plain, public; revoke all on database " + db.name() +
                " from public; grant connect on database " + db.name() + " to plain");
  {
    const auto again = opened(url);
    CHECK(knows(again, "51"));
    stored(*(*again)->open_writer().value(), "52");
  }
  shell.execute("create schema bare; grant usage on schema bare to plain");
  check_refused(opened(url + "?options=-csearch_path%3Dbare"), "permission denied for schema bare", "--print-schema");
  shell.execute("drop owned by plain cascade; drop role plain");
}

TEST_CASE("SQL that somebody else ran leaves nothing to migrate, whatever version it began from") {
  const own_database db;
  postgres_shell shell{db.url()};
  shell.execute(schema_as_sql("ours", 0));
  const auto tables = shell.scalar("select count(*) from pg_tables where schemaname = 'ours'");
  CHECK(shell.scalar("select count(*) from ours.schema_migrations") == "5");
  shell.execute("create role plain login password 'plain' bypassrls; grant usage on schema ours to plain; "
                "grant select, insert, update, delete on all tables in schema ours to plain");
  const auto url = as_role("plain", db.url());
  stored(*opened(url, "ours").value()->open_writer().value(), "51");
  CHECK(shell.scalar("select count(*) from pg_tables where schemaname = 'ours'") == tables);

  // As if a program of the first version had made it.
  shell.execute("create schema first; " + schema_as_sql("first", 0));
  shell.execute("set search_path = first; drop index inputs_id; drop index inputs_pending; drop index inputs_pending_of_order;"
                "drop index dead_letters_open; drop index dead_letters_latest; drop index outbox_due; drop table engines;"
                "drop table feed_epochs; drop index order_events_feed; alter table order_events drop column epoch;"
                "create index order_events_xid on order_events(xid); drop index inputs_delivery;"
                "create index inputs_pending on inputs(received_at) where outcome = 'pending';"
                "create index outbox_due on outbox(due_at) where state = 'open';"
                "delete from schema_migrations where version > 1; reset search_path");
  shell.execute(schema_as_sql("first", 1));
  CHECK(opened(db.url() + "?options=-csearch_path%3Dfirst").has_value());
  CHECK(shell.scalar("select string_agg(version::text, ' ' order by version) from first.schema_migrations") == "1 2 3 4 5");
  shell.execute("drop owned by plain; drop role plain");
}
