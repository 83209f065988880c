#include "tools/sandbox/shop.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace orderly::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t hold_seconds = 3600; // ON_HOLD lasts an hour from payment (sheet 4.4)

const shipping_provider* provider_with(std::string_view id) {
  const auto found = std::find_if(std::begin(shipping_providers), std::end(shipping_providers),
                                  [&](const shipping_provider& p) { return p.id == id; });
  return found == std::end(shipping_providers) ? nullptr : found;
}

std::optional<refusal> refuse_values(const shipping_request& wanted) {
  const auto& number = wanted.tracking_number;
  const bool plain = std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
  if (number.size() < 5 || number.size() > 50 || !plain)
    return refusal{21011022, 200, "The tracking number is not valid: 5 to 50 letters and digits, no special characters."};
  if (!provider_with(wanted.provider_id))
    return refusal{21011025, 200, "The shipping provider is not one of this delivery option."};
  return std::nullopt;
}

/// Why an order in this status cannot be shipped (sheet 7.2, fulfilment outcomes).
std::optional<refusal> refuse_status(tiktok_status status) {
  switch (status) {
  case tiktok_status::awaiting_shipment:
  case tiktok_status::partially_shipping: return std::nullopt;
  case tiktok_status::unpaid: return refusal{21011003, 200, "The action is not allowed in this order status."};
  case tiktok_status::on_hold: return refusal{21011044, 200, "The order is on hold and cannot be shipped yet."};
  case tiktok_status::cancelled: return refusal{21011041, 200, "The order has been cancelled."};
  case tiktok_status::delivered:
  case tiktok_status::completed: return refusal{21011027, 200, "The order has already been delivered."};
  case tiktok_status::awaiting_collection:
  case tiktok_status::in_transit: break;
  }
  return refusal{21011040, 200, "The package has already been shipped."};
}

} // namespace

shop::shop(const settings& with, surroundings around, ledger& book)
    : settings_(with), around_(std::move(around)), ledger_(book), factory_(with.seed) {}

std::vector<std::string> shop::create_orders(std::size_t count, std::int64_t age) {
  std::vector<std::string> ids;
  for (; count > 0; --count) {
    auto made = factory_.next_order(now(), age);
    const auto id = made.id;
    auto& kept = orders_.emplace(id, std::move(made)).first->second;
    enter(kept, tiktok_status::unpaid, kept.create_time);
    ids.push_back(id);
  }
  return ids;
}

const order* shop::find(const std::string& id) const {
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : &found->second;
}

std::chrono::milliseconds shop::about_a_step() {
  const auto step = settings_.step.count();
  return std::chrono::milliseconds{factory_.between(step - step / 2, step + step / 2)};
}

/// `update_time` is whole seconds and two statuses never share one: the order's clock runs ahead of the real one if it must.
void shop::enter(order& which, tiktok_status status, std::int64_t at) {
  const bool first = status == tiktok_status::unpaid;
  which.status = status;
  which.update_time = first ? at : std::max(at, which.update_time + 1);
  const auto moment = which.update_time;
  switch (status) {
  case tiktok_status::on_hold: which.paid_time = moment; break;
  case tiktok_status::awaiting_shipment: which.released_time = moment; break;
  case tiktok_status::awaiting_collection: which.rts_time = moment; break;
  case tiktok_status::in_transit: which.collection_time = moment; break;
  case tiktok_status::delivered: which.delivery_time = moment; break;
  case tiktok_status::cancelled: which.cancel_time = moment; break;
  default: break;
  }
  ledger_.reached(which);
  // The topic page says CANCEL where the API says CANCELLED; PARTIALLY_SHIPPING is never announced (sheet 6.3, 10.2).
  const auto word = status == tiktok_status::cancelled ? std::string_view{"CANCEL"} : name_of(status);
  if (status != tiktok_status::partially_shipping)
    announce(1, which,
             {{"order_id", which.id}, {"order_status", json::string{word}}, {"is_on_hold_order", true}, {"update_time", moment}},
             moment);
  schedule_advance(which);
}

void shop::schedule_advance(const order& which) {
  switch (which.status) {
  case tiktok_status::unpaid:
  case tiktok_status::on_hold:
  case tiktok_status::awaiting_collection:
  case tiktok_status::in_transit:
    around_.after(about_a_step(), [this, id = which.id, from = which.status] { advance(id, from); });
    break;
  case tiktok_status::awaiting_shipment:
    if (factory_.chance(settings_.address_change_percent))
      around_.after(about_a_step() / 10, [this, id = which.id] { change_address(id); });
    break;
  default: break;
  }
}

void shop::advance(const std::string& id, tiktok_status from) {
  auto& which = orders_.at(id);
  if (which.status != from) // cancelled meanwhile
    return;
  switch (from) {
  case tiktok_status::unpaid: enter(which, tiktok_status::on_hold, which.create_time + factory_.between(5, 40)); break;
  case tiktok_status::on_hold: enter(which, tiktok_status::awaiting_shipment, which.paid_time + hold_seconds); break;
  case tiktok_status::awaiting_collection: enter(which, tiktok_status::in_transit, now()); break;
  case tiktok_status::in_transit: enter(which, tiktok_status::delivered, now()); break;
  default: break;
  }
}

