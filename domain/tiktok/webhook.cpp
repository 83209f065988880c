#include "domain/tiktok/webhook.hpp"

#include "base/digest.hpp"
#include "base/json_view.hpp"
#include "domain/tiktok/json.hpp"
#include "domain/tiktok/status.hpp"
#include "domain/tiktok/webhook_topic.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace orderly {
namespace {

/// Each order once, in the order of first appearance: a body may name very many.
class order_bodies {
public:
  /// The body that is for `order`, made if it is not there; null if the id cannot be one.
  observation* body_for(const std::string& order, const observation& fresh) {
    if (!is_usable_order_id(order))
      return nullptr;
    const auto [at, is_new] = places_.try_emplace(order, all_.size());
    if (is_new)
      all_.emplace_back(tiktok_order_id{order}, fresh);
    return &all_[at->second].second;
  }
  std::vector<std::pair<tiktok_order_id, observation>> take() && { return std::move(all_); }
  [[nodiscard]] bool empty() const { return all_.empty(); }

private:
  std::vector<std::pair<tiktok_order_id, observation>> all_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// What every topic's reader needs.
struct envelope {
  json_view data; ///< nothing when absent
  unix_seconds pushed_at;
};

/// An id that becomes a key of the order's facts: no longer than a word.
std::string key_at(json_view in, std::string_view member) { return word_of(id_at(in, member)); }

unix_seconds changed_at(const envelope& from) { return time_at(from.data, "update_time").value_or(from.pushed_at); }

observation status_body(const envelope& from) {
  const auto status = word_of(string_at(from.data, "order_status"));
  // The push comes later than the change: its time would outrank the very detail that tells of it, and changes that lie between.
  const auto changed = time_at(from.data, "update_time");
  if (status.empty() || !changed)
    return observed_hint{}; // something changed, and only a detail tells what and when
  return observed_status{status, *changed, bool_at(from.data, "is_on_hold_order")};
}

observation cancellation_body(const envelope& from) {
  const auto text = string_at(from.data, "cancel_status");
  const auto known = cancellation_status_from(text);
  return observed_cancellation{key_at(from.data, "cancel_id"), known ? std::string{name_of(*known)} : word_of(text),
                               word_of(string_at(from.data, "cancellations_role")), from.pushed_at};
}

observation return_body(const envelope& from) {
  return observed_return{key_at(from.data, "return_id"), word_of(normal_return_status(string_at(from.data, "return_status"))),
                         word_of(string_at(from.data, "return_type")), changed_at(from)};
}

order_bodies one_order(const envelope& from, const observation& body) {
  order_bodies all;
  all.body_for(id_at(from.data, "order_id"), body);
  return all;
}

/// Sheet 6.3 topic 4: one event can name several orders, and an order several packages.
order_bodies package_orders(const envelope& from) {
  order_bodies all;
  std::set<std::pair<std::string, std::string>> seen; // of an order and a package
  const observed_package fresh{{}, word_of(string_at(from.data, "sc_type")), changed_at(from)};
  for (const auto package : items_at(from.data, "package_list")) {
    const auto id = key_at(package, "package_id");
    for (const auto item : items_at(package, "order_id_list")) {
      const auto order = id_of(item);
      auto* body = all.body_for(order, fresh);
      if (body && seen.emplace(order, id).second)
        std::get<observed_package>(*body).packages.emplace_back(id);
    }
  }
  return all;
}

order_bodies invoice_orders(const envelope& from) {
  order_bodies all;
  for (const auto order : items_at(from.data, "order_ids"))
    all.body_for(id_of(order), observed_hint{});
  return all;
}

order_bodies refund_orders(const envelope& from) {
  order_bodies all;
  for (const auto line : items_at(from.data, "line_items"))
    all.body_for(id_at(line, "main_order_id"), observed_hint{});
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
std::string identity_hash(const parsed_webhook& hook, json_view data) {
  json::array parts{hook.topic, hook.shop.str()};
  for (const auto& each : hook.orders)
    parts.emplace_back(each.first.str());
  for (const auto* key : {"order_status", "cancel_status", "return_status", "sc_type", "update_time"})
    if (const auto value = member_at(data, key))
      parts.push_back(value_of(value));
  return to_hex(sha256(canonical_json(parts))).substr(0, 32);
}

} // namespace

parsed_webhook parse_webhook(std::string_view raw) {
  parsed_webhook hook;
  const auto parsed = parsed_json::read(raw);
  const auto root = parsed && parsed->root().is_object() ? parsed->root() : json_view{};
  const auto data = object_at(root, "data");
  if (root) {
    hook.topic = int_at(root, "type").value_or(0);
    hook.notification_id = id_at(root, "tts_notification_id");
    hook.shop = shop_id{word_of(id_at(root, "shop_id"))};
    hook.pushed_at = time_at(root, "timestamp").value_or(unix_seconds{});
    auto orders = read_topic(hook.topic, {data, hook.pushed_at});
    hook.kind = !orders ? webhook_kind::ignored : orders->empty() ? webhook_kind::no_order_id : webhook_kind::for_orders;
    if (orders)
      hook.orders = std::move(*orders).take();
  }
  const bool named = is_plain_id(hook.notification_id);
  if (!named)
    hook.notification_id.clear();
  hook.dedupe_key = "w:" + (named ? hook.notification_id : identity_hash(hook, data)) + ":" + to_hex(sha256(raw)).substr(0, 16);
  return hook;
}

} // namespace orderly
