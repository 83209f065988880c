#include "domain/order/delivery.hpp"

#include "domain/tiktok/webhook_topic.hpp"

#include <utility>

namespace orderly {

delivery delivery_of(parsed_webhook parsed, std::shared_ptr<const std::string> raw, timestamp received_at, uuid id,
                     id_source& ids) {
  static const auto not_kept = std::make_shared<const std::string>();
  input common;
  common.delivery = id;
  common.dedupe_key = std::move(parsed.dedupe_key);
  common.received_at = received_at;
  common.source = input_source::webhook;
  common.shop = std::move(parsed.shop);
  common.type = topic_name(parsed.topic);
  common.notification_id = std::move(parsed.notification_id);
  common.raw = is_chat_topic(parsed.topic) ? not_kept : std::move(raw);
  delivery out;
  if (parsed.kind == webhook_kind::unparsable)
    out.dead = dead_letter_cause::unparsable;
  if (parsed.kind == webhook_kind::no_order_id)
    out.dead = dead_letter_cause::no_order_id;
  if (parsed.kind != webhook_kind::for_orders) {
    common.id = input_id{ids.next()};
    out.inputs.push_back(std::move(common));
    return out;
  }
  for (auto& [order, seen] : parsed.orders) {
    auto& one = out.inputs.emplace_back(common);
    one.id = input_id{ids.next()};
    one.order = std::move(order);
    one.body = body_of(std::move(seen));
  }
  return out;
}

std::vector<trace_ptr> begin_traces(delivery& of, const trace& common) {
  std::vector<trace_ptr> branches;
  branches.reserve(of.inputs.size());
  for (auto& one : of.inputs) {
    one.trace = std::make_shared<trace>(common);
    branches.push_back(one.trace);
  }
  return branches;
}

} // namespace orderly
