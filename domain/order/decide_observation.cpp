// What webhooks say. They are hints: each one that is news also asks for a fresh detail.

#include "domain/order/decide_parts.hpp"
#include "domain/order/facts_json.hpp"
#include "domain/order/facts_patch.hpp"
#include "domain/order/judging.hpp"

#include <tuple>

namespace orderly {
namespace {

template <class Fresh, class Held>
freshness compare(const Fresh& fresh, const Held& held) {
  return fresh > held ? freshness::newer : fresh == held ? freshness::equal : freshness::older;
}

input_outcome unchanged(freshness what) { return what == freshness::equal ? input_outcome::duplicate : input_outcome::stale; }

freshness compare_unknown(const facts& f, const std::string& word, unix_seconds at) {
  if (f.status && at <= f.status->update_time)
    return freshness::older; // an unknown word never wins a tie
  return f.unknown_status.empty() ? freshness::newer
                                  : compare(std::tie(at, word), std::tie(f.unknown_status_at, f.unknown_status));
}

freshness compare_known(const facts& f, tiktok_status status, unix_seconds at) {
  return f.status ? compare(std::tie(at, status), std::tie(f.status->update_time, f.status->status)) : freshness::newer;
}

input_outcome put_fact(decision_builder& b, std::string_view kind, json::object patch) {
  patch["kind"] = kind;
  want_detail(b, patch);
  b.emit(event_type::fact_updated, std::move(patch));
  return input_outcome::applied;
}

/// Words that are not known by their letters, so that all orders of arrival end alike.
freshness compare_timed(const std::map<std::string, timed_fact>& all, const std::string& id, const timed_fact& fresh) {
  const auto held = all.find(id);
  if (held == all.end())
    return freshness::newer;
  const auto place = [](const timed_fact& f) {
    return std::make_tuple(f.at, rank_of(cancellation_status_from(f.status)), f.status);
  };
  return compare(place(fresh), place(held->second));
}

input_outcome put_timed(decision_builder& b, std::string_view kind, std::string_view member,
                        const std::map<std::string, timed_fact>& held, const std::map<std::string, timed_fact>& fresh) {
  std::map<std::string, timed_fact> newer;
  bool all_equal = true;
  for (const auto& [id, fact] : fresh) {
    const auto what = compare_timed(held, id, fact);
    if (what == freshness::newer)
      newer.emplace(id, fact);
    all_equal = all_equal && what == freshness::equal;
  }
  if (newer.empty())
    return unchanged(all_equal ? freshness::equal : freshness::older);
  return put_fact(b, kind, {{member, timed_facts_to_json(newer)}});
}

} // namespace

freshness put_status(json::object& patch, const facts& f, std::string_view word, unix_seconds at,
                     std::optional<bool> is_on_hold_order) {
  if (word.empty())
    return freshness::equal;
  const auto status = tiktok_status_from(word);
  const std::string text{word};
  const auto what = status ? compare_known(f, *status, at) : compare_unknown(f, text, at);
  if (what != freshness::newer)
    return what;
  patch[status ? "status" : "unknown_status"] = status ? std::string{name_of(*status)} : text;
  patch["update_time"] = to_seconds(at);
  if (!f.had_on_hold && (status == tiktok_status::on_hold || is_on_hold_order.value_or(false)))
    patch["had_on_hold"] = true;
  return what;
}

input_outcome observe(decision_builder& b, const observed_status& what) {
  json::object patch{{"kind", "status"}};
  const auto& f = b.current().facts;
  const auto status = put_status(patch, f, what.status, what.update_time, what.is_on_hold_order);
  if (status != freshness::newer)
    return unchanged(status);
  facts after = f;
  patch_facts(after, patch);
  const bool detail_knows_it = detail_is_current(after) && after.detail->update_time >= after.unknown_status_at;
  if (!detail_knows_it)
    want_detail(b, patch);
  b.emit(event_type::fact_updated, std::move(patch));
  return input_outcome::applied;
}

input_outcome observe(decision_builder& b, const observed_address& what) {
  const auto& held = b.current().facts.address_changed_at;
  if (held && what.update_time <= *held)
    return unchanged(compare(what.update_time, *held));
  return put_fact(b, "address", {{"address_changed_at", to_seconds(what.update_time)}});
}

input_outcome observe(decision_builder& b, const observed_package& what) {
  std::map<std::string, timed_fact> fresh;
  for (const auto& id : what.packages)
    fresh[id.str()] = timed_fact{what.change, what.update_time};
  return put_timed(b, "package", "packages", b.current().facts.packages, fresh);
}

input_outcome observe(decision_builder& b, const observed_cancellation& what) {
  return put_timed(b, "cancellation", "cancellations", b.current().facts.cancellations, {{what.id, {what.status, what.at}}});
}

input_outcome observe(decision_builder& b, const observed_return& what) {
  return put_timed(b, "return", "returns", b.current().facts.returns, {{what.id, {what.status, what.update_time}}});
}

input_outcome observe(decision_builder& b, const observed_hint&) {
  if (b.current().facts.detail_wanted_at == b.now)
    return input_outcome::duplicate;
  return put_fact(b, "hint", {});
}

} // namespace orderly
