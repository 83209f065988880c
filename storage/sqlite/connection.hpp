#pragma once
// A connection to SQLite and its prepared statements. Used by one thread at a time. Inside storage/sqlite
// errors travel as the exception `fault`; guarded() turns them into values at the port's edge.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"

#include <exception>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace orderly::sqlite {

class fault final : public std::exception {
public:
  fault(int code, std::string message) : code_(code), message_(std::move(message)) {}
  /// The value itself is refused (a constraint, a size, a type): trying again cannot help, but its neighbours
  /// are fine.
  [[nodiscard]] bool refuses() const;
  /// A COMMIT met it on the way to the disk: its frames may be in the log, end mark included, and count at the next start.
  [[nodiscard]] bool leaves_doubt() const;
  [[nodiscard]] int code() const { return code_; } ///< SQLite's extended result code
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  static fault refusal(std::string message);
  /// The same, of a COMMIT.
  [[nodiscard]] fault of_commit() const;

private:
  int code_;
  bool of_commit_ = false;
  std::string message_;
};

/// A prepared statement while it is in use; reset for the next one at the end. Parameters are bound from left
/// to right. Bound text and blobs are not copied: they must live until the last step.
class statement {
public:
  explicit statement(sqlite3_stmt* inner) : inner_(inner) {}
  statement(statement&& other) noexcept : inner_(std::exchange(other.inner_, nullptr)), next_(other.next_) {}
  statement& operator=(statement&&) = delete;
  ~statement();

  statement& integer(std::int64_t value);
  /// Throws a refusal when it holds a NUL character, which PostgreSQL cannot store and SQLite's own shell
  /// cannot show.
  statement& text(std::string_view value);
  statement& text(const std::string& value) { return text(std::string_view{value}); }
  statement& text(const char* value) { return text(std::string_view{value}); }
  statement& text(std::string&&) = delete;
  /// Null when empty.
  statement& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  statement& blob(std::string_view value);
  statement& blob(std::string&&) = delete;
  statement& id(const uuid& value);
  statement& id(uuid&&) = delete;
  statement& at(timestamp value) { return integer(to_micros(value)); }
  statement& at(const std::optional<timestamp>& value) { return value ? at(*value) : null(); }
  statement& integer(const std::optional<std::int64_t>& value) { return value ? integer(*value) : null(); }
  statement& null();

  /// True: a row is there to be read. False: done.
  bool step();
  /// The rows that are left, for a range-for: each is this statement itself, at its row.
  class iterator {
  public:
    explicit iterator(statement& over) : over_(over), there_(over.step()) {}
    const statement& operator*() const { return over_; }
    iterator& operator++() {
      there_ = over_.step();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return !there_; }

  private:
    statement& over_;
    bool there_;
  };
  iterator begin() { return iterator{*this}; }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }
  /// For statements that give no rows. The number of rows changed.
  std::int64_t run();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer_at(int column) const;
  [[nodiscard]] timestamp time_at(int column) const { return from_micros(integer_at(column)); }
  [[nodiscard]] std::optional<timestamp> maybe_time_at(int column) const;
  /// Valid until the next step; empty for null.
  [[nodiscard]] std::string_view text_at(int column) const;
  [[nodiscard]] std::string_view blob_at(int column) const;
  [[nodiscard]] uuid id_at(int column) const;
  [[nodiscard]] bool flag_at(int column) const { return integer_at(column) != 0; }
  [[nodiscard]] std::string bytes_at(int column) const { return std::string{blob_at(column)}; }

private:
  void check(int code) const;
  sqlite3_stmt* inner_;
  int next_ = 1;
};

/// `keep_log`: for checkpoints only. `inspect`: beside an engine, alive or dead; never writes to the database,
/// also not at its end; sorts on disk, not in memory. `distrust`: the same of a file that may be anybody's: no function runs
/// because its schema says so. `fill`: a new file, made durable by whoever fills it.
enum class access { create, write, read, keep_log, inspect, distrust, fill };

struct database {
  std::string path, vfs; ///< vfs empty: the default
};

class connection {
public:
  connection(const database& where, access how);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Prepared once per connection. `sql` is a literal.
  statement use(std::string_view sql);
  /// Several statements, unprepared: pragmas, migrations.
  void run(const char* sql);
  [[nodiscard]] bool in_transaction() const;
  /// From now on a statement ends with a fault soon after `go_on` is false.
  void run_while(std::function<bool()> go_on);
  /// The last connection to be closed leaves the log as it is, instead of copying it into the database and removing it.
  void leave_log();
  /// For what SQLite does to connections and not to statements.
  [[nodiscard]] sqlite3* handle() const { return inner_; }
  /// After each commit of this connection, within the call that commits: how many pages the log has now.
  void after_commits(std::function<void(int pages)> tell);

  enum class checkpoint_kind {
    beside_writers, ///< copies what no reader still needs from the log, waits for nobody
    restart,        ///< all of it, and the next commit begins the log anew: only while nobody writes
    truncate        ///< the same, and the log's file becomes empty
  };
  /// How many pages of the log are in the database now; nothing when a writer or a reader is in the way.
  std::optional<int> checkpoint(checkpoint_kind how);

private:
  void begin_log();
  void close();
  std::function<void(int pages)> tell_;
  std::function<bool()> go_on_;
  sqlite3* inner_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> prepared_;
};

/// Rolls back at its end unless committed.
class transaction {
public:
  enum class kind { read, write };
  transaction(connection& over, kind how);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

private:
  connection& over_;
};

/// What SQLite said: storage_unavailable, or storage_outcome_unknown.
error error_of(const fault& f);

/// Runs `f`, which returns a result; no exception gets past it.
template <class F>
auto guarded(F&& f) noexcept -> decltype(f()) {
  try {
    return f();
  } catch (const fault& caught) {
    return error_of(caught);
  } catch (const std::exception& caught) {
    return error{error_code::internal, std::string{"in the store: "} + caught.what(), {}};
  }
}

} // namespace orderly::sqlite
