#pragma once
// A read-only connection: sees what is committed, and waits for no writer. Each query's statement stands beside it in reader.cpp,
// or in the file of its concept.

#include "domain/ports/order_queries.hpp"
#include "storage/postgres/session.hpp"

#include <memory>
#include <vector>

namespace orderly::postgres {

/// Throws when the server cannot be reached.
std::unique_ptr<order_queries> make_reader(const database& where);

/// All that a reader runs beside those of statements.hpp, for tests of their plans.
std::vector<statement> read_statements();

} // namespace orderly::postgres
