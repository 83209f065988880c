#pragma once
// A read-only connection: sees what is committed, and never waits for the writer. Each query's statement stands beside it in
// reader.cpp, or in the file of its concept.

#include "domain/ports/order_queries.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/read_statement.hpp"

#include <memory>
#include <vector>

namespace orderly::sqlite {

/// Throws fault when the database cannot be opened.
std::unique_ptr<order_queries> make_reader(const database& where);

/// All that a reader runs beside those of statements.hpp, for tests of their plans.
std::vector<read_statement> read_statements();

} // namespace orderly::sqlite
