#include "domain/webhook.hpp"

#include "base/digest.hpp"
#include "domain/tiktok_json.hpp"
#include "domain/tiktok_status.hpp"
#include "domain/webhook_topic.hpp"

#include <algorithm>

namespace orderly {
namespace {

using order_bodies = std::vector<std::pair<tiktok_order_id, input_body>>;

/// What every topic's reader needs.
struct envelope {
  const json::object* data;
  unix_seconds pushed_at;
};

std::string id_of(const json::value& item) {
  if (const auto* text = item.if_string())
    return std::string{text->data(), text->size()};
  return item.is_int64() || item.is_uint64() ? canonical_json(item) : std::string{};
}

/// The body that is for `order`, made if it is not there; null if the id cannot be one.
input_body* body_for(order_bodies& all, const std::string& order, const input_body& fresh) {
  if (!is_usable_order_id(order))
    return nullptr;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first.str() == order; });
  return found != all.end() ? &found->second : &all.emplace_back(tiktok_order_id{order}, fresh).second;
}

unix_seconds changed_at(const envelope& from) { return time_at(*from.data, "update_time").value_or(from.pushed_at); }

input_body status_body(const envelope& from) {
  const auto status = word_of(string_at(*from.data, "order_status"));
  // The push comes later than the change: its time would outrank the very detail that tells of it, and changes that lie between.
  const auto changed = time_at(*from.data, "update_time");
  if (status.empty() || !changed)
    return observed_hint{}; // something changed, and only a detail tells what and when
  return observed_status{status, *changed, bool_at(*from.data, "is_on_hold_order")};
}

input_body cancellation_body(const envelope& from) {
  const auto text = string_at(*from.data, "cancel_status");
  const auto known = cancellation_status_from(text);
  return observed_cancellation{id_at(*from.data, "cancel_id"), known ? std::string{name_of(*known)} : word_of(text),
                               word_of(string_at(*from.data, "cancellations_role")), from.pushed_at};
}

input_body return_body(const envelope& from) {
  return observed_return{id_at(*from.data, "return_id"), word_of(normal_return_status(string_at(*from.data, "return_status"))),
                         word_of(string_at(*from.data, "return_type")), changed_at(from)};
}

order_bodies one_order(const envelope& from, const input_body& body) {
  order_bodies all;
  body_for(all, id_at(*from.data, "order_id"), body);
  return all;
}

/// Sheet 6.3 topic 4: one event can name several orders, and an order several packages.
order_bodies package_orders(const envelope& from) {
  order_bodies all;
  const observed_package fresh{{}, word_of(string_at(*from.data, "sc_type")), changed_at(from)};
  for (const auto& item : items_at(*from.data, "package_list")) {
    const auto* package = item.if_object();
    if (!package)
      continue;
    for (const auto& order : items_at(*package, "order_id_list")) {
      auto* body = body_for(all, id_of(order), fresh);
      if (!body)
        continue;
      auto& named = std::get<observed_package>(*body).packages;
      const package_id id{id_at(*package, "package_id")};
      if (std::find(named.begin(), named.end(), id) == named.end())
        named.push_back(id);
    }
  }
  return all;
}

order_bodies invoice_orders(const envelope& from) {
  order_bodies all;
  for (const auto& order : items_at(*from.data, "order_ids"))
    body_for(all, id_of(order), observed_hint{});
  return all;
}

order_bodies refund_orders(const envelope& from) {
  order_bodies all;
  for (const auto& line : items_at(*from.data, "line_items"))
    if (const auto* body = line.if_object())
      body_for(all, id_at(*body, "main_order_id"), observed_hint{});
  return all;
}

/// Nothing for topics that no order depends on.
std::optional<order_bodies> read_topic(std::int64_t number, const envelope& from) {
  switch (number) {
  case topic::order_status: return one_order(from, status_body(from));
  case topic::reverse_status: return one_order(from, observed_hint{});
  case topic::recipient_address: return one_order(from, observed_address{changed_at(from)});
  case topic::package_update: return package_orders(from);
  case topic::cancellation: return one_order(from, cancellation_body(from));
  case topic::return_status: return one_order(from, return_body(from));
  case topic::invoice: return invoice_orders(from);
  case topic::refund_success: return refund_orders(from);
  default: return std::nullopt;
  }
}

bool is_plain_id(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), plain);
}

/// Sheet 6.2: what stands for a missing notification id.
std::string identity_hash(const parsed_webhook& hook, const json::object& data) {
  json::array parts{hook.topic, hook.shop.str()};
  for (const auto& each : hook.orders)
    parts.emplace_back(each.first.str());
  for (const auto* key : {"order_status", "cancel_status", "return_status", "sc_type", "update_time"})
    if (const auto* value = data.if_contains(key))
      parts.push_back(*value);
  return to_hex(sha256(canonical_json(parts))).substr(0, 32);
}

} // namespace

parsed_webhook parse_webhook(std::string_view raw) {
  static const json::object no_data;
  parsed_webhook hook;
  const auto value = parse_json(raw);
  const auto* root = value ? value->if_object() : nullptr;
  const auto* data = root ? object_at(*root, "data") : nullptr;
  if (root) {
    hook.topic = int_at(*root, "type").value_or(0);
    hook.notification_id = id_at(*root, "tts_notification_id");
    hook.shop = shop_id{word_of(id_at(*root, "shop_id"))};
    hook.pushed_at = time_at(*root, "timestamp").value_or(unix_seconds{});
    auto orders = read_topic(hook.topic, {data ? data : &no_data, hook.pushed_at});
    hook.kind = !orders ? webhook_kind::ignored : orders->empty() ? webhook_kind::no_order_id : webhook_kind::for_orders;
    if (orders)
      hook.orders = std::move(*orders);
  }
  const bool named = is_plain_id(hook.notification_id);
  if (!named)
    hook.notification_id.clear();
  hook.dedupe_key = "w:" + (named ? hook.notification_id : identity_hash(hook, data ? *data : no_data)) + ":" +
                    to_hex(sha256(raw)).substr(0, 16);
  return hook;
}

} // namespace orderly
