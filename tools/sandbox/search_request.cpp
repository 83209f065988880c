#include "tools/sandbox/search_request.hpp"

#include "base/json.hpp"
#include "tools/sandbox/parameters.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace orderly::sandbox {
namespace {

constexpr std::size_t max_warehouses = 100; // sheet 4.1

// Opaque to callers; the characters force them to percent-encode it (sheet 2.1).
constexpr std::string_view page_token_prefix = "6AsP+/", page_token_suffix = "==";

std::optional<refusal> read_status(const json::value& given, search_request& into) {
  if (!given.is_string())
    return mistyped("order_status", "string");
  const std::string_view text{given.as_string()};
  const auto status = tiktok_status_from(text); // takes any spelling; a search takes TikTok's own
  if (!status || name_of(*status) != text)
    return invalid("Invalid parameter: `order_status` is none of TikTok's.");
  into.order_status = status;
  return std::nullopt;
}

std::optional<refusal> read_shipping_type(const json::value& given, search_request& into) {
  if (!given.is_string())
    return mistyped("shipping_type", "string");
  const std::string text{std::string_view{given.as_string()}};
  if (text != "TIKTOK" && text != "SELLER" && text != "TIKTOK_DIGITAL")
    return invalid("Invalid parameter: `shipping_type` is TIKTOK, SELLER or TIKTOK_DIGITAL.");
  into.shipping_type = text;
  return std::nullopt;
}

std::optional<refusal> read_warehouses(const json::value& given, search_request& into) {
  const auto* list = given.if_array();
  if (!list || list->size() > max_warehouses ||
      !std::all_of(list->begin(), list->end(), [](const json::value& id) { return id.is_string(); }))
    return mistyped("warehouse_ids", "[]string, 100 at most");
  into.warehouse_ids.emplace();
  for (const auto& id : *list)
    into.warehouse_ids->emplace_back(std::string_view{id.as_string()});
  return std::nullopt;
}

/// Every filter of sheet 4.1 counts; whatever else is given is a mistake of the caller.
std::optional<refusal> read_filter(std::string_view field, const json::value& given, search_request& into) {
  for (auto [time, target] : {std::pair{"create_time_ge", &into.create_ge},
                              {"create_time_lt", &into.create_lt},
                              {"update_time_ge", &into.update_ge},
                              {"update_time_lt", &into.update_lt}})
    if (field == time) {
      if (!given.is_int64())
        return mistyped(field, "int64");
      *target = given.as_int64();
      return std::nullopt;
    }
  if (field == "order_status")
    return read_status(given, into);
  if (field == "shipping_type")
    return read_shipping_type(given, into);
  if (field == "warehouse_ids")
    return read_warehouses(given, into);
  if (field == "buyer_user_id") {
    if (!given.is_string())
      return mistyped(field, "string");
    into.buyer_user_id = std::string_view{given.as_string()};
    return std::nullopt;
  }
  if (field == "is_buyer_request_cancel") {
    if (!given.is_bool())
      return mistyped(field, "bool");
    into.is_buyer_request_cancel = given.as_bool();
    return std::nullopt;
  }
  return invalid("Invalid parameter: `" + std::string{field} + "` is no filter of this search.");
}

} // namespace

std::optional<refusal> read_page(const request& call, search_request& into) {
  const auto* size = value_of(call, "page_size");
  const auto number = size ? number_from(*size) : std::nullopt;
  if (!number || *number < 1 || *number > 100)
    return invalid("Invalid parameter: `page_size` is required, 1 to 100.");
  into.page_size = static_cast<std::size_t>(*number);
  if (const auto* field = value_of(call, "sort_field")) {
    if (*field != "create_time" && *field != "update_time")
      return invalid("Invalid parameter: `sort_field` is create_time or update_time.");
    into.by_update = *field == "update_time";
  }
  if (const auto* direction = value_of(call, "sort_order")) {
    if (*direction != "ASC" && *direction != "DESC")
      return invalid("Invalid parameter: `sort_order` is ASC or DESC.");
    into.ascending = *direction == "ASC";
  }
  const auto* token = value_of(call, "page_token");
  if (!token || token->empty())
    return std::nullopt;
  const auto fixed = page_token_prefix.size() + page_token_suffix.size();
  const auto offset = token->size() > fixed && token->starts_with(page_token_prefix) && token->ends_with(page_token_suffix)
                          ? number_from(std::string_view{*token}.substr(page_token_prefix.size(), token->size() - fixed))
                          : std::nullopt;
  if (!offset || *offset < 0)
    return invalid("Invalid parameter: `page_token` is not one of this search.");
  into.offset = static_cast<std::size_t>(*offset);
  return std::nullopt;
}

std::optional<refusal> read_filters(const request& call, search_request& into) {
  if (call.body.empty())
    return std::nullopt;
  const auto parsed = parse_json(call.body);
  if (!parsed || !parsed->is_object())
    return refusal{36009022, 400, "Invalid body: a JSON object is expected."};
  for (const auto& [field, given] : parsed->as_object())
    if (auto why = read_filter(field, given, into))
      return why;
  return std::nullopt;
}

std::string page_token_at(std::size_t offset) {
  std::string token{page_token_prefix};
  token += std::to_string(offset);
  token += page_token_suffix;
  return token;
}

} // namespace orderly::sandbox
