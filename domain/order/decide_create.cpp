// How an order begins: by the first thing that TikTok says about it, by POST /orders, or by adopting a row that was inserted by
// hand.

#include "base/digest.hpp"
#include "domain/order/decide_parts.hpp"

namespace orderly {
namespace {

bool same_document(const json::object* held, const json::object& posted) {
  return held && canonical_json(*held) == canonical_json(posted);
}

input_outcome exists_already(decision_builder& b) {
  return b.refuse({error_code::order_exists, "the order exists with another body", {}});
}

} // namespace

void put_shop(json::object& detail, const decision_builder& b) {
  const auto& held = b.current().facts.shop; // of a row inserted by hand, too
  if (!b.in.shop.empty())
    detail["shop_id"] = b.in.shop.str();
  if (!b.in.shop.empty() && !held.empty() && held != b.in.shop)
    detail["instead_of"] = held.str();
  if (b.in.shop.empty() ? !held.empty() : b.in.source == input_source::api)
    detail["shop_claimed"] = true;
}

void begin_history(decision_builder& b, json::object detail) {
  if (b.current().version != 0)
    return;
  detail["tiktok_order_id"] = b.current().tiktok_id.str();
  put_shop(detail, b);
  b.emit(event_type::created, std::move(detail));
}

input_outcome create(decision_builder& b, const create_order& wish, const json::object* document) {
  const auto hash = to_hex(sha256(canonical_json(wish.order_data)));
  const bool same = same_document(document, wish.order_data);
  if (b.before.version != 0)
    return same || hash == b.before.facts.posted_hash ? input_outcome::duplicate : exists_already(b);
  if (document && !document->empty() && !same)
    return exists_already(b);
  begin_history(b, {{"posted_hash", hash}});
  if (is_detail_of(wish.order_data, b.current().tiktok_id))
    return take_detail(b, {wish.order_data, b.in.received_at, false}, document);
  b.hold_document(wish.order_data);
  return input_outcome::applied;
}

} // namespace orderly
