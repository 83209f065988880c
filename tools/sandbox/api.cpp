#include "tools/sandbox/api.hpp"

#include "base/digest.hpp"
#include "base/json.hpp"
#include "net/tiktok/signing.hpp"
#include "tools/sandbox/document.hpp"
#include "tools/sandbox/parameters.hpp"
#include "tools/sandbox/search_request.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace orderly::sandbox {
namespace {

constexpr std::int64_t max_age = 300, max_ahead = 30; // seconds (sheet 2.2)
constexpr std::size_t max_ids = 50;                   // sheet 4.2
constexpr std::string_view mark_prefix = "/fulfillment/202309/orders/", mark_suffix = "/packages";
constexpr std::string_view providers_path = "/logistics/202309/delivery_options/7091146663229654785/shipping_providers";

std::optional<refusal> refuse_route(const request& call, const std::string& endpoint) {
  if (endpoint.empty())
    return refusal{36009009, 404, "Invalid path: no such API."};
  const bool post = endpoint == "search" || endpoint == "mark_shipped";
  if (call.method != (post ? "POST" : "GET"))
    return refusal{36009010, 405, "Invalid method for this API."};
  if (post && call.header("content-type").substr(0, call.header("content-type").find(';')) != "application/json")
    return refusal{36009023, 400, "Invalid content type: application/json is expected."};
  return std::nullopt;
}

std::optional<refusal> refuse_timestamp(const request& call, std::int64_t now) {
  const auto* text = value_of(call, "timestamp");
  const auto sent = text ? number_from(*text) : std::nullopt;
  if (!sent)
    return invalid("Invalid credentials. The `timestamp` query parameter is missing or is not Unix seconds.");
  if (*sent < now - max_age || *sent > now + max_ahead)
    return invalid("Invalid credentials. The `timestamp` query parameter is out of range: within 300 seconds before and 30 "
                   "seconds after the server's time is expected.");
  return std::nullopt;
}

std::optional<refusal> refuse_token(const request& call, const settings& with) {
  const auto token = call.header("x-tts-access-token");
  if (token.empty())
    return refusal{36009004, 401, "Invalid credentials. The `x-tts-access-token` header is missing."};
  if (!equal_in_constant_time(token, with.access_token))
    return refusal{105002, 401, "Expired credentials. The access token has expired."};
  return std::nullopt;
}

/// The signature of sheet 2.1 over what arrived, byte by byte.
std::optional<refusal> refuse_sign(const request& call, const settings& with) {
  const auto* sign = value_of(call, "sign");
  if (!sign)
    return invalid("Invalid credentials. The `sign` query parameter is missing.");
  const auto content_type = call.header("content-type");
  const auto expected = sign_request(with.app_secret, call.path, call.query, call.body,
                                     content_type.empty() ? std::string_view{"application/json"} : content_type);
  if (!equal_in_constant_time(*sign, expected))
    return refusal{106001, 401, "Invalid credentials. The `sign` query parameter is invalid."};
  return std::nullopt;
}

std::optional<refusal> refuse_cipher(const request& call, const std::string& endpoint, const settings& with) {
  const auto* cipher = value_of(call, "shop_cipher");
  if (endpoint == "shops")
    return cipher ? std::optional{invalid("Invalid parameter: the `shop_cipher` identifier is not required here.")}
                  : std::nullopt;
  if (!cipher || cipher->empty())
    return refusal{106013, 400, "The `shop_cipher` query parameter is missing."};
  if (*cipher != with.shop_cipher)
    return refusal{101000, 401, "The access token and the `shop_cipher` do not match."};
  return std::nullopt;
}

/// What is in the query but the common ones. A filter that belongs in the body must not pass for one that matched (sheet 4.1).
std::optional<refusal> refuse_query(const request& call, const std::string& endpoint) {
  using keys = std::vector<std::string_view>;
  static const keys common{"app_key", "timestamp", "sign", "shop_cipher", "access_token"};
  static const std::map<std::string, keys> own{{"detail", {"ids"}},
                                               {"search", {"page_size", "page_token", "sort_field", "sort_order"}}};
  const auto holds = [](const keys& list, const std::string& key) {
    return std::find(list.begin(), list.end(), key) != list.end();
  };
  const auto allowed = own.find(endpoint);
  for (const auto& [key, value] : call.query)
    if (!holds(common, key) && (allowed == own.end() || !holds(allowed->second, key)))
      return invalid("Invalid parameter: `" + key + "` is not one of the query of this API.");
  return std::nullopt;
}

std::optional<refusal> refuse_call(const request& call, const std::string& endpoint, const settings& with, std::int64_t now) {
  if (auto why = refuse_route(call, endpoint))
    return why;
  if (!call.repeated.empty()) // several values are one, joined by commas; what else would be signed is nowhere said (sheet 2.1)
    return invalid("Invalid parameter: `" + call.repeated + "` is given more than once.");
  const auto* key = value_of(call, "app_key");
  if (!key || *key != with.app_key)
    return invalid("Invalid credentials. The `app_key` query parameter is invalid.");
  if (auto why = refuse_timestamp(call, now))
    return why;
  if (auto why = refuse_sign(call, with))
    return why;
  if (auto why = refuse_token(call, with))
    return why;
  if (auto why = refuse_cipher(call, endpoint, with))
    return why;
  return refuse_query(call, endpoint);
}

/// A required string of a body; anything else says which type was expected, as TikTok does.
std::variant<std::string, refusal> required_text(const json::object& body, std::string_view field) {
  const auto* value = body.if_contains(field);
  if (!value)
    return invalid("Invalid parameter: `" + std::string{field} + "` is missing in the body.");
  if (!value->is_string())
    return mistyped(field, "string");
  return std::string{std::string_view{value->as_string()}};
}

std::variant<shipping_request, refusal> shipping_request_from(const request& call) {
  const auto parsed = parse_json(call.body);
  if (!parsed || !parsed->is_object())
    return refusal{36009022, 400, "Invalid body: a JSON object is expected."};
  const auto& body = parsed->as_object();
  shipping_request wanted;
  for (auto [field, into] :
       {std::pair{"tracking_number", &wanted.tracking_number}, {"shipping_provider_id", &wanted.provider_id}}) {
    auto text = required_text(body, field);
    if (const auto* why = std::get_if<refusal>(&text))
      return *why;
    *into = std::get<std::string>(text);
  }
  if (body.contains("order_line_list")) // names lines too, of bundles: not to be mistaken for the whole order
    return invalid("Invalid parameter: `order_line_list` is for bundles; this shop has none.");
  if (const auto* lines = body.if_contains("order_line_item_ids")) { // omitted, and only then, it means the whole order
    if (!lines->is_array() || lines->as_array().empty())
      return mistyped("order_line_item_ids", "[]string, not empty");
    for (const auto& id : lines->as_array()) {
      if (!id.is_string())
        return mistyped("order_line_item_ids", "[]string");
      wanted.lines.emplace_back(std::string_view{id.as_string()});
    }
  }
  wanted.order_id = call.path.substr(mark_prefix.size(), call.path.size() - mark_prefix.size() - mark_suffix.size());
  return wanted;
}

} // namespace

