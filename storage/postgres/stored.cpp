#include "storage/postgres/stored.hpp"

#include "storage/order_row.hpp"

#include <algorithm>
#include <charconv>

namespace orderly::postgres {
namespace {

std::optional<order_state> maybe_state(const pqxx::row& row, int column) {
  const auto text = text_at(row, column);
  return text.empty() ? std::nullopt : order_state_from(text);
}

std::string bytes_from(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned char byte = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, byte, 16);
    bytes[i] = static_cast<char>(byte);
  }
  return bytes;
}

sha256_digest digest_from(std::string_view hex) {
  sha256_digest digest{};
  const auto bytes = bytes_from(hex);
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

stored_order columns_of(const pqxx::row& row) {
  stored_order stored;
  stored.id = order_id{id_at(row, 0)};
  stored.tiktok_id = text_at(row, 1);
  stored.state = text_at(row, 2);
  stored.failure = text_at(row, 3);
  stored.shop = text_at(row, 4);
  stored.facts = text_at(row, 5);
  stored.held = flag_at(row, 6);
  stored.version = integer_at(row, 7);
  stored.created_at = time_at(row, 8);
  stored.updated_at = time_at(row, 9);
  stored.closed_at = maybe_time_at(row, 10);
  return stored;
}

} // namespace

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

result<order> read_order(const pqxx::row& row) { return order_from(columns_of(row)); }
listed_order read_listed(const pqxx::row& row) { return listed_from(columns_of(row)); }

result<json::object> read_document(const pqxx::row& row) { return document_from(text_at(row, document_column), text_at(row, 1)); }

result<event> read_event(const pqxx::row& row) {
  event e;
  e.seq = integer_at(row, 0);
  e.at = time_at(row, 1);
  const auto type = event_type_from(text_at(row, 2));
  if (!type)
    return error{error_code::internal, "stored event has an unknown type: " + owned_at(row, 2), {}};
  e.type = *type;
  e.source = owned_at(row, 3);
  e.actor = owned_at(row, 4);
  e.from = maybe_state(row, 5);
  e.to = maybe_state(row, 6);
  auto detail = stored_object(text_at(row, 7), "event detail");
  if (!detail)
    return detail.error();
  e.detail = *std::move(detail);
  e.input = input_id{id_at(row, 8)};
  return e;
}

input_view read_input(const pqxx::row& row) {
  input_view view;
  view.id = input_id{id_at(row, 0)};
  view.received_at = time_at(row, 1);
  view.source = owned_at(row, 2);
  view.type = owned_at(row, 3);
  view.dedupe_key = owned_at(row, 4);
  view.notification_id = owned_at(row, 5);
  view.outcome = input_outcome_from(text_at(row, 6)).value_or(input_outcome::pending);
  view.deliveries = integer_at(row, 7);
  return view;
}

result<settled_input> read_settled(const pqxx::row& row, int first) {
  return settled_from(input_id{id_at(row, first)}, digest_from(text_at(row, first + 1)), text_at(row, first + 2));
}

input_row read_input_row(const pqxx::row& row) {
  input_row read;
  auto& what = read.what;
  what.id = input_id{id_at(row, 0)};
  what.delivery = id_at(row, 1);
  what.dedupe_key = text_at(row, 2);
  what.order = tiktok_order_id{owned_at(row, 3)};
  what.received_at = time_at(row, 4);
  read.source = text_at(row, 5);
  what.actor = text_at(row, 6);
  what.shop = shop_id{owned_at(row, 7)};
  what.type = text_at(row, 8);
  what.notification_id = text_at(row, 9);
  what.raw = std::make_shared<const std::string>(bytes_from(text_at(row, 10)));
  return read;
}

result<dead_letter_view> read_dead_letter(const pqxx::row& row) {
  dead_letter_view view;
  view.id = integer_at(row, 0);
  view.input = input_id{id_at(row, 1)};
  view.order = tiktok_order_id{owned_at(row, 2)};
  view.shop = shop_id{owned_at(row, 3)};
  view.source = text_at(row, 4);
  view.type = text_at(row, 5);
  view.notification_id = text_at(row, 6);
  const auto cause = cause_from(text_at(row, 7));
  if (!cause)
    return cause.error();
  view.cause = *cause;
  view.count = integer_at(row, 8);
  view.first_at = time_at(row, 9);
  view.last_at = time_at(row, 10);
  view.redriven_at = maybe_time_at(row, 11);
  view.raw = std::make_shared<const std::string>(bytes_from(text_at(row, 12)));
  return view;
}

} // namespace orderly::postgres
