#pragma once
// Writing inputs and their dead letters. Within the writer's transaction.

#include "storage/input_row.hpp"
#include "storage/sqlite/connection.hpp"

#include <optional>
#include <vector>

namespace orderly::sqlite {

struct input_standing {
  uuid id;
  bool pending = false; ///< else its outcome is settled for good
  bool dead = false;
};
/// What is stored of an input, if anything.
std::optional<input_standing> standing_of(connection& over, const input& what);

/// Inserts the row, or turns the stored one, which must be pending, into its outcome.
/// @param events how many events of the unit it caused
void write_input(connection& over, const input_record& record, const std::optional<input_standing>& stored, std::int64_t events);

/// The input was delivered once more.
void count_delivery(connection& over, const std::string& dedupe_key, const tiktok_order_id& order);

/// An input apart from any order's commit (store_writer::record).
void record_input(connection& over, const input_record& record);

/// Makes the input of the dead letter pending again and adds it; unless it is not dead (store_writer::redrive).
void redrive_input(connection& over, std::int64_t dead_letter, timestamp now, std::vector<input_row>& into);

} // namespace orderly::sqlite
