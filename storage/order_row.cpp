#include "storage/order_row.hpp"

#include <boost/json/serialize.hpp>

namespace orderly {
namespace {

error unreadable(std::string_view what, std::string_view why, error_code code = error_code::order_unreadable) {
  return {code, "stored " + std::string{what} + " cannot be read: " + std::string{why}, {}};
}

std::string of_order(std::string_view column, std::string_view tiktok_id) {
  return std::string{column} + " of order " + std::string{tiktok_id};
}

result<void> read_facts(const stored_order& row, order& into) {
  const auto state = order_state_from(row.state);
  if (!state)
    return unreadable(of_order("state", row.tiktok_id), row.state);
  into.state = *state;
  const auto body = stored_object(row.facts, of_order("facts", row.tiktok_id), error_code::order_unreadable);
  if (!body)
    return body.error();
  if (body->empty())
    return {};
  auto known = facts_from(*body);
  if (!known)
    return unreadable(of_order("facts", row.tiktok_id), known.error().message);
  into.facts = *std::move(known);
  return {};
}

} // namespace

order_row row_of(const order& o) {
  order_row row;
  row.state = name_of(o.state);
  row.failure = name_of(o.failure);
  if (o.facts.status) {
    row.tiktok_status = name_of(o.facts.status->status);
    row.tiktok_update_time = to_seconds(o.facts.status->update_time);
  }
  row.shop = o.facts.shop.str();
  if (const auto due = due_at(o))
    row.due_at = timestamp{*due};
  row.closed_at = o.closed_at;
  row.facts = json::serialize(to_json(o.facts));
  return row;
}

listed_order listed_from(const stored_order& row) {
  listed_order listed;
  auto& o = listed.order;
  o.id = row.id;
  o.tiktok_id = tiktok_order_id{std::string{row.tiktok_id}};
  o.failure = failure_kind_from(row.failure);
  o.held = row.held;
  o.version = row.version;
  o.created_at = row.created_at;
  o.updated_at = row.updated_at;
  o.closed_at = row.closed_at;
  if (const auto read = read_facts(row, o); !read)
    listed.unreadable = read.error().message;
  if (o.facts.shop.empty())
    o.facts.shop = shop_id{std::string{row.shop}};
  return listed;
}

result<order> order_from(const stored_order& row) {
  auto listed = listed_from(row);
  if (!listed.unreadable.empty())
    return error{error_code::order_unreadable, std::move(listed.unreadable), {}};
  return std::move(listed.order);
}

std::optional<attention_change> attention_of(const event& e) {
  if (e.type != event_type::attention_raised && e.type != event_type::attention_cleared)
    return std::nullopt;
  const auto kind = string_at(e.detail, "kind");
  if (kind.empty())
    return std::nullopt;
  return attention_change{kind, e.type == event_type::attention_raised};
}

result<json::object> stored_object(std::string_view text, std::string_view what, error_code code) {
  auto value = parse_json(text);
  if (!value)
    return unreadable(what, value.error().message, code);
  auto* object = value->if_object();
  if (!object)
    return unreadable(what, "not a JSON object", code);
  return std::move(*object);
}

result<json::object> document_from(std::string_view text, std::string_view tiktok_id) {
  return stored_object(text, of_order("order_data", tiktok_id), error_code::order_unreadable);
}

error no_such_order(const order_key& key) {
  const auto* id = std::get_if<order_id>(&key);
  return {error_code::order_not_found, "no order has the id " + (id ? to_string(*id) : std::get<tiktok_order_id>(key).str()), {}};
}

} // namespace orderly
