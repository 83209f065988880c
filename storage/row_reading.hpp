#pragma once
// Rows of either store as the domain's types. A `Row` gives its fields by column: text_at, integer_at, flag_at, time_at,
// maybe_time_at, id_at and bytes_at; null reads as empty, 0, false or nothing. The columns stand in the order in which the
// statements of both stores ask for them.

#include "domain/ports/order_queries.hpp"
#include "storage/input_row.hpp"
#include "storage/order_row.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderly {

/// Columns behind those of an order.
inline constexpr int quarantined_column = 11, document_column = 12;

template <class Row>
stored_order read_columns(const Row& row) {
  stored_order stored;
  stored.id = order_id{row.id_at(0)};
  stored.tiktok_id = row.text_at(1);
  stored.state = row.text_at(2);
  stored.failure = row.text_at(3);
  stored.shop = row.text_at(4);
  stored.facts = row.text_at(5);
  stored.held = row.flag_at(6);
  stored.version = row.integer_at(7);
  stored.created_at = row.time_at(8);
  stored.updated_at = row.time_at(9);
  stored.closed_at = row.maybe_time_at(10);
  return stored;
}

template <class Row>
listed_order read_listed(const Row& row) {
  auto listed = listed_from(read_columns(row));
  listed.quarantined_since = row.maybe_time_at(quarantined_column);
  return listed;
}

/// Errors: order_unreadable.
template <class Row>
result<order_view> read_order_view(const Row& row) {
  auto found = order_from(read_columns(row));
  if (!found)
    return found.error();
  auto document = document_from(row.text_at(document_column), row.text_at(1));
  if (!document)
    return document.error();
  return order_view{*std::move(found), *std::move(document), row.maybe_time_at(quarantined_column)};
}

/// Errors: order_unreadable. The document only where the row has one.
template <class Row>
result<void> take_order(const Row& row, loaded_order& into) {
  auto found = order_from(read_columns(row));
  if (!found)
    return found.error();
  into.exists = true;
  into.quarantined = row.maybe_time_at(quarantined_column).has_value();
  into.order = *std::move(found);
  if (row.text_at(document_column).empty())
    return {};
  auto document = document_from(row.text_at(document_column), row.text_at(1));
  if (!document)
    return document.error();
  into.document = std::make_shared<const json::object>(*std::move(document));
  return {};
}

template <class Row>
std::optional<order_state> maybe_state_at(const Row& row, int column) {
  const auto text = row.text_at(column);
  return text.empty() ? std::nullopt : order_state_from(text);
}

template <class Row>
result<event> read_event(const Row& row) {
  event e;
  e.seq = row.integer_at(0);
  e.at = row.time_at(1);
  const auto type = event_type_from(row.text_at(2));
  if (!type)
    return error{error_code::internal, "stored event has an unknown type: " + std::string{row.text_at(2)}, {}};
  e.type = *type;
  e.source = row.text_at(3);
  e.actor = row.text_at(4);
  e.from = maybe_state_at(row, 5);
  e.to = maybe_state_at(row, 6);
  auto detail = stored_object(row.text_at(7), "event detail");
  if (!detail)
    return detail.error();
  e.detail = *std::move(detail);
  e.input = input_id{row.id_at(8)};
  return e;
}

template <class Row>
open_attention read_attention(const Row& row) {
  return {std::string{row.text_at(0)}, row.time_at(1)};
}

/// Nothing where a newer version may have written what this one does not know.
template <class Row>
std::optional<unkept_promise> read_promise(const Row& row) {
  const auto kind = promise_kind_from(row.text_at(1));
  const auto state = promise_state_from(row.text_at(2));
  if (!kind || !state)
    return std::nullopt;
  return unkept_promise{row.integer_at(0),          *kind, *state, row.maybe_time_at(3), row.integer_at(4), row.maybe_time_at(5),
                        std::string{row.text_at(6)}};
}

/// Columns of a position and its order behind those of an event.
template <class Row>
result<void> take_event(const Row& row, event_page& into) {
  auto e = read_event(row);
  if (!e)
    return e.error();
  const feed_position at{row.integer_at(9), row.integer_at(10), order_id{row.id_at(11)}, e->seq};
  into.events.push_back({at, tiktok_order_id{std::string{row.text_at(12)}}, *std::move(e)});
  return {};
}

template <class Row>
input_view read_input(const Row& row) {
  input_view view;
  view.id = input_id{row.id_at(0)};
  view.received_at = row.time_at(1);
  view.source = row.text_at(2);
  view.type = row.text_at(3);
  view.dedupe_key = row.text_at(4);
  view.notification_id = row.text_at(5);
  view.outcome = input_outcome_from(row.text_at(6)).value_or(input_outcome::pending);
  view.deliveries = row.integer_at(7);
  return view;
}

/// Of columns for id, raw_hash, answer, from `first` on.
template <class Row>
result<settled_input> read_settled(const Row& row, int first) {
  sha256_digest raw_hash{};
  const auto hash = row.bytes_at(first + 1);
  std::copy_n(hash.begin(), std::min(hash.size(), raw_hash.size()), raw_hash.begin());
  return settled_from(input_id{row.id_at(first)}, raw_hash, row.text_at(first + 2));
}

/// Of a query for a whole input.
template <class Row>
input_row read_input_row(const Row& row) {
  input_row read;
  auto& what = read.what;
  what.id = input_id{row.id_at(0)};
  what.delivery = row.id_at(1);
  what.dedupe_key = row.text_at(2);
  what.order = tiktok_order_id{std::string{row.text_at(3)}};
  what.received_at = row.time_at(4);
  read.source = row.text_at(5);
  what.actor = row.text_at(6);
  what.shop = shop_id{std::string{row.text_at(7)}};
  what.type = row.text_at(8);
  what.notification_id = row.text_at(9);
  what.raw = std::make_shared<const std::string>(row.bytes_at(10));
  return read;
}

template <class Row>
result<dead_letter_view> read_dead_letter(const Row& row) {
  dead_letter_view view;
  view.id = row.integer_at(0);
  view.input = input_id{row.id_at(1)};
  view.order = tiktok_order_id{std::string{row.text_at(2)}};
  view.shop = shop_id{std::string{row.text_at(3)}};
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
  view.raw = std::make_shared<const std::string>(row.bytes_at(12));
  return view;
}

} // namespace orderly
