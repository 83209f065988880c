#include "tools/sandbox/ledger.hpp"

namespace orderly::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t refusals_kept = 1000; // the newest; refused_total counts all

} // namespace

json::object& ledger::entry_of(const std::string& order_id) {
  ++version_;
  auto [at, fresh] = orders_.try_emplace(order_id);
  if (fresh)
    at->second = {{"status", ""}, {"statuses", json::array{}}, {"webhooks", json::array{}}, {"shipments", json::array{}}};
  return at->second;
}

void ledger::reached(const order& of) {
  auto& entry = entry_of(of.id);
  entry["status"] = json::string{name_of(of.status)};
  entry["statuses"].as_array().push_back(
      json::object{{"status", json::string{name_of(of.status)}}, {"update_time", of.update_time}, {"at_ms", now_ms_()}});
}

void ledger::shipped(const order& of, const parcel& with, const std::vector<std::string>& lines, const std::string& request_id) {
  json::array ids;
  for (const auto& id : lines)
    ids.push_back(json::string{id});
  entry_of(of.id)["shipments"].as_array().push_back(json::object{{"at_ms", now_ms_()},
                                                                 {"package_id", with.package_id},
                                                                 {"tracking_number", with.tracking_number},
                                                                 {"shipping_provider_id", with.provider_id},
                                                                 {"order_line_item_ids", std::move(ids)},
                                                                 {"request_id", request_id}});
}

std::size_t ledger::announced(const webhook& what) {
  auto& list = entry_of(what.order_id)["webhooks"].as_array();
  list.push_back(json::object{{"type", what.type},
                              {"status", what.status},
                              {"notification_id", what.notification_id},
                              {"outcome", "sending"},
                              {"attempts", json::array{}}});
  return list.size() - 1;
}

void ledger::attempted(const webhook& what, const webhook_answer& got, std::int64_t sent_at_ms) {
  auto& entry = entry_of(what.order_id);
  if (!entry.contains("first_sent_ms"))
    entry["first_sent_ms"] = sent_at_ms;
  json::object attempt{{"sent_at_ms", sent_at_ms}, {"answered_at_ms", now_ms_()}, {"answer", got.status}};
  if (got.status == 200 && got.body_bytes > 0) {
    attempt["body_bytes"] = got.body_bytes;
    ++bodies_after_200_;
  }
  entry["webhooks"].as_array()[what.entry].as_object()["attempts"].as_array().push_back(std::move(attempt));
}

void ledger::settled(const webhook& what, std::string_view outcome) {
  entry_of(what.order_id)["webhooks"].as_array()[what.entry].as_object()["outcome"] = json::string{outcome};
}

void ledger::called(const std::string& endpoint) {
  ++version_;
  ++calls_[endpoint];
}

void ledger::refused(const std::string& method, const std::string& path, std::int64_t code, const std::string& message,
                     const std::string& request_id) {
  ++version_;
  ++refused_total_;
  if (refused_.size() == refusals_kept)
    refused_.erase(refused_.begin());
  refused_.push_back(json::object{{"at_ms", now_ms_()},
                                  {"method", method},
                                  {"path", path},
                                  {"code", code},
                                  {"message", message},
                                  {"request_id", request_id}});
}

json::object ledger::to_json() const {
  json::object orders, calls;
  for (const auto& [id, entry] : orders_)
    orders[id] = entry;
  for (const auto& [endpoint, count] : calls_)
    calls[endpoint] = count;
  return {{"orders", std::move(orders)},
          {"calls", std::move(calls)},
          {"refused_total", refused_total_},
          {"refused", refused_},
          {"bodies_after_200", bodies_after_200_}};
}

const json::object* ledger::of(const std::string& order_id) const {
  const auto found = orders_.find(order_id);
  return found == orders_.end() ? nullptr : &found->second;
}

} // namespace orderly::sandbox
