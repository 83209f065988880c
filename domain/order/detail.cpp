#include "domain/order/detail.hpp"

#include "base/digest.hpp"
#include "domain/tiktok/json.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace orderly {
namespace {

using names = std::span<const std::string_view>;

/// Sheet 4.2: a search does not return these.
constexpr std::array<std::string_view, 4> detail_only{"payment_card_type", "payment_method_code", "payment_auth_code",
                                                      "channel_entity_national_registry_id"};
constexpr std::array<std::string_view, 5> buyer_fields{"buyer_email", "buyer_message", "buyer_nickname", "cpf", "cpf_name"};
constexpr std::array<std::string_view, 6> contact_fields{
    "name", "first_name", "last_name", "first_name_local_script", "last_name_local_script", "phone_number"};
constexpr std::array<std::string_view, 4> contact_anchors{"name", "first_name", "last_name", "phone_number"};
constexpr std::array<std::string_view, 11> address_fields{
    "full_address", "address_detail", "address_line1", "address_line2", "address_line3",       "address_line4",
    "postal_code",  "post_town",      "region_code",   "district_info", "delivery_preferences"};
constexpr std::array<std::string_view, 4> address_anchors{"full_address", "address_detail", "address_line1", "postal_code"};

/// Names of pictures' and documents' addresses end so. Host, expiry and signature of each are others at every read (addenda 3).
constexpr std::array<std::string_view, 5> address_endings{"image", "images", "avatar", "url", "urls"};

bool names_signed_address(std::string_view key) {
  for (auto ending : address_endings)
    if (key.ends_with(ending))
      return true;
  return false;
}

void drop_signed_addresses(json::value& from) {
  if (auto* items = from.if_array()) {
    for (auto& item : *items)
      drop_signed_addresses(item);
  } else if (auto* members = from.if_object()) {
    for (auto member = members->begin(); member != members->end();) {
      if (names_signed_address(member->key())) {
        member = members->erase(member);
        continue;
      }
      drop_signed_addresses(member->value());
      ++member;
    }
  }
}

bool hides_something(const json::value& value) {
  if (const auto* text = value.if_string())
    return std::string_view{text->data(), text->size()}.find('*') != std::string_view::npos;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array)
      if (hides_something(item))
        return true;
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      if (hides_something(member.value()))
        return true;
  }
  return false;
}

bool is_empty(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty());
}

/// The member, if it is there and a person can read it.
const json::value* clear_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && !is_empty(*value) && !hides_something(*value) ? value : nullptr;
}

/// Whether `text` may be what `stars` hides: each run of stars stands for any text.
bool is_hidden_by(std::string_view text, std::string_view stars) {
  const auto first = stars.find('*');
  if (!text.starts_with(stars.substr(0, first)))
    return false;
  text.remove_prefix(std::min(first, text.size()));
  stars.remove_prefix(std::min(first, stars.size()));
  while (!stars.empty()) {
    stars.remove_prefix(std::min(stars.find_first_not_of('*'), stars.size()));
    const auto piece = stars.substr(0, stars.find('*'));
    stars.remove_prefix(piece.size());
    if (stars.empty())
      return text.ends_with(piece);
    const auto at = text.find(piece);
    if (at == std::string_view::npos)
      return false;
    text.remove_prefix(at + piece.size());
  }
  return text.empty();
}

/// A line of an address in whose stars the held one does not fit is another line: the buyer's own stars ("gate *4521"), or a new
/// address. Masks of phone numbers and the like write the rest in other ways too, so nothing can be told from those.
bool is_another_line(const json::value& held, const json::value* fresh) {
  const auto *before = held.if_string(), *after = fresh ? fresh->if_string() : nullptr;
  return before && after && !after->empty() && hides_something(*fresh) &&
         !is_hidden_by({before->data(), before->size()}, {after->data(), after->size()});
}

using is_another = bool (*)(const json::value& held, const json::value* fresh);
bool never(const json::value&, const json::value*) { return false; }

/// @param differs whether a text that a person cannot read is told from the held one all the same
void keep_clear(const json::object& held, json::object& fresh, names fields, is_another differs = never) {
  for (auto field : fields) {
    const auto* known = clear_at(held, field);
    if (known && !clear_at(fresh, field) && !differs(*known, fresh.if_contains(field)))
      fresh[field] = *known;
  }
}

