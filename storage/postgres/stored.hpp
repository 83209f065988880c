#pragma once
// Rows of PostgreSQL as the domain's types.

#include "domain/ports/reads.hpp"
#include "storage/input_row.hpp"
#include "storage/postgres/pqxx_compat.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderly::postgres {

/// A field of a row; null reads as "", 0, false or nothing. Throws what libpqxx throws when it is not what it
/// should be.
std::string_view text_at(const pqxx::row& row, int column);
std::string owned_at(const pqxx::row& row, int column);
std::int64_t integer_at(const pqxx::row& row, int column);
bool flag_at(const pqxx::row& row, int column);
uuid id_at(const pqxx::row& row, int column);
/// Of microseconds since 1970.
timestamp time_at(const pqxx::row& row, int column);
std::optional<timestamp> maybe_time_at(const pqxx::row& row, int column);

/// Of a query with the columns of an order. Errors: order_unreadable.
result<order> read_order(const pqxx::row& row);
listed_order read_listed(const pqxx::row& row);
/// Columns behind those of an order.
inline constexpr int document_column = 11, place_column = 12, quarantined_column = 13, settled_column = 14;
result<json::object> read_document(const pqxx::row& row);

result<event> read_event(const pqxx::row& row);
input_view read_input(const pqxx::row& row);
/// Of columns for id, raw_hash in hex, answer, from `first` on.
result<settled_input> read_settled(const pqxx::row& row, int first);
/// Of a query for a whole input, its raw bytes in hex.
input_row read_input_row(const pqxx::row& row);
result<dead_letter_view> read_dead_letter(const pqxx::row& row);

} // namespace orderly::postgres
