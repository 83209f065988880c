#pragma once
// Rows of SQLite as the domain's types.

#include "domain/order_reader.hpp"
#include "storage/sqlite/connection.hpp"

namespace orderly::sqlite {

/// Of a query with the columns of an order. Errors: internal, when a column cannot be read.
result<order> read_order(const statement& row);
/// Column of order_data behind those of an order.
inline constexpr int document_column = 11;
result<json::object> read_document(const statement& row);

result<event> read_event(const statement& row);
input_view read_input(const statement& row);
/// Of a query for id, raw_hash, answer.
result<settled_input> read_settled(const statement& row);

} // namespace orderly::sqlite
