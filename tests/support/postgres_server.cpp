#include "tests/support/postgres_server.hpp"

#include "storage/postgres/pqxx_compat.hpp"
#include "tests/support/source_dir.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace orderly::test {
namespace {

/// For the shell: the checkout's path may have blanks.
const std::string tools_pg_program = "'" + source_file("tools/pg") + "'";

} // namespace

std::string postgres_url() {
  const char* url = std::getenv("ORDERLY_STORAGE");
  if (!url || std::string{url}.rfind("postgresql://", 0) != 0)
    throw std::runtime_error("this test needs a server: run it as `tools/pg run -- TEST`, as ctest does");
  return url;
}

std::string as_role(const std::string& role, std::string url) {
  const auto begin = url.find("//") + 2;
  return url.replace(begin, url.find('@') - begin, role + ":" + role);
}

struct postgres_shell::inner {
  explicit inner(const std::string& url) : connection(postgres::connect(url)), quiet(postgres::make_quiet(*connection)) {}
  std::unique_ptr<pqxx::connection> connection;
  std::unique_ptr<pqxx::errorhandler> quiet;
};

postgres_shell::postgres_shell(const std::string& url) : inner_(std::make_unique<inner>(url)) {}
postgres_shell::~postgres_shell() = default;

void postgres_shell::execute(const std::string& sql) {
  pqxx::nontransaction at_once{*inner_->connection};
  at_once.exec(sql);
}

std::string postgres_shell::scalar(const std::string& sql) {
  pqxx::nontransaction at_once{*inner_->connection};
  const auto rows = at_once.exec(sql);
  return rows.empty() ? "" : rows[0][0].c_str();
}

int postgres_shell::notifications() {
  int all = 0;
  while (const int more = postgres::await_notifications(*inner_->connection, std::chrono::milliseconds{1}))
    all += more;
  return all;
}

server_setting::server_setting(std::string name, const std::string& value) : name_(std::move(name)) {
  apply("alter system set " + name_ + " = '" + value + "'");
}

server_setting::~server_setting() { apply("alter system reset " + name_); }

void server_setting::apply(const std::string& sql) {
  shell_.execute(sql);
  const auto before = shell_.scalar("select clock_timestamp()");
  shell_.execute("select pg_reload_conf()");
  // A new session has what the server's first process has read; that one then signals all the others.
  while (postgres_shell{postgres_url()}.scalar("select pg_conf_load_time() > '" + before + "'") != "t")
    shell_.execute("select pg_sleep(0.02)");
  shell_.execute("select pg_sleep(0.3)");
}

std::string server_log() {
  const char* cluster = std::getenv("ORDERLY_PG_CLUSTER");
  std::ifstream file{std::string{cluster ? cluster : ""} + "/log"};
  if (!file)
    throw std::runtime_error("the server's log cannot be read");
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string start_pooler(const std::string& mode) {
  const auto command = tools_pg_program + " pooler " + mode;
  const std::unique_ptr<FILE, int (*)(FILE*)> output{::popen(command.c_str(), "r"), ::pclose};
  std::string url;
  for (int c = 0; output && (c = std::fgetc(output.get())) != EOF && c != '\n';)
    url += static_cast<char>(c);
  if (url.empty())
    throw std::runtime_error(command + " failed");
  return url;
}

postgres_database::postgres_database() {
  static std::atomic<int> made{0};
  name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
  postgres_shell{postgres_url()}.execute("create schema " + name_);
}

postgres_database::~postgres_database() {
  try {
    postgres_shell{postgres_url()}.execute("drop schema " + name_ + " cascade");
  } catch (const std::exception& e) {
    std::cerr << "schema " << name_ << " is left behind: " << e.what() << '\n';
  }
}

void tools_pg(const std::string& words) {
  const auto command = tools_pg_program + " " + words;
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error(command + " failed");
}

} // namespace orderly::test
