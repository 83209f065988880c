#pragma once
// A database of its own for a test, on the server that tools/pg started for this run (ORDERLY_STORAGE), and a
// shell on it.

#include <memory>
#include <string>

namespace orderly::test {

/// The URL of the run's server. Throws, saying how to get one, when there is none.
std::string postgres_url();
/// The same for a role whose password is its name.
std::string as_role(const std::string& role, std::string url);

/// A connection for SQL behind the store's back.
class postgres_shell {
public:
  explicit postgres_shell(const std::string& url);
  ~postgres_shell();
  /// One statement or several.
  void execute(const std::string& sql);
  /// The first column of the first row as text; empty for null or no row.
  std::string scalar(const std::string& sql);
  /// How many have arrived on channels that it listens on.
  int notifications();

private:
  struct inner;
  std::unique_ptr<inner> inner_;
};

/// A schema, which is a database to the store and much faster made than one. Dropped at the end.
class postgres_database {
public:
  postgres_database();
  ~postgres_database();
  postgres_database(const postgres_database&) = delete;
  postgres_database& operator=(const postgres_database&) = delete;
  [[nodiscard]] std::string url() const { return postgres_url() + "?options=-csearch_path%3D" + name_; }
  [[nodiscard]] const std::string& name() const { return name_; }

private:
  std::string name_;
};

/// A setting of the whole server, while it lasts.
class server_setting {
public:
  server_setting(std::string name, const std::string& value);
  ~server_setting();
  server_setting(const server_setting&) = delete;
  server_setting& operator=(const server_setting&) = delete;

private:
  void apply(const std::string& sql);
  std::string name_;
  postgres_shell shell_{postgres_url()};
};

/// What the server has logged since it was made.
std::string server_log();
/// A PgBouncer of that mode before the run's server; the URL that leads through it.
std::string start_pooler(const std::string& mode);
/// Runs `tools/pg` with these words, e.g. "restart immediate". Throws when it fails.
void tools_pg(const std::string& words);

} // namespace orderly::test