bool shop::step(const std::string& id) {
  const auto found = orders_.find(id);
  if (found == orders_.end())
    return false;
  const auto before = found->second.status;
  advance(id, before); // the timer finds another status and does nothing
  return found->second.status != before;
}

void shop::change_address(const std::string& id) {
  auto& which = orders_.at(id);
  if (which.status != tiktok_status::awaiting_shipment)
    return;
  which.to.line2 = "Suite " + std::to_string(factory_.between(100, 999));
  which.address_changed = true;
  const auto at = std::max(now(), which.update_time);
  announce(3, which, {{"order_id", which.id}, {"update_time", at}}, at);
}

void shop::announce(int type, const order& which, json::object data, std::int64_t at) {
  webhook made{
      .type = type, .order_id = which.id, .status = std::string{name_of(which.status)}, .notification_id = {}, .body = {}};
  json::object body{{"type", type}};
  if (type != 3) { // the official sample of topic 3 has no notification id (sheet 6.2)
    made.notification_id = factory_.next_notification_id();
    body["tts_notification_id"] = made.notification_id;
  }
  body["shop_id"] = settings_.shop_id;
  body["timestamp"] = at + factory_.between(0, 3);
  body["data"] = std::move(data);
  made.body = json::serialize(body);
  made.entry = ledger_.announced(made);
  around_.send(std::move(made));
}

std::variant<std::vector<line*>, refusal> shop::lines_to_ship(order& of, const shipping_request& wanted) {
  std::vector<line*> chosen;
  if (wanted.lines.empty()) {
    if (!of.parcels.empty())
      return refusal{21011048, 200, "The order has several packages: name the line items in order_line_item_ids."};
    for (auto& unit : of.lines)
      chosen.push_back(&unit);
    return chosen;
  }
  for (const auto& id : wanted.lines) {
    const auto found = std::find_if(of.lines.begin(), of.lines.end(), [&](const line& unit) { return unit.id == id; });
    if (found == of.lines.end())
      return refusal{21011029, 200, "Line item " + id + " is not of this order."};
    if (!found->package_id.empty())
      return refusal{21011040, 200, "Line item " + id + " has already been shipped."};
    if (std::find(chosen.begin(), chosen.end(), &*found) == chosen.end())
      chosen.push_back(&*found);
  }
  return chosen;
}

std::variant<shipping_answer, refusal> shop::mark_shipped(const shipping_request& wanted, const std::string& request_id) {
  const auto found = orders_.find(wanted.order_id);
  if (found == orders_.end())
    return refusal{21008111, 200, "The order does not belong to this seller."};
  auto& which = found->second;
  if (auto why = refuse_status(which.status))
    return *why;
  if (auto why = refuse_values(wanted))
    return *why;
  const auto used = tracking_numbers_.find(wanted.tracking_number);
  if (used != tracking_numbers_.end() && used->second != which.id)
    return refusal{21034012, 200, "The tracking number is in use for another order."};
  auto lines = lines_to_ship(which, wanted);
  if (const auto* why = std::get_if<refusal>(&lines))
    return *why;

  const auto* provider = provider_with(wanted.provider_id);
  const auto at = std::max(now(), which.update_time + 1);
  const parcel made{.package_id = factory_.next_package_id(),
                    .tracking_number = wanted.tracking_number,
                    .provider_id = wanted.provider_id,
                    .provider_name = std::string{provider->name},
                    .shipped_at = at};
  shipping_answer answer{.package_id = made.package_id, .warning = {}, .lines = {}};
  for (auto* unit : std::get<std::vector<line*>>(lines)) {
    unit->package_id = made.package_id;
    answer.lines.push_back(unit->id);
  }
  if (wanted.tracking_number.rfind(provider->prefix, 0) != 0)
    answer.warning = "match more than one provider";
  which.parcels.push_back(made);
  tracking_numbers_[made.tracking_number] = which.id;
  ledger_.shipped(which, made, answer.lines, request_id);
  const bool all = std::none_of(which.lines.begin(), which.lines.end(), [](const line& unit) { return unit.package_id.empty(); });
  if (all)
    enter(which, tiktok_status::awaiting_collection, at);
  else if (which.status != tiktok_status::partially_shipping)
    enter(which, tiktok_status::partially_shipping, at);
  return answer;
}

bool shop::cancel(const std::string& id, const std::string& by, const std::string& reason) {
  const auto found = orders_.find(id);
  if (found == orders_.end())
    return false;
  auto& which = found->second;
  if (which.status > tiktok_status::awaiting_shipment)
    return false;
  which.cancelled_by = by;
  which.cancel_reason = reason;
  enter(which, tiktok_status::cancelled, now());
  return true;
}

} // namespace orderly::sandbox
