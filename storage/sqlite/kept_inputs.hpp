#pragma once
// Inputs that wait to be decided, and those that died, each with its statement.

#include "base/result.hpp"
#include "domain/ports/kept_inputs.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/read_statement.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orderly::sqlite {

result<pending_page> read_pending(connection& over, const pending_request& what);
result<dead_letter_page> read_dead_letters(connection& over, const dead_letter_filter& filter);
result<std::vector<std::int64_t>> read_dead_letter_ids(connection& over, dead_letter_cause cause, std::size_t limit);

std::span<const read_statement> kept_input_statements();

} // namespace orderly::sqlite
