#pragma once
// Fields of PostgreSQL's rows.

#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "storage/postgres/pqxx_compat.hpp"

#include <cstdint>
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

/// Of bytes in hex, with or without the server's `\x`.
std::string bytes_from(std::string_view hex);

/// For what reads the rows of both stores (storage/row_reading.hpp). Bytes are asked for in hex.
class row_view {
public:
  explicit row_view(const pqxx::row& of) : of_(of) {}
  [[nodiscard]] std::string_view text_at(int column) const { return postgres::text_at(of_, column); }
  [[nodiscard]] std::int64_t integer_at(int column) const { return postgres::integer_at(of_, column); }
  [[nodiscard]] bool flag_at(int column) const { return postgres::flag_at(of_, column); }
  [[nodiscard]] uuid id_at(int column) const { return postgres::id_at(of_, column); }
  [[nodiscard]] timestamp time_at(int column) const { return postgres::time_at(of_, column); }
  [[nodiscard]] std::optional<timestamp> maybe_time_at(int column) const { return postgres::maybe_time_at(of_, column); }
  [[nodiscard]] std::string bytes_at(int column) const { return bytes_from(text_at(column)); }

private:
  const pqxx::row& of_;
};

} // namespace orderly::postgres
