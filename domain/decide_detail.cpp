// A detail: TikTok's order object, ordered by (update time, time of asking). It settles the promise to fetch one, or asks again.

#include "domain/attention.hpp"
#include "domain/decide_parts.hpp"
#include "domain/detail.hpp"
#include "domain/facts_patch.hpp"
#include "domain/judging.hpp"

#include <algorithm>
#include <tuple>

namespace orderly {
namespace {

news compare(const std::optional<detail_fact>& held, const detail_fact& fresh) {
  if (!held)
    return news::newer;
  if (fresh.content_hash == held->content_hash)
    return news::equal;
  const auto key = [](const detail_fact& d) { return std::tie(d.update_time, d.requested_at, d.content_hash); };
  return key(fresh) > key(*held) ? news::newer : news::older;
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

void want_again(decision_builder& b) {
  promise_change change;
  // A hint came while the call was under way. Asking before the hint's time, by a clock that stepped back, would ask in vain.
  change.due_at = std::max(b.now, b.current().facts.detail_wanted_at.value_or(b.now));
  b.promise(std::move(change));
}

struct fetch_step {
  bool lagging = false, answered = false;
};

/// What the detail means for the promise to fetch one, given the facts that it leads to.
fetch_step follow_promise(decision_builder& b, const facts& after, const arrived_detail& fresh, news what, json::object& patch) {
  const auto& wanted = after.detail_wanted_at;
  const bool enough = detail_is_as_complete_as_allowed(after);
  if (enough && (!wanted || after.detail->requested_at >= *wanted)) {
    if (wanted)
      settle_fetch(b, patch, promise_state::done, "");
    return {false, what != news::older};
  }
  if (!wanted && what == news::newer)
    want_detail(b, patch);
  else if (wanted && fresh.answers_promise && fresh.requested_at < *wanted)
    want_again(b);
  else if (wanted && fresh.answers_promise)
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
  const auto what = compare(f.detail, detail);
  json::object patch;
  put_status(patch, f, detail.status, detail.update_time, detail.is_on_hold_order);
  if (what == news::newer) {
    use(b, detail, fresh.body, document, patch);
    if (detail.is_on_hold_order.value_or(false) && !f.had_on_hold)
      patch["had_on_hold"] = true;
  }
  facts after = f;
  patch_facts(after, patch);
  const bool asked_later = what == news::equal && detail.requested_at > f.detail->requested_at;
  if (asked_later)
    after.detail->requested_at = detail.requested_at;
  const auto step = follow_promise(b, after, fresh, what, patch);
  if (!patch.empty()) {
    if (asked_later)
      patch["requested_at"] = to_micros(detail.requested_at);
    if (what != news::newer)
      patch["kind"] = patch.contains("update_time") ? "status" : "fetch";
    b.emit(what == news::newer ? event_type::detail_updated : event_type::fact_updated, std::move(patch));
  }
  if (step.lagging)
    b.raise(attention::detail_lagging);
  if (step.answered)
    clear_fetch_attention(b);
  return what == news::older ? input_outcome::stale : input_outcome::duplicate;
}

input_outcome take_fetched(decision_builder& b, const fetched_detail& what, const json::object* document) {
  if (is_detail_of(what.order, b.in.order))
    return take_detail(b, {what.order, what.requested_at, what.promise.has_value()}, document);
  if (!what.promise)
    return input_outcome::ignored;
  return take_failed_fetch(b, {*what.promise, true, "detail_unusable", ""});
}

input_outcome take_failed_fetch(decision_builder& b, const fetch_failed& what) {
  if (!b.current().facts.detail_wanted_at)
    return input_outcome::ignored;
  const bool not_connected = what.code == attention::shop_not_connected;
  json::object patch;
  bool lagging = false;
  if (what.retry || not_connected)
    lagging = retry_fetch(b, patch, what.code);
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
