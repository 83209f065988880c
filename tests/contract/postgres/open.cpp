// At start: what a server must be, and what happens to its schema.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/postgres_server.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <unistd.h>

using namespace orderly;
using namespace orderly::test;

namespace {

result<std::unique_ptr<store>> opened(const std::string& url, bool allow_unsafe = false) {
  return open_store({.url = url, .data_dir = {}, .vfs = {}, .allow_unsafe = allow_unsafe});
}

} // namespace

TEST_CASE("both spellings of the scheme open a server's database") {
  const postgres_database db;
  const auto url = db.url();
  CHECK(opened(url).has_value());
  CHECK(opened("postgres" + url.substr(url.find("://"))).has_value());
}

TEST_CASE("engines that start at one moment on an empty database migrate it once") {
  const postgres_database db;
  std::array<bool, 4> fine{};
  std::vector<std::thread> engines;
  for (auto& ok : fine)
    engines.emplace_back([&] { ok = opened(db.url()).has_value(); });
  for (auto& e : engines)
    e.join();
  CHECK(fine == std::array{true, true, true, true});
  CHECK(postgres_shell{db.url()}.scalar("select count(*) from schema_migrations") == "5");
}

TEST_CASE("a database of the first version is brought up to date with what is in it") {
  const auto db = fresh_postgres();
  {
    const auto writer = db->writer();
    auto dead = recorded(make_input("", "w:dead"), input_outcome::dead);
    dead.dead = dead_letter_cause::unparsable;
    const std::vector<input_record> inputs{dead, recorded(make_input("51", "w:slow"), input_outcome::pending)};
    REQUIRE(writer->record(inputs).has_value());
  }
  db->execute("drop index inputs_id; drop index inputs_pending; drop index inputs_pending_of_order;"
              "drop index dead_letters_open; drop index dead_letters_latest; drop index outbox_due; drop table engines;"
              "drop table feed_epochs; drop index order_events_feed; alter table order_events drop column epoch;"
              "create index order_events_xid on order_events(xid); drop index inputs_delivery;"
              "create index inputs_pending on inputs(received_at) where outcome = 'pending';"
              "create index outbox_due on outbox(due_at) where state = 'open';"
              "delete from schema_migrations where version > 1");
  db->restart();
  CHECK(db->scalar("select max(version) from schema_migrations") == "5");
  CHECK(db->scalar("select count(*) from pg_indexes where indexname = 'outbox_due' and indexdef like '%(due_at, id)%'"
                   " and schemaname = current_schema()") == "1");
  const auto reader = db->reader();
  CHECK(reader->pending({}).value().inputs.size() == 1);
  CHECK(reader->dead_letters({}).value().letters.size() == 1);
}

TEST_CASE("a database that a newer version wrote is refused and left alone") {
  const postgres_database db;
  REQUIRE(opened(db.url()).has_value());
  postgres_shell{db.url()}.execute("insert into schema_migrations(version) values (4711)");
  const auto refused = opened(db.url());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::storage_newer);
  CHECK(refused.error().message.find("4711") != std::string::npos);
}

TEST_CASE("a server that does not flush is refused unless that is allowed") {
  const postgres_database db;
  const server_setting unsafe{"fsync", "off"};
  const auto refused = opened(db.url());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::bad_config);
  CHECK(refused.error().message.find("fsync=off") != std::string::npos);
  CHECK(opened(db.url(), true).has_value());
}

TEST_CASE("a server that is not there is unavailable, and its password is in no message") {
  const auto gone = opened("postgresql://orderly:s3cret@127.0.0.1:1/orderly");
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().code == error_code::storage_unavailable);
  CHECK(to_string(gone.error()).find("s3cret") == std::string::npos);
}

