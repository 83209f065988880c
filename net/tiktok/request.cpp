#include "net/tiktok/request.hpp"

#include "net/http/message.hpp"
#include "net/tiktok/signing.hpp"

#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <charconv>

namespace orderly {
namespace {

constexpr std::chrono::seconds longest_wait{3600};

std::chrono::seconds wait_from(std::string_view retry_after, timestamp now) {
  std::int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  if (ec == std::errc::result_out_of_range)
    return retry_after.starts_with('-') ? std::chrono::seconds{0} : longest_wait;
  if (ec != std::errc{} || end != retry_after.data() + retry_after.size()) {
    const auto until = from_http_date(retry_after);
    seconds = until ? std::chrono::ceil<std::chrono::seconds>(*until - now).count() : 0;
  }
  return std::clamp(std::chrono::seconds{seconds}, std::chrono::seconds{0}, longest_wait);
}

/// An answer that is no envelope: for an HTTP error the status decides; a 2xx proves nothing about a write.
call_class class_without_envelope(int http_status, bool is_write) {
  if (http_status >= 400)
    return classify_call(http_status, 0, {}, is_write);
  return is_write ? call_class::outcome_unknown : call_class::back_off;
}

} // namespace

tiktok_request detail_request(const std::vector<tiktok_order_id>& ids) {
  std::string joined;
  for (const auto& id : ids)
    joined += (joined.empty() ? "" : ",") + id.str();
  return {"order_detail", "GET", "/order/202309/orders", {{"ids", std::move(joined)}}, {}, false};
}

tiktok_request shipment_request(const shipment& parcel) {
  json::object body{{"tracking_number", parcel.tracking_number}, {"shipping_provider_id", parcel.shipping_provider_id}};
  if (!parcel.lines.empty()) {
    json::array lines;
    for (const auto& line : parcel.lines)
      lines.emplace_back(line.str());
    body["order_line_item_ids"] = std::move(lines);
  }
  return {"mark_shipped",        "POST", "/fulfillment/202309/orders/" + parcel.order.str() + "/packages", {},
          json::serialize(body), true};
}

std::string signed_target(const tiktok_request& request, const std::string& app_key, std::string_view app_secret,
                          const std::string& shop_cipher, unix_seconds at) {
  auto query = request.query;
  query["app_key"] = app_key;
  query["timestamp"] = std::to_string(to_seconds(at));
  if (!shop_cipher.empty())
    query["shop_cipher"] = shop_cipher;
  query["sign"] = sign_request(app_secret, request.path, query, request.body);
  std::string target = request.path;
  char separator = '?';
  for (const auto& [key, value] : query) {
    target += separator + key + '=' + boost::urls::encode(value, boost::urls::unreserved_chars);
    separator = '&';
  }
  return target;
}

tiktok_answer read_answer(int http_status, std::string_view body, std::string_view retry_after, bool is_write, timestamp now) {
  tiktok_answer out;
  out.outcome.http_status = http_status;
  out.outcome.retry_after = wait_from(retry_after, now);
  const auto parsed = parse_json(body);
  const auto* envelope = parsed && parsed->is_object() ? &parsed->get_object() : nullptr;
  const auto code = envelope ? int_at(*envelope, "code") : std::nullopt;
  if (!code) {
    out.outcome.result = class_without_envelope(http_status, is_write);
    out.outcome.message = "the answer is not TikTok's envelope";
    return out;
  }
  out.outcome.code = *code;
  out.outcome.message = string_at(*envelope, "message");
  out.outcome.request_id = string_at(*envelope, "request_id");
  out.outcome.result = classify_call(http_status, *code, out.outcome.message, is_write);
  if (const auto* data = object_at(*envelope, "data"))
    out.data = *data;
  return out;
}

detail_reply read_detail(tiktok_answer answer) {
  detail_reply out;
  out.outcome = std::move(answer.outcome);
  if (auto* orders = answer.data.if_contains("orders"); orders && orders->is_array())
    for (auto& one : orders->get_array())
      if (one.is_object())
        out.orders.push_back(std::move(one.get_object()));
  return out;
}

shipment_reply read_shipment(const tiktok_answer& answer) {
  shipment_reply out;
  out.outcome = answer.outcome;
  out.package = package_id{id_at(answer.data, "package_id")};
  if (const auto* warning = object_at(answer.data, "warning"))
    out.warning = string_at(*warning, "message");
  return out;
}

} // namespace orderly