std::string endpoint_of(const request& call) {
  const std::string_view path = call.path;
  if (path == "/order/202309/orders")
    return "detail";
  if (path == "/order/202309/orders/search")
    return "search";
  if (path == "/authorization/202309/shops")
    return "shops";
  if (path == providers_path)
    return "providers";
  if (path.starts_with(mark_prefix) && path.ends_with(mark_suffix) && path.size() > mark_prefix.size() + mark_suffix.size()) {
    const auto id = path.substr(mark_prefix.size(), path.size() - mark_prefix.size() - mark_suffix.size());
    return id.find('/') == std::string_view::npos ? "mark_shipped" : "";
  }
  return "";
}

bool api::over_limit(const std::string& endpoint) {
  const auto limit = shop_.config().rate_limit;
  if (limit == 0)
    return false;
  auto& now = used_[endpoint];
  if (now.second != shop_.now())
    now = {.second = shop_.now(), .used = 0};
  return ++now.used > limit;
}

response api::refuse(const request& call, const refusal& why) { return refuse(call, why, shop_.next_request_id()); }

response api::refuse(const request& call, const refusal& why, const std::string& request_id) {
  ledger_.refused(call.method, call.path, why.code, why.message, request_id);
  return answer_with(why, request_id);
}

bool api::is_valid(const request& call) const { return !refuse_call(call, endpoint_of(call), shop_.config(), shop_.now()); }