TEST_CASE("a URL that cannot be read is bad configuration, and its password is in no message") {
  for (const auto* url : {"postgresql://orderly:s3cret@[::1/orderly", "postgresql://orderly:s3cret@h/d?nonsense=1",
                          "postgresql://orderly:s3cret@h:port%"}) {
    const auto refused = opened(url);
    REQUIRE_FALSE(refused.has_value());
    INFO(refused.error().message);
    CHECK(refused.error().code == error_code::bad_config);
    CHECK(to_string(refused.error()).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("the schema's own statement makes an order, and each state has its index") {
  const postgres_database db;
  REQUIRE(opened(db.url()).has_value());
  postgres_shell shell{db.url()};
  shell.execute("insert into orders(tiktok_order_id, order_data) values ('576461413038785752', '{\"a\": 1}')");
  CHECK(shell.scalar("select state from orders where id is not null and created_at = updated_at") == "received");
  CHECK_THROWS(shell.execute("insert into orders(tiktok_order_id, order_data) values ('576461413038785752', '{}')"));
  CHECK_THROWS(shell.execute("insert into orders(tiktok_order_id, order_data) values ('5', '[]')"));
  CHECK_THROWS(shell.execute("insert into orders(tiktok_order_id, order_data, state) values ('5', '{}', 'lost')"));
  for (const auto* index : {"idx_orders_state", "idx_orders_tiktok_id"})
    CHECK(shell.scalar(std::string{"select count(*) from pg_indexes where schemaname = current_schema() and indexname = '"} +
                       index + "'") == "1");
}

TEST_CASE("the roles of a public API may do nothing with any table, and row level security shows them nothing if they could") {
  const postgres_database db;
  postgres_shell shell{db.url()};
  shell.execute("create role anon; create role authenticated; grant usage on schema " + db.name() + " to anon, authenticated");
  shell.execute("alter default privileges in schema " + db.name() + " grant all on tables to anon, authenticated, public");
  shell.execute("alter default privileges in schema " + db.name() + " grant all on sequences to anon, authenticated");
  shell.execute("create table theirs(a int)"); // another program's
  stored(*opened(db.url()).value()->open_writer().value(), "51");
  const auto in_schema = "nspname = '" + db.name() + "'";
  const auto granted = [&](const std::string& kind) {
    return shell.scalar(
        "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a where " + in_schema +
        " and relkind = '" + kind + "' and relname <> 'theirs' and a.grantee <> relowner");
  };
  CHECK(granted("r") == "0");
  CHECK(granted("S") == "0");
  CHECK(shell.scalar("select has_table_privilege('anon', 'theirs', 'select')") == "t");
  CHECK(shell.scalar("select string_agg(relname, ' ') from pg_class c join pg_namespace n on n.oid = relnamespace where " +
                     in_schema + " and relkind = 'r' and relname <> 'theirs' and not relrowsecurity") == "");
  shell.execute("set role anon");
  CHECK_THROWS(shell.execute("select from orders"));
  shell.execute("reset role; grant all on orders to anon; set role anon");
  CHECK(shell.scalar("select count(*) from orders") == "0");
  CHECK_THROWS(shell.execute("insert into orders(tiktok_order_id, order_data) values ('52', '{}')"));
  shell.execute("reset role; drop owned by anon, authenticated; drop role anon, authenticated");
}

TEST_CASE("a role from which row level security would hide rows is refused, with what helps") {
  const postgres_database db;
  REQUIRE(opened(db.url()).has_value());
  postgres_shell shell{db.url()};
  shell.execute("create role plain login password 'plain'; grant usage on schema " + db.name() + " to plain");
  shell.execute("grant all on all tables in schema " + db.name() + " to plain");
  const auto url = as_role("plain", db.url());
  const auto refused = opened(url);
  shell.execute("alter role plain bypassrls");
  const bool helped = opened(url).has_value();
  shell.execute("drop owned by plain; drop role plain");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::bad_config);
  INFO(refused.error().message);
  CHECK(refused.error().message.find("bypassrls") != std::string::npos);
  CHECK(helped);
}

TEST_CASE("a commit waits for the flush although the role's default says otherwise, and readers cannot write") {
  const postgres_database db;
  const auto at_server = std::move(opened(db.url()).value());
  postgres_shell shell{db.url()};
  shell.execute("create table seen(setting text)");
  shell.execute("create function note() returns trigger language plpgsql as $$ begin "
                "insert into seen values (current_setting('synchronous_commit')); return new; end $$");
  shell.execute("create trigger note before insert on orders for each row execute function note()");
  shell.execute("alter role orderly set synchronous_commit = off");
  const auto writer = std::move(at_server->open_writer().value());
  stored(*writer, "51");
  shell.execute("alter role orderly reset synchronous_commit");
  CHECK(shell.scalar("select setting from seen") == "on");

  shell.execute("create function scribble() returns bool language plpgsql volatile as $$ begin "
                "insert into seen values ('by a reader'); return true; end $$");
  shell.execute("alter table orders rename to kept");
  shell.execute("create view orders as select * from kept where scribble()");
  const auto reader = std::move(at_server->open_reader().value());
  const auto refused = reader->find(tiktok_order_id{"51"});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("read-only") != std::string::npos);
}

TEST_CASE("nothing is left to what the role, the database or the environment set") {
  const postgres_database db;
  REQUIRE(opened(db.url()).has_value());
  postgres_shell shell{db.url()};
  struct setting {
    std::string name, hostile, ours;
  };
  const setting settings[] = {{"client_encoding", "'LATIN1'", "UTF8"},
                              {"datestyle", "'SQL, DMY'", "ISO, YMD"},
                              {"intervalstyle", "'sql_standard'", "postgres"},
                              {"timezone", "'Asia/Kathmandu'", "UTC"},
                              {"bytea_output", "'escape'", "hex"},
                              {"extra_float_digits", "-15", "1"},
                              {"standard_conforming_strings", "off", "on"},
                              {"array_nulls", "off", "on"},
                              {"transform_null_equals", "on", "off"},
                              {"row_security", "on", "off"},
                              {"default_transaction_isolation", "'serializable'", "read committed"},
                              {"default_transaction_read_only", "on", "off"},
                              {"default_transaction_deferrable", "on", "off"},
                              {"synchronous_commit", "off", "on"},
                              {"session_replication_role", "'replica'", "origin"},
                              {"exit_on_error", "on", "off"},
                              {"statement_timeout", "'20s'", "30000"},
                              {"lock_timeout", "1", "10000"},
                              {"idle_in_transaction_session_timeout", "'5s'", "15000"},
                              {"idle_session_timeout", "'5s'", "0"},
                              {"plan_cache_mode", "'force_custom_plan'", "force_generic_plan"},
                              {"search_path", "'pg_catalog'", db.name()},
                              {"enable_indexscan", "off", "on"},
                              {"enable_nestloop", "off", "on"}};
  shell.execute("create table in_force(name text, setting text)");
  shell.execute("create function note_settings() returns trigger language plpgsql as $$ begin "
                "insert into in_force select lower(name), setting from pg_settings; return new; end $$");
  shell.execute("create trigger note_settings before insert on orders for each row execute function note_settings()");
  const std::string role = "role " + shell.scalar("select quote_ident(current_user)");
  const std::string database = "database " + shell.scalar("select quote_ident(current_database())");
  const std::string whose = GENERATE_COPY(role, database);
  INFO(whose);
  struct as_it_was { // the role and the database are those of every test of this run
    postgres_shell& over;
    const std::string& whose;
    ~as_it_was() { over.execute("set default_transaction_read_only = off; alter " + whose + " reset all"); }
  } const at_end{shell, whose};
  for (const auto& one : settings)
    shell.execute("alter " + whose + " set " + one.name + " = " + one.hostile);

  const auto at_server = std::move(opened(db.url()).value());
  const auto writer = std::move(at_server->open_writer().value());
  const auto reader = std::move(at_server->open_reader().value());
  auto unit = creation("51", "w:1");
  unit.document = json::object{{"buyer", "\u017dlu\u0165ou\u010dk\u00fd \u987e\u5ba2"}, {"price", 0.1}};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  for (const auto& one : settings)
    CHECK(one.name + " = " + shell.scalar("select setting from in_force where name = '" + one.name + "'") ==
          one.name + " = " + one.ours);
  const auto found = reader->find(tiktok_order_id{"51"});
  REQUIRE(found.has_value());
  CHECK(found->order == *unit.after);
  CHECK(found->document == *unit.document);
  CHECK(reader->timeline(tiktok_order_id{"51"}, 10, {}).has_value());
  postgres_shell utf8{db.url() + "&client_encoding=UTF8"};
  CHECK(utf8.scalar("select count(*) from orders where order_data::text like '%\u987e\u5ba2%'") == "1");
}

TEST_CASE("a database that is not UTF8 is refused") {
  postgres_shell shell{postgres_url()};
  const auto name = "latin_" + std::to_string(::getpid());
  shell.execute("create database " + name + " encoding 'LATIN1' locale 'C' template template0");
  auto url = postgres_url();
  url.replace(url.rfind('/') + 1, std::string::npos, name);
  const auto refused = opened(url);
  shell.execute("drop database " + name);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::bad_config);
  CHECK(refused.error().message.find("LATIN1") != std::string::npos);
}

