#include "actors/calls/call_outcome.hpp"

#include "domain/order/attention.hpp"

#include <algorithm>

namespace orderly {
namespace {

report_answered answered(const outbox_row& row, report_result result, std::string code, std::string message,
                         std::chrono::seconds retry_after = {}) {
  report_answered a;
  a.promise = {row.id, row.attempt};
  if (const auto id = uuid_from(row.ref))
    a.report = input_id{*id};
  a.result = result;
  a.code = std::move(code);
  a.message = std::move(message);
  a.retry_after = retry_after;
  return a;
}

std::string code_text(const call_outcome& outcome) {
  return outcome.code != 0 ? std::to_string(outcome.code) : std::string{name_of(outcome.result)};
}

} // namespace

bool is_about_the_order(call_class value) {
  return value == call_class::final_refusal || value == call_class::refused_values || value == call_class::unknown_code;
}

shipment shipment_of(const outbox_row& row) {
  shipment parcel;
  parcel.order = row.tiktok_order;
  parcel.tracking_number = string_at(row.payload, "tracking_number");
  parcel.shipping_provider_id = string_at(row.payload, "shipping_provider_id");
  if (const auto* lines = array_at(row.payload, "line_item_ids"))
    for (const auto& line : *lines)
      if (const auto* text = line.if_string())
        parcel.lines.emplace_back(std::string{text->data(), text->size()});
  return parcel;
}

std::optional<report_answered> outcome_of(const outbox_row& row, const shipment_reply& reply) {
  const auto& told = reply.outcome;
  const auto say = [&](report_result result) { return answered(row, result, code_text(told), told.message, told.retry_after); };
  switch (reply.outcome.result) {
  case call_class::ok: {
    auto a = answered(row, report_result::accepted, {}, reply.warning);
    a.package = reply.package;
    return a;
  }
  case call_class::already_shipped:
  case call_class::reread:
  case call_class::outcome_unknown: return std::nullopt;
  case call_class::on_hold: return say(report_result::on_hold);
  case call_class::cancelled: return say(report_result::cancelled);
  case call_class::after_sale_open:
  case call_class::refused_values:
  case call_class::final_refusal:
  case call_class::unknown_code:
  case call_class::our_fault: return say(report_result::refused);
  case call_class::back_off:
  case call_class::token_expired:
  case call_class::not_authorized:
  case call_class::shop_inactive:
  case call_class::clock_skew: break;
  }
  return say(report_result::try_again);
}

std::optional<report_answered> outcome_by_reading(const outbox_row& row, const json::object& order) {
  const auto ours = shipment_of(row).tracking_number;
  bool shipped = string_at(order, "tracking_number") == ours && !ours.empty();
  bool other = false;
  package_id package;
  if (const auto* lines = array_at(order, "line_items"))
    for (const auto& line : *lines) {
      const auto* item = line.if_object();
      const auto tracking = item ? string_at(*item, "tracking_number") : std::string_view{};
      if (tracking.empty())
        continue;
      if (tracking == ours) {
        shipped = true;
        package = package_id{id_at(*item, "package_id")};
      } else {
        other = true;
      }
    }
  if (shipped) {
    auto a = answered(row, report_result::accepted, {}, {});
    a.package = package;
    return a;
  }
  if (other || int_at(order, "rts_time").value_or(0) > 0)
    return answered(row, report_result::refused, "already_shipped", "TikTok holds another tracking number for this order");
  return std::nullopt;
}

report_answered unsupported(const outbox_row& row, const std::string& shop_region) {
  return answered(row, report_result::refused, "not_supported",
                  "shipments of shops in region " + shop_region + " cannot be reported yet");
}

report_answered unreadable(const outbox_row& row, const call_outcome& why) {
  return answered(row, report_result::try_again, code_text(why), why.message, why.retry_after);
}

fetch_failed failed_fetch(const outbox_row& row, const detail_reply& reply) {
  const auto& why = reply.outcome;
  const bool may_help = !is_about_the_order(why.result) || why.result == call_class::unknown_code;
  return {{row.id, row.attempt}, may_help, code_text(why), why.message, reply.requested_at, why.retry_after};
}

fetch_failed uncalled_fetch(const outbox_row& row, shop_obstacle why) {
  const outbox_ref promise{row.id, row.attempt};
  if (why == shop_obstacle::not_connected) // a person is called at once
    return {promise, true, std::string{attention::shop_not_connected}, "the order's shop is not connected", {}};
  const auto outcome = not_called(why);
  return {promise, true, code_text(outcome), outcome.message, {}};
}

std::vector<written_body> outcomes_of_fetch(const std::vector<outbox_row>& rows, const detail_reply& reply,
                                            const std::string& shop_region) {
  std::vector<written_body> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    const auto found = std::find_if(reply.orders.begin(), reply.orders.end(),
                                    [&](const json::object& o) { return id_at(o, "id") == row.tiktok_order.str(); });
    if (found != reply.orders.end())
      all.emplace_back(fetched_detail{*found, reply.requested_at, outbox_ref{row.id, row.attempt}, shop_region});
    else if (reply.outcome.result != call_class::ok)
      all.emplace_back(failed_fetch(row, reply));
    else // some of several ids may be left out (sheet 4.2)
      all.emplace_back(fetch_failed{{row.id, row.attempt}, true, "not_returned", "TikTok's answer lacks this order"});
  }
  return all;
}

input outcome_input(const outbox_row& row, written_body what, uuid id, timestamp now) {
  input in;
  in.id = input_id{id};
  in.delivery = id;
  in.dedupe_key = "o:" + std::to_string(row.id) + ":" + std::to_string(row.attempt);
  in.order = row.tiktok_order;
  in.received_at = now;
  in.source = input_source::tiktok;
  in.shop = row.shop;
  in.type = type_of(what.body);
  in.raw = std::move(what.raw);
  in.body = std::move(what.body);
  return in;
}

} // namespace orderly
