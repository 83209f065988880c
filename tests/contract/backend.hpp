#pragma once
// A store under test. The suite asks for each of backends() in turn: `const auto at =
// fresh(GENERATE(from_range(backends())));`

#include "storage/store.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderly::test {

class store_under_test {
public:
  virtual ~store_under_test() = default;
  [[nodiscard]] virtual orderly::store& store() = 0;
  /// Closes and opens again, as a restart of the engine does. Connections made before must be gone.
  virtual void restart() = 0;
  /// SQL behind the port's back: a person with a shell. One statement that every backend understands.
  virtual void execute(const std::string& sql) = 0;
  /// The first column of the first row as text; empty for null or no row.
  virtual std::string scalar(const std::string& sql) = 0;
  /// The largest position in the order of commits that an event has.
  virtual long long newest_position() = 0;
  /// Runs `sql` in a transaction that stays open until the returned guard is gone.
  virtual std::shared_ptr<void> open_write(const std::string& sql) = 0;

  std::unique_ptr<store_writer> writer();
  std::unique_ptr<order_queries> reader();
  std::unique_ptr<store_admin> admin();
};

/// "sqlite" and "postgresql", whose server tools/pg has to provide: what is shipped, and speaks SQL.
std::vector<std::string> databases();
/// Those and "memory", the simulator's.
std::vector<std::string> backends();
/// An empty store of that backend.
std::unique_ptr<store_under_test> fresh(const std::string& backend);
std::unique_ptr<store_under_test> fresh_sqlite();
std::unique_ptr<store_under_test> fresh_postgres();
std::unique_ptr<store_under_test> fresh_memory();

} // namespace orderly::test
