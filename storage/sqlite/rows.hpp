#pragma once
// Rows of SQLite as the domain's types.

#include "domain/ports/reads.hpp"
#include "storage/input_row.hpp"
#include "storage/sqlite/connection.hpp"

namespace orderly::sqlite {

/// Of a query with the columns of an order. Errors: order_unreadable.
result<order> read_order(const statement& row);
listed_order read_listed(const statement& row);
/// Columns behind those of an order.
inline constexpr int document_column = 11, quarantined_column = 12;
result<json::object> read_document(const statement& row);

result<event> read_event(const statement& row);
input_view read_input(const statement& row);
/// Of a query for id, raw_hash, answer.
result<settled_input> read_settled(const statement& row);
/// Of a query for a whole input.
input_row read_input_row(const statement& row);
result<dead_letter_view> read_dead_letter(const statement& row);

} // namespace orderly::sqlite
