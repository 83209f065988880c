#pragma once
// Writing an order's row and its history. Within the writer's transaction.

#include "storage/sqlite/connection.hpp"
#include "storage/store.hpp"

#include <optional>

namespace orderly::sqlite {

/// What stands of the order now.
struct order_fence {
  std::int64_t row = 0; ///< rowid
  uuid id;
  std::int64_t version = 0;
};
std::optional<order_fence> fence_of(connection& over, const tiktok_order_id& order);

/// Precondition of both: unit.after.
void insert_order(connection& over, const order_unit& unit);
void update_order(connection& over, const order_unit& unit, const order_fence& stored);

/// The event, and its projection in order_attention.
void write_event(connection& over, const uuid& order, const event& e);

/// Attention that no decision raises (store_writer::note).
void write_note(connection& over, const attention_note& note);

} // namespace orderly::sqlite