/// Somebody else, or somewhere else: then the parts must not be mixed ("Apt 2" of the old address).
bool has_moved(const json::object& held, const json::object& fresh, names anchors, is_another differs) {
  for (auto anchor : anchors) {
    const auto* before = clear_at(held, anchor);
    const auto* after = clear_at(fresh, anchor);
    if (before && (after ? *before != *after : differs(*before, fresh.if_contains(anchor))))
      return true;
  }
  return false;
}

void keep_clear_group(const json::object& held, json::object& fresh, names fields, names anchors, is_another differs = never) {
  if (!has_moved(held, fresh, anchors, differs))
    keep_clear(held, fresh, fields, differs);
}

bool has_clear_text(const json::object& object, names fields) {
  for (auto field : fields)
    if (!is_masked(string_at(object, field)))
      return true;
  return false;
}

/// "A clear name and address line" (DECISIONS "Detail").
bool is_address_clear(const json::object* address) {
  constexpr std::array<std::string_view, 3> who{"name", "first_name", "last_name"};
  constexpr std::array<std::string_view, 3> where{"address_line1", "address_detail", "full_address"};
  return address && has_clear_text(*address, who) && has_clear_text(*address, where);
}

std::vector<line_fact> lines_of(const json::object& order) {
  std::vector<line_fact> lines;
  for (const auto& item : items_at(order, "line_items"))
    if (const auto* line = item.if_object())
      lines.push_back({line_item_id{id_at(*line, "id")}, word_of(string_at(*line, "display_status")),
                       package_id{id_at(*line, "package_id")}});
  return lines;
}

error unusable(std::string_view field) {
  return {error_code::invalid_field, "the order object has no usable `" + std::string{field} + "`", {}};
}

} // namespace

bool is_masked(std::string_view field) { return field.empty() || field.find('*') != std::string_view::npos; }

result<detail_fact> extract_detail(const json::object& order, timestamp requested_at) {
  if (!is_usable_order_id(id_at(order, "id")))
    return unusable("id");
  const auto update_time = time_at(order, "update_time");
  if (!update_time)
    return unusable("update_time");
  detail_fact d;
  d.update_time = *update_time;
  d.requested_at = requested_at;
  d.content_hash = content_hash(order);
  d.status = word_of(string_at(order, "status"));
  d.create_time = time_at(order, "create_time");
  d.paid_time = time_at(order, "paid_time");
  d.rts_time = time_at(order, "rts_time");
  d.collection_time = time_at(order, "collection_time");
  d.delivery_time = time_at(order, "delivery_time");
  d.cancel_time = time_at(order, "cancel_time");
  d.rts_sla_time = time_at(order, "rts_sla_time");
  d.tts_sla_time = time_at(order, "tts_sla_time");
  d.is_on_hold_order = bool_at(order, "is_on_hold_order");
  d.shipping = shipping_type_from(string_at(order, "shipping_type"));
  d.fulfillment = fulfillment_type_from(string_at(order, "fulfillment_type"));
  const auto* address = object_at(order, "recipient_address");
  d.region = address ? word_of(string_at(*address, "region_code")) : std::string{};
  d.address_clear = is_address_clear(address);
  d.lines = lines_of(order);
  return d;
}

json::object merge_detail(const json::object& held, const json::object& fresh, bool erased) {
  json::object merged = fresh;
  for (auto field : detail_only)
    if (const auto* known = held.if_contains(field); known && !merged.contains(field))
      merged[field] = *known;
  if (erased)
    return merged;
  keep_clear(held, merged, buyer_fields);
  const auto* known = object_at(held, "recipient_address");
  if (!known)
    return merged;
  json::object address;
  if (const auto* sent = object_at(merged, "recipient_address"))
    address = *sent;
  keep_clear_group(*known, address, contact_fields, contact_anchors);
  keep_clear_group(*known, address, address_fields, address_anchors, is_another_line);
  if (!address.empty() || merged.contains("recipient_address"))
    merged["recipient_address"] = std::move(address);
  return merged;
}

std::string content_hash(const json::object& order) {
  json::value content = order;
  for (auto field : detail_only)
    content.get_object().erase(field);
  drop_signed_addresses(content);
  return to_hex(sha256(canonical_json(content)));
}

} // namespace orderly
