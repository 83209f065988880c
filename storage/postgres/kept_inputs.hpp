#pragma once
// Inputs that wait to be decided, and those that died, each with its statement.

#include "base/result.hpp"
#include "domain/ports/kept_inputs.hpp"
#include "storage/postgres/session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orderly::postgres {

result<pending_page> read_pending(session& over, const pending_request& what);
result<dead_letter_page> read_dead_letters(session& over, const dead_letter_filter& filter);
result<std::vector<std::int64_t>> read_dead_letter_ids(session& over, dead_letter_cause cause, std::size_t limit);

std::span<const statement> kept_input_statements();

} // namespace orderly::postgres
