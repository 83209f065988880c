#include "tests/sim/fake_tiktok.hpp"

#include "tests/sim/rough_store.hpp"

#include <algorithm>

namespace orderly::sim {
namespace {

call_outcome said(call_class result, std::int64_t code = 0) {
  call_outcome outcome;
  outcome.result = result;
  outcome.http_status = result == call_class::outcome_unknown ? 0 : 200;
  outcome.code = code;
  outcome.message = name_of(result);
  return outcome;
}

} // namespace

// --- the shop

void fake_tiktok::open_order() {
  listing made;
  made.id = std::to_string(576'461'413'000'000'000 + static_cast<std::int64_t>(orders_.size()));
  made.created = made.updated = now();
  made.goes_on_hold = on_.random.in_100(70);
  on_.note("TikTok: order ", made.id, " is placed");
  announce_status(orders_.emplace(made.id, made).first->second);
}

void fake_tiktok::live() {
  if (orders_.empty() || (static_cast<int>(orders_.size()) < on_.with.orders && on_.random.in_100(30)))
    return open_order();
  auto chosen = orders_.begin();
  std::advance(chosen, on_.random.below(static_cast<int>(orders_.size())));
  auto& order = chosen->second;
  if (on_.strikes(on_.with.chances.webhook_odd))
    return garble();
  const int what = on_.random.below(100);
  if (what < 70) {
    if (order.open_to_shipping() && on_.random.in_100(8)) // in TikTok's own seller centre
      arrange(order, "ELSEWHERE" + order.id, now());
    else if (const auto next = next_status(order, on_.random))
      enter(order, *next, now());
    else
      return;
    on_.note("TikTok: order ", order.id, " is ", order.status);
    announce_status(order);
  } else if (what < 85) {
    change_address(order);
  } else if (what < 90) {
    announce(11, {{"order_id", order.id},
                  {"cancel_id", order.id + "5"},
                  {"cancel_status", "CANCELLATION_REQUEST_PENDING"},
                  {"cancellations_role", "BUYER"}});
  } else if (what < 95) {
    announce(12, {{"order_id", order.id},
                  {"return_id", order.id + "6"},
                  {"return_status", "RETURN_OR_REFUND_REQUEST_PENDING"},
                  {"return_type", "REFUND"},
                  {"update_time", now()}});
  } else { // one webhook for several orders
    json::array ids;
    for (const auto& [id, each] : orders_)
      if (ids.size() < 3)
        ids.emplace_back(id);
    announce(4, {{"sc_type", "COMBINE"},
                 {"update_time", now()},
                 {"package_list", json::array{json::object{{"package_id", "115313216812385"}, {"order_id_list", ids}}}}});
  }
}

void fake_tiktok::change_address(listing& order) {
  ++order.edition;
  order.changed = std::max(order.changed + 1, now());
  on_.note("TikTok: order ", order.id, " has edition ", order.edition);
  announce(3, {{"order_id", order.id}, {"update_time", order.changed}});
}

void fake_tiktok::announce(int type, json::object data) {
  const json::object body{{"type", type},
                          {"tts_notification_id", std::to_string(next_notification_++)},
                          {"shop_id", std::string{shop_of_all}},
                          {"timestamp", now()},
                          {"data", std::move(data)}};
  auto made = std::make_unique<push>();
  made->raw = canonical_json(body);
  pushes_.push_back(std::move(made));
}

void fake_tiktok::announce_status(const listing& of) {
  announce(
      1, {{"order_id", of.id}, {"order_status", of.status}, {"is_on_hold_order", of.goes_on_hold}, {"update_time", of.updated}});
}

void fake_tiktok::garble() {
  auto made = std::make_unique<push>();
  switch (on_.random.below(5)) {
  case 0: made->raw = "{\"no\": json " + std::to_string(next_notification_++); break;
  case 1: made->raw = R"({"type":1,"tts_notification_id":")" + std::to_string(next_notification_++) + R"(","data":{}})"; break;
  case 2: made->raw = R"({"type":4711,"tts_notification_id":")" + std::to_string(next_notification_++) + R"("})"; break;
  case 3: made->raw = of_another_shop(); break;
  default: made->raw = R"({"tts_notification_id":")" + std::to_string(next_notification_++) + R"("})"; break;
  }
  pushes_.push_back(std::move(made));
}

/// Names an order that is known to belong to this one, if there is any.
std::string fake_tiktok::of_another_shop() {
  std::string id = "none";
  for (const auto& [known, row] : stored_.orders)
    if (!row.row.facts.shop.empty())
      id = known.str();
  return R"({"type":1,"shop_id":"7494000000000000000","tts_notification_id":")" + std::to_string(next_notification_++) +
         R"(","data":{"order_id":")" + id + R"(","order_status":"CANCELLED","update_time":)" + std::to_string(now()) + "}}";
}

