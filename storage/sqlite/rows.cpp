#include "storage/sqlite/rows.hpp"

#include "storage/order_row.hpp"

#include <algorithm>

namespace orderly::sqlite {
namespace {

std::string owned(std::string_view text) { return std::string{text}; }

std::optional<order_state> maybe_state(const statement& row, int column) {
  return row.is_null(column) ? std::nullopt : order_state_from(row.text_at(column));
}

stored_order columns_of(const statement& row) {
  stored_order stored;
  stored.id = order_id{row.id_at(0)};
  stored.tiktok_id = row.text_at(1);
  stored.state = row.text_at(2);
  stored.failure = row.text_at(3);
  stored.shop = row.text_at(4);
  stored.facts = row.text_at(5);
  stored.held = row.integer_at(6) != 0;
  stored.version = row.integer_at(7);
  stored.created_at = row.time_at(8);
  stored.updated_at = row.time_at(9);
  stored.closed_at = row.maybe_time_at(10);
  return stored;
}

} // namespace

result<order> read_order(const statement& row) { return order_from(columns_of(row)); }
listed_order read_listed(const statement& row) { return listed_from(columns_of(row)); }

result<json::object> read_document(const statement& row) { return document_from(row.text_at(document_column), row.text_at(1)); }

result<event> read_event(const statement& row) {
  event e;
  e.seq = row.integer_at(0);
  e.at = row.time_at(1);
  const auto type = event_type_from(row.text_at(2));
  if (!type)
    return error{error_code::internal, "stored event has an unknown type: " + owned(row.text_at(2)), {}};
  e.type = *type;
  e.source = owned(row.text_at(3));
  e.actor = owned(row.text_at(4));
  e.from = maybe_state(row, 5);
  e.to = maybe_state(row, 6);
  auto detail = stored_object(row.text_at(7), "event detail");
  if (!detail)
    return detail.error();
  e.detail = *std::move(detail);
  e.input = input_id{row.id_at(8)};
  return e;
}

input_view read_input(const statement& row) {
  input_view view;
  view.id = input_id{row.id_at(0)};
  view.received_at = row.time_at(1);
  view.source = owned(row.text_at(2));
  view.type = owned(row.text_at(3));
  view.dedupe_key = owned(row.text_at(4));
  view.notification_id = owned(row.text_at(5));
  view.outcome = input_outcome_from(row.text_at(6)).value_or(input_outcome::pending);
  view.deliveries = row.integer_at(7);
  return view;
}

result<settled_input> read_settled(const statement& row) {
  sha256_digest raw_hash{};
  const auto hash = row.blob_at(1);
  std::copy_n(hash.begin(), std::min(hash.size(), raw_hash.size()), raw_hash.begin());
  return settled_from(input_id{row.id_at(0)}, raw_hash, row.text_at(2));
}

input_row read_input_row(const statement& row) {
  input_row read;
  auto& what = read.what;
  what.id = input_id{row.id_at(0)};
  what.delivery = row.id_at(1);
  what.dedupe_key = row.text_at(2);
  what.order = tiktok_order_id{owned(row.text_at(3))};
  what.received_at = row.time_at(4);
  read.source = row.text_at(5);
  what.actor = row.text_at(6);
  what.shop = shop_id{owned(row.text_at(7))};
  what.type = row.text_at(8);
  what.notification_id = row.text_at(9);
  what.raw = std::make_shared<const std::string>(row.blob_at(10));
  return read;
}

result<dead_letter_view> read_dead_letter(const statement& row) {
  dead_letter_view view;
  view.id = row.integer_at(0);
  view.input = input_id{row.id_at(1)};
  view.order = tiktok_order_id{owned(row.text_at(2))};
  view.shop = shop_id{owned(row.text_at(3))};
  view.source = row.text_at(4);
  view.type = row.text_at(5);
  view.notification_id = row.text_at(6);
  const auto cause = cause_from(row.text_at(7));
  if (!cause)
    return cause.error();
  view.cause = *cause;
  view.count = row.integer_at(8);
  view.first_at = row.time_at(9);
  view.last_at = row.time_at(10);
  view.redriven_at = row.maybe_time_at(11);
  view.raw = std::make_shared<const std::string>(row.blob_at(12));
  return view;
}

} // namespace orderly::sqlite
