#pragma once
// A read-only connection: sees what is committed, and never waits for the writer. Each query's statement stands beside it in
// reader.cpp.

#include "domain/ports/order_queries.hpp"
#include "storage/sqlite/connection.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace orderly::sqlite {

/// Throws fault when the database cannot be opened.
std::unique_ptr<order_queries> make_reader(const database& where);

struct read_statement {
  std::string_view name, sql;
};
/// All that a reader runs, for tests of their plans.
std::span<const read_statement> read_statements();

} // namespace orderly::sqlite
