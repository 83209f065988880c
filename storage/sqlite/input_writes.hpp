#pragma once
// Writing inputs and their dead letters. Within the writer's transaction.

#include "storage/sqlite/connection.hpp"
#include "storage/unit.hpp"

#include <optional>

namespace orderly::sqlite {

struct stored_input {
  uuid id;
  bool pending = false; ///< else its outcome is settled for good
};
std::optional<stored_input> stored_input_of(connection& over, const input& what);

/// Inserts the row, or turns the pending one into its outcome. Precondition: the stored one, if any, is pending.
/// @param events how many events of the unit it caused
void write_input(connection& over, const input_record& record, bool was_pending, std::int64_t events);

/// The input was delivered once more.
void count_delivery(connection& over, const std::string& dedupe_key, const tiktok_order_id& order);

/// An input without an order: inserts it, or counts one delivery more.
void record_input(connection& over, const input_record& record);

} // namespace orderly::sqlite