response api::answer(const request& call) {
  const auto request_id = shop_.next_request_id();
  const auto endpoint = endpoint_of(call);
  if (auto why = refuse_call(call, endpoint, shop_.config(), shop_.now()))
    return refuse(call, *why, request_id);
  ledger_.called(endpoint);
  if (endpoint == "detail")
    return detail(call, request_id);
  if (endpoint == "search")
    return search(call, request_id);
  if (endpoint == "mark_shipped")
    return mark_shipped(call, request_id);
  if (endpoint == "providers") {
    json::array list;
    for (const auto& provider : shipping_providers)
      list.push_back(json::object{{"id", json::string{provider.id}}, {"name", json::string{provider.name}}});
    return answer_with({{"shipping_providers", std::move(list)}}, request_id);
  }
  const auto& with = shop_.config();
  return answer_with({{"shops", json::array{json::object{{"id", with.shop_id},
                                                         {"name", "Sandbox shop"},
                                                         {"region", "US"},
                                                         {"seller_type", "LOCAL"},
                                                         {"cipher", with.shop_cipher},
                                                         {"code", "USLCSANDBOX"}}}}},
                     request_id);
}

response api::detail(const request& call, const std::string& request_id) {
  const auto* ids = value_of(call, "ids");
  if (!ids || ids->empty())
    return refuse(call, invalid("Invalid parameter: `ids` is missing."), request_id);
  json::array found;
  std::size_t asked = 0;
  for (std::string_view rest = *ids; !rest.empty();) {
    const std::string id{rest.substr(0, rest.find(','))};
    if (++asked > max_ids)
      return refuse(call, invalid("Invalid parameter: `ids` holds more than 50 ids."), request_id);
    if (const auto* one = shop_.find(id)) // unknown ids are left out
      found.push_back(document_of(*one, request_id));
    rest.remove_prefix(std::min(rest.size(), id.size() + 1));
  }
  return answer_with({{"orders", std::move(found)}}, request_id);
}

response api::search(const request& call, const std::string& request_id) {
  search_request wanted;
  if (auto why = read_page(call, wanted))
    return refuse(call, *why, request_id);
  if (auto why = read_filters(call, wanted))
    return refuse(call, *why, request_id);
  std::vector<const order*> matching;
  for (const auto& [id, one] : shop_.orders())
    if (wanted.matches(one))
      matching.push_back(&one);
  const auto key = [&](const order* one) { return wanted.by_update ? one->update_time : one->create_time; };
  std::stable_sort(matching.begin(), matching.end(),
                   [&](const order* a, const order* b) { return wanted.ascending ? key(a) < key(b) : key(a) > key(b); });
  json::array page;
  const auto end = std::min(matching.size(), wanted.offset + wanted.page_size);
  for (auto at = wanted.offset; at < end; ++at)
    page.push_back(document_of(*matching[at], request_id));
  std::string next;
  if (end < matching.size())
    next = page_token_at(end);
  return answer_with({{"next_page_token", next}, {"total_count", matching.size()}, {"orders", std::move(page)}}, request_id);
}

response api::mark_shipped(const request& call, const std::string& request_id) {
  auto wanted = shipping_request_from(call);
  if (const auto* why = std::get_if<refusal>(&wanted))
    return refuse(call, *why, request_id);
  const auto& asked = std::get<shipping_request>(wanted);
  auto done = shop_.mark_shipped(asked, request_id);
  if (const auto* why = std::get_if<refusal>(&done))
    return refuse(call, *why, request_id);
  const auto& made = std::get<shipping_answer>(done);
  json::array lines;
  for (const auto& id : made.lines)
    lines.push_back(json::string{id});
  json::object data{{"order_id", asked.order_id}, {"order_line_item_ids", std::move(lines)}, {"package_id", made.package_id}};
  if (!made.warning.empty())
    data["warning"] = json::object{{"message", made.warning}};
  return answer_with(std::move(data), request_id);
}

} // namespace orderly::sandbox
