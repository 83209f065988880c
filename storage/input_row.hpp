#pragma once
// Rows of `inputs` and of what stands beside them, as both stores have them.

#include "base/result.hpp"
#include "domain/ports/order_queries.hpp"
#include "storage/unit.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// An input as it is stored: everything but its body, which follows from the rest.
struct input_row {
  input what; ///< its source and body are not set
  std::string source;
};
/// Whole inputs, ready to be posted. A row that only a newer version can have written is left out, with a line in the log.
std::vector<input> inputs_from(std::vector<input_row> rows);

std::vector<input> oldest_first(std::vector<input> all);

/// The stored outcome of an input. Errors: storage_unavailable, when the answer cannot be read.
result<settled_input> settled_from(input_id id, const sha256_digest& raw_hash, std::string_view answer);

/// Errors: internal, when it is no cause that this version knows.
result<dead_letter_cause> cause_from(std::string_view name);

/// When the input died, for its dead letter: one that is re-driven dies long after it was received.
timestamp died_at(const input_record& record);

} // namespace orderly