TEST_CASE("a pooler is good in session mode and refused at start in the others, with the fix") {

  const auto at = [](const std::string& mode) { return opened(start_pooler(mode)); };
  for (const auto* mode : {"transaction", "statement"}) {
    const auto refused = at(mode);
    REQUIRE_FALSE(refused.has_value());
    INFO(refused.error().message);
    CHECK(refused.error().code == error_code::bad_config);
    CHECK(refused.error().message.find("session") != std::string::npos);
    CHECK(refused.error().message.find("5432") != std::string::npos);
  }
  const auto pooled = at("session");
  REQUIRE(pooled.has_value());
  const auto writer = std::move((*pooled)->open_writer().value());
  const auto reader = std::move((*pooled)->open_reader().value());
  const auto changes = std::move((*pooled)->open_changes().value());
  stored(*writer, "51");
  CHECK(load(*reader, "51").exists);
  stored(*(*opened(postgres_url()))->open_writer().value(), "52");
  CHECK(changes->wait(std::chrono::milliseconds{500}).value().size() == 1);
}

TEST_CASE("a transaction pooler is found out also while others keep it busy") {
  const auto url = start_pooler("transaction");
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  for (int i = 0; i < 6; ++i)
    others.emplace_back([&] {
      postgres_shell shell{url};
      while (!stop)
        shell.execute("select pg_sleep(0.002)");
    });
  int refusals = 0;
  for (int i = 0; i < 10; ++i) {
    const auto refused = opened(url);
    refusals += !refused && refused.error().code == error_code::bad_config;
  }
  stop = true;
  for (auto& t : others)
    t.join();
  CHECK(refusals == 10);
}