void fake_tiktok::remind() {
  for (const auto& [id, refused] : refused_details_)
    change_address(orders_.at(id));
  refused_details_.clear();
}

// --- webhooks

fake_tiktok::push* fake_tiktok::next_push() {
  std::vector<push*> ready;
  for (const auto& each : pushes_)
    if (!each->done && !each->under_way && each->next <= on_.passed)
      ready.push_back(each.get());
  if (ready.empty())
    return nullptr;
  auto* chosen = on_.random.one_of(ready);
  chosen->under_way = true;
  ++chosen->tries;
  return chosen;
}

void fake_tiktok::heard(push& of, bool answered_200) {
  of.under_way = false;
  of.done = answered_200 && !on_.strikes(on_.with.chances.webhook_again);
  of.next = on_.passed + std::chrono::milliseconds{on_.random.below(4'000)};
}

bool fake_tiktok::has_unanswered() const {
  return std::any_of(pushes_.begin(), pushes_.end(), [](const auto& each) { return !each->done; });
}

std::optional<std::chrono::milliseconds> fake_tiktok::next_push_at() const {
  std::optional<std::chrono::milliseconds> next;
  for (const auto& each : pushes_)
    if (!each->done && !each->under_way)
      next = std::min(next.value_or(each->next), each->next);
  return next;
}

// --- calls

void fake_tiktok::audit_cause(const tiktok_order_id& id, bool is_write) {
  const bool promised = std::any_of(stored_.outbox.begin(), stored_.outbox.end(), [&](const auto& row) {
    return row.second.tiktok_order == id && (!is_write || is_write == orderly::is_write(row.second.kind));
  });
  if (!promised)
    on_.violate("a call has a durable cause", id.str(),
                is_write ? "a parcel was sent that nobody promised" : "a fetch nobody promised");
}

void fake_tiktok::audit_shipment(timestamp at, const held_leases& leases, const shipment& parcel) {
  const auto& id = parcel.order.str();
  bool leased = false;
  for (const auto& [row, promise] : stored_.outbox)
    if (promise.tiktok_order == parcel.order && string_at(promise.payload, "tracking_number") == parcel.tracking_number)
      if (const auto lease = leases.until.find(row); lease != leases.until.end() && at < lease->second)
        leased = true;
  if (!leased)
    on_.violate("a write begins within its lease", id, "parcel ", parcel.tracking_number);
  const auto before = last_write_.find({id, parcel.tracking_number});
  if (before != last_write_.end() && last_read_[id] < before->second)
    on_.violate("a write is not repeated blindly", id, "parcel ", parcel.tracking_number, " is sent again and nobody has looked");
  last_write_[{id, parcel.tracking_number}] = next_call_;
}

void fake_tiktok::fetch(int engine, timestamp at, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) {
  on_.time.advance(std::chrono::milliseconds{1}); // no two requests leave in the same instant
  auto made = std::make_unique<call>();
  for (const auto& id : ids)
    audit_cause(id, false);
  made->engine = engine;
  made->number = next_call_++;
  made->ids = std::move(ids);
  made->fetched = std::move(done);
  made->requested_at = at + std::chrono::milliseconds{1};
  on_.time.advance(std::chrono::milliseconds{1});
  made->hangs = on_.strikes(on_.with.chances.call_hangs);
  on_.note("  TikTok: engine ", engine, " asks for ", made->ids.size(), " order(s), the first ", made->ids.front().str());
  calls_.push_back(std::move(made));
}

void fake_tiktok::ship(int engine, timestamp at, const held_leases& leases, shipment parcel,
                       std::function<void(shipment_reply)> done) {
  auto made = std::make_unique<call>();
  audit_cause(parcel.order, true);
  audit_shipment(at, leases, parcel);
  made->engine = engine;
  made->number = next_call_++;
  made->shipped = std::move(done);
  made->requested_at = at;
  made->hangs = on_.strikes(on_.with.chances.call_hangs);
  on_.note("  TikTok: engine ", engine, " ships ", parcel.order.str(), " as ", parcel.tracking_number);
  made->parcel = std::move(parcel);
  calls_.push_back(std::move(made));
}

void fake_tiktok::take_fetch(call& c) {
  const auto& with = on_.with.chances;
  if (on_.strikes(with.call_unknown)) {
    c.details.outcome = said(call_class::outcome_unknown);
    return;
  }
  if (on_.strikes(with.call_fails)) {
    static constexpr std::array kinds{call_class::back_off, call_class::back_off, call_class::token_expired,
                                      call_class::our_fault, call_class::final_refusal};
    c.details.outcome = said(on_.random.one_of(kinds), 36009003);
    if (c.details.outcome.result == call_class::final_refusal && c.ids.size() == 1)
      refused_details_[c.ids.front().str()] = true;
    return;
  }
  for (const auto& id : c.ids) {
    if (c.ids.size() > 1 && on_.strikes(with.call_fails))
      continue; // some of several may be missing
    const auto& order = orders_.at(id.str());
    const bool stale =
        !order.before.empty() && int_at(order.before, "update_time") < order.updated && on_.strikes(with.call_stale);
    c.details.orders.push_back(stale ? order.before : document_of(order));
    last_read_[id.str()] = std::max(last_read_[id.str()], c.number);
  }
}

shipment_reply fake_tiktok::arranged(const shipment& parcel) {
  auto& order = orders_.at(parcel.order.str());
  shipment_reply reply;
  if (!order.tracking.empty())
    reply.outcome = said(call_class::already_shipped, 21011041);
  else if (order.status == "UNPAID" || order.status == "ON_HOLD")
    reply.outcome = said(call_class::on_hold, 21011044);
  else if (order.status == "CANCELLED")
    reply.outcome = said(call_class::cancelled, 21011042);
  else if (!order.open_to_shipping())
    reply.outcome = said(call_class::reread, 21011001);
  else {
    arrange(order, parcel.tracking_number, now());
    reply.package = package_id{order.package};
    on_.note("TikTok: order ", order.id, " is shipped as ", order.tracking);
    announce_status(order);
  }
  return reply;
}

void fake_tiktok::take_shipment(call& c) {
  const auto& with = on_.with.chances;
  if (on_.strikes(with.call_unknown)) {
    c.outcome.outcome = said(call_class::outcome_unknown);
    const int effect = on_.random.below(3);
    if (effect == 0)
      arranged(*c.parcel);
    c.effect_comes_late = effect == 1;
  } else if (on_.strikes(with.call_fails)) {
    static constexpr std::array kinds{call_class::back_off, call_class::back_off, call_class::token_expired,
                                      call_class::refused_values};
    c.outcome.outcome = said(on_.random.one_of(kinds), 36009003);
  } else {
    c.outcome = arranged(*c.parcel);
  }
}

void fake_tiktok::take_in(call& c) {
  c.has_reply = true;
  c.details.requested_at = c.requested_at;
  c.parcel ? take_shipment(c) : take_fetch(c);
}

void fake_tiktok::work() {
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (!calls_[i]->hangs || on_.calm || on_.random.in_100(2))
      ready.push_back(i);
  if (ready.empty())
    return;
  const auto at = on_.random.one_of(ready);
  auto& c = *calls_[at];
  if (!c.has_reply)
    return take_in(c);
  if (c.shipped || c.fetched) {
    const auto shipped = std::exchange(c.shipped, nullptr);
    const auto fetched = std::exchange(c.fetched, nullptr);
    on_.note("  TikTok: answers engine ", c.engine, ": ",
             orderly::name_of(c.parcel ? c.outcome.outcome.result : c.details.outcome.result));
    // The answer may cause the next call, and with it move calls_.
    const auto outcome = c.outcome;
    const auto details = c.details;
    const bool over = !c.effect_comes_late;
    if (over)
      calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
    if (shipped)
      shipped(outcome);
    else
      fetched(details);
    return;
  }
  if (c.effect_comes_late)
    arranged(*c.parcel);
  calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
}

void fake_tiktok::cut_off(int engine) {
  for (auto at = calls_.begin(); at != calls_.end();) {
    auto& c = **at;
    if (c.engine != engine) {
      ++at;
      continue;
    }
    c.shipped = nullptr;
    c.fetched = nullptr;
    c.effect_comes_late = c.parcel && (c.effect_comes_late || (!c.has_reply && on_.random.in_100(50)));
    c.has_reply = true;
    at = c.effect_comes_late ? at + 1 : calls_.erase(at);
  }
}

} // namespace orderly::sim
