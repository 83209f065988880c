#include "storage/postgres/stored.hpp"

#include <charconv>

namespace orderly::postgres {

std::string_view text_at(const pqxx::row& row, int column) {
  const auto field = row[column];
  return {field.c_str(), static_cast<std::size_t>(field.size())};
}

std::string owned_at(const pqxx::row& row, int column) { return std::string{text_at(row, column)}; }

std::int64_t integer_at(const pqxx::row& row, int column) {
  const auto text = text_at(row, column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool flag_at(const pqxx::row& row, int column) { return text_at(row, column) == "t"; }
uuid id_at(const pqxx::row& row, int column) { return uuid_from(text_at(row, column)).value_or(uuid{}); }
timestamp time_at(const pqxx::row& row, int column) { return from_micros(integer_at(row, column)); }

std::optional<timestamp> maybe_time_at(const pqxx::row& row, int column) {
  return text_at(row, column).empty() ? std::nullopt : std::optional{time_at(row, column)};
}

std::string bytes_from(std::string_view hex) {
  if (hex.starts_with("\\x"))
    hex.remove_prefix(2);
  std::string bytes(hex.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned char byte = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, byte, 16);
    bytes[i] = static_cast<char>(byte);
  }
  return bytes;
}

} // namespace orderly::postgres
