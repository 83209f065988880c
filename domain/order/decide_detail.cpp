// A detail: TikTok's order object, ordered by (update time, time of asking). It settles the promise to fetch one, or asks again.

#include "domain/order/attention.hpp"
#include "domain/order/decide_parts.hpp"
#include "domain/order/detail.hpp"
#include "domain/order/facts_patch.hpp"
#include "domain/order/judging.hpp"

#include <algorithm>

namespace orderly {
namespace {

bool is_newer(const detail_fact& a, const detail_fact& b, timestamp now) {
  if (a.update_time != b.update_time)
    return a.update_time > b.update_time;
  if (is_later(a.requested_at, b.requested_at, now))
    return true;
  return !is_later(b.requested_at, a.requested_at, now) && a.content_hash > b.content_hash;
}

freshness compare(const std::optional<detail_fact>& held, const detail_fact& fresh, timestamp now) {
  if (held && fresh.content_hash == held->content_hash)
    return freshness::equal;
  return !held || is_newer(fresh, *held, now) ? freshness::newer : freshness::older;
}

/// Merges it into the held document, and takes from the merged one what a person will read.
void use(decision_builder& b, detail_fact& fresh, const json::object& body, const json::object* document, json::object& patch) {
  auto merged = merge_detail(document ? *document : json::object{}, body, b.current().facts.erased);
  if (const auto readable = extract_detail(merged, fresh.requested_at)) {
    fresh.address_clear = readable->address_clear;
    fresh.region = readable->region;
  }
  patch["detail"] = to_json(fresh);
  b.hold_document(std::move(merged));
}

/// What is no content of an equal detail: fresh addresses of pictures, which the held ones outlive only for a while, and what a
/// search left out. Told by the event that is written anyway.
void renew_addresses(decision_builder& b, const json::object& body, const json::object* document, json::object& patch) {
  if (!document)
    return;
  auto merged = merge_detail(*document, body, b.current().facts.erased);
  if (merged == *document)
    return;
  patch["addresses_renewed"] = true;
  b.hold_document(std::move(merged));
}

/// A hint came while the call was under way: what it brought may be older.
void want_again(decision_builder& b) {
  promise_change change;
  // Asking before the hint's time, which another engine's clock may have told, would ask in vain.
  change.due_at = std::max(b.now, b.current().facts.detail_wanted_at.value_or(b.now));
  b.promise(std::move(change));
}

/// All is there but a clear address, which asking again may bring. If it never does, it may be the buyer's own stars (DECISIONS
/// "Detail").
bool lacks_clear_address_only(facts of) {
  const bool enough = detail_is_as_complete_as_allowed(of);
  of.address_masked = true;
  return !enough && detail_is_as_complete_as_allowed(of);
}

struct fetch_step {
  bool lagging = false, answered = false;
};

/// What the detail means for the promise to fetch one, given the facts that it leads to.
fetch_step follow_promise(decision_builder& b, const facts& after, const arrived_detail& fresh, freshness what,
                          json::object& patch) {
  const auto& wanted = after.detail_wanted_at;
  const bool enough = detail_is_as_complete_as_allowed(after);
  if (enough && (!wanted || !is_later(*wanted, after.detail->requested_at, b.now))) {
    if (wanted)
      settle_fetch(b, patch, promise_state::done, "");
    return {false, what != freshness::older};
  }
  if (!wanted && !patch.empty()) // a detail that is older may have news all the same: a status that outranks the held one
    want_detail(b, patch);
  else if (wanted && fresh.answers_promise && is_later(*wanted, fresh.requested_at, b.now))
    want_again(b);
  else if (wanted && fresh.answers_promise && lacks_clear_address_only(after)) {
    const auto& before = b.current().facts;
    const bool was_masked_before = lacks_clear_address_only(before); // else the waits of other failures are no waits for this
    if (!was_masked_before || !is_last_backoff(before.fetch_attempts))
      return {retry_fetch(b, patch, "detail_incomplete", {}, was_masked_before ? before.fetch_attempts : 0), false};
    patch["address_masked"] = true;
    settle_fetch(b, patch, promise_state::done, "");
    return {false, what != freshness::older};
  } else if (wanted && fresh.answers_promise)
    return {retry_fetch(b, patch, "detail_incomplete"), false};
  return {};
}

void clear_fetch_attention(decision_builder& b) {
  for (auto kind : {attention::detail_lagging, attention::detail_failed, attention::shop_not_connected})
    b.clear(kind);
}

} // namespace

bool is_detail_of(const json::object& body, const tiktok_order_id& order) {
  return id_at(body, "id") == order.str() && extract_detail(body, {}).has_value();
}

input_outcome take_detail(decision_builder& b, const arrived_detail& fresh, const json::object* document) {
  auto detail = *extract_detail(fresh.body, fresh.requested_at);
  const auto& f = b.current().facts;
  const auto what = compare(f.detail, detail, b.now);
  json::object patch;
  put_status(patch, f, detail.status, detail.update_time, detail.is_on_hold_order);
  if (what == freshness::newer) {
    use(b, detail, fresh.body, document, patch);
    if (detail.is_on_hold_order.value_or(false) && !f.had_on_hold)
      patch["had_on_hold"] = true;
  }
  facts after = f;
  patch_facts(after, patch);
  const bool asked_later = what == freshness::equal && is_later(detail.requested_at, f.detail->requested_at, b.now);
  if (asked_later)
    after.detail->requested_at = detail.requested_at;
  const auto step = follow_promise(b, after, fresh, what, patch);
  if (!fresh.shop_region.empty() && fresh.shop_region != f.shop_region)
    patch["shop_region"] = fresh.shop_region;
  if (!patch.empty()) {
    if (asked_later) {
      patch["requested_at"] = to_micros(detail.requested_at);
      renew_addresses(b, fresh.body, document, patch);
    }
    if (what != freshness::newer)
      patch["kind"] = patch.contains("update_time") ? "status" : "fetch";
    b.emit(what == freshness::newer ? event_type::detail_updated : event_type::fact_updated, std::move(patch));
  }
  if (step.lagging)
    b.raise(attention::detail_lagging);
  if (step.answered)
    clear_fetch_attention(b);
  return what == freshness::older ? input_outcome::stale : input_outcome::duplicate;
}

input_outcome take_fetched(decision_builder& b, const fetched_detail& what, const json::object* document) {
  if (is_detail_of(what.order, b.in.order))
    return take_detail(b, {what.order, what.requested_at, what.promise.has_value(), what.shop_region}, document);
  if (!what.promise)
    return input_outcome::ignored;
  return take_failed_fetch(b, {*what.promise, true, "detail_unusable", "", what.requested_at});
}

input_outcome take_failed_fetch(decision_builder& b, const fetch_failed& what) {
  const auto wanted = b.current().facts.detail_wanted_at;
  if (!wanted)
    return input_outcome::ignored;
  const bool not_connected = what.code == attention::shop_not_connected;
  json::object patch;
  bool lagging = false;
  if (what.retry || not_connected)
    lagging = retry_fetch(b, patch, what.code, what.retry_after);
  else if (what.requested_at && is_later(*wanted, *what.requested_at, b.now))
    want_again(b); // refused before the news came
  else
    settle_fetch(b, patch, promise_state::failed, what.code);
  const bool final = patch.contains("detail_wanted_at");
  if (!patch.empty()) {
    patch["kind"] = "fetch";
    b.emit(event_type::fact_updated, std::move(patch));
  }
  if (final)
    b.raise(attention::detail_failed);
  else if (not_connected)
    b.raise(attention::shop_not_connected);
  else if (lagging)
    b.raise(attention::detail_lagging);
  return input_outcome::applied;
}

} // namespace orderly
