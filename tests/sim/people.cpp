#include "tests/sim/people.hpp"

#include "domain/order/wire.hpp"

#include <algorithm>

namespace orderly::sim {
namespace {

input_body move_to(order_state to, const std::string& tracking = "") {
  move_order move;
  move.to = to;
  if (!tracking.empty()) {
    move.tracking_number = tracking;
    move.shipping_provider_id = "7117858858072016686";
  }
  return move;
}

} // namespace

input_body people::draw(const listing& order) {
  const bool may_ship = order.open_to_shipping() || order.status == "ON_HOLD";
  const int what = on_.random.below(100);
  if (what < 35 || (may_ship && on_.random.in_100(50)))
    return move_to(order_state::shipped, "1Z" + order.id.substr(order.id.size() - 3) + "W" + std::to_string(wishes_.size()));
  if (what < 48) {
    auto off = std::get<move_order>(move_to(order_state::shipped));
    off.report = false;
    return off;
  }
  if (what < 58)
    return hold_order{"look at it"};
  if (what < 72)
    return release_order{};
  if (what < 80)
    return add_note{"note " + std::to_string(wishes_.size())};
  if (what < 85)
    return move_to(order_state::failed);
  if (what < 92) {
    auto retry = std::get<move_order>(move_to(order_state::processing));
    retry.retry = true;
    return retry;
  }
  if (what < 96)
    return move_to(order_state::processing);
  if (what < 97)
    return move_to(order_state::delivered);
  if (what < 98)
    return clear_attention{"report_failed"};
  if (what < 99) {
    create_order create;
    create.order_data = {{"own", "A-" + std::to_string(on_.random.below(3))}};
    return create;
  }
  auto stale = std::get<move_order>(move_to(order_state::processing));
  stale.expected_version = 1;
  return stale;
}

std::shared_ptr<wish> people::want(const std::string& order, input_body body) {
  const auto made = std::make_shared<wish>();
  made->key = "c:ann:" + std::to_string(wishes_.size());
  made->order = tiktok_order_id{order};
  made->body = std::move(body);
  wishes_.push_back(made);
  return made;
}

std::shared_ptr<wish> people::next(const std::map<std::string, listing>& orders) {
  if (!wishes_.empty() && on_.random.in_100(35)) {
    const auto& chosen = on_.random.one_of(wishes_);
    return chosen->under_way ? nullptr : chosen;
  }
  if (orders.empty())
    return nullptr;
  auto chosen = orders.begin();
  std::advance(chosen, on_.random.below(static_cast<int>(orders.size())));
  return want(chosen->first, draw(chosen->second));
}

input people::input_of(const wish& of, id_source& ids, timestamp now) const {
  input in;
  in.id = input_id{ids.next()};
  in.delivery = in.id.value;
  in.dedupe_key = of.key;
  in.order = of.order;
  in.received_at = now;
  in.source = input_source::api;
  in.actor = "ann";
  in.type = type_of(of.body);
  in.raw = std::make_shared<const std::string>(raw_of(of.body));
  in.body = of.body;
  return in;
}

input people::spoilt(const wish& of, id_source& ids, timestamp now) const {
  auto other = of;
  other.body = add_note{"another body under the key " + of.key};
  return input_of(other, ids, now);
}

void people::heard(wish& of, const answer* told) {
  of.under_way = false;
  if (!told || (told->refusal && http_status_of(told->refusal->code) == 503))
    return; // to be asked again
  if (told->refusal &&
      (told->refusal->code == error_code::quarantined || told->refusal->code == error_code::idempotency_conflict))
    return;
  of.told = *told;
}

std::vector<std::shared_ptr<wish>> people::undecided() const {
  std::vector<std::shared_ptr<wish>> open;
  for (const auto& each : wishes_)
    if (!each->told && !each->under_way)
      open.push_back(each);
  return open;
}

} // namespace orderly::sim
