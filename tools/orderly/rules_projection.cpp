#include "domain/order/attention.hpp"
#include "tools/orderly/rules.hpp"

#include <algorithm>

namespace orderly::audit {
namespace {

/// The promises that the facts speak of: "fetch_detail", "mark_shipped REF" and the state of their rows.
std::map<std::string, std::string> wanted_promises(const facts& f) {
  std::map<std::string, std::string> all;
  if (f.detail_wanted_at)
    all.emplace(orderly::name_of(promise_kind::fetch_detail), orderly::name_of(promise_state::open));
  for (const auto& report : f.reports)
    all.emplace(std::string{orderly::name_of(promise_kind::mark_shipped)} + " " + to_string(report.ref),
                orderly::name_of(report.waits_for_hold ? promise_state::waiting : promise_state::open));
  return all;
}

/// Nobody ever claims an open one without a time.
std::string state_of(const promise_row& row) {
  return row.state == orderly::name_of(promise_state::open) && !row.has_due ? row.state + ", never due" : row.state;
}

/// Kinds that this version does not know are another one's.
std::map<std::string, std::string> stored_promises(const std::vector<promise_row>& rows) {
  std::map<std::string, std::string> all;
  for (const auto& row : rows)
    if (promise_kind_from(row.kind))
      all.emplace(row.ref.empty() ? row.kind : row.kind + " " + row.ref, state_of(row));
  return all;
}

/// Each member of the one and each of the other.
void compare(std::string_view rule, std::string_view what, const std::map<std::string, std::string>& found,
             const std::map<std::string, std::string>& expected, findings& out) {
  const auto at = [](const auto& all, const std::string& key) {
    const auto place = all.find(key);
    return place == all.end() ? std::string{"nothing"} : place->second;
  };
  for (const auto& [key, value] : expected)
    if (at(found, key) != value)
      out.add(rule, std::string{what} + key, at(found, key), value);
  for (const auto& [key, value] : found)
    if (!expected.contains(key))
      out.add(rule, std::string{what} + key, value, "nothing");
}

} // namespace

void check_promises(const evidence& all, findings& out) {
  if (all.stored.row && all.whole)
    compare(rule::promise, "the unsettled ", stored_promises(all.stored.promises), wanted_promises(all.folded.facts), out);
}

void check_attention(const evidence& all, findings& out) {
  if (!all.stored.row || !all.whole)
    return;
  std::map<std::string, std::string> found, expected;
  for (const auto& row : all.stored.attention)
    if (attention::is_known(row.kind)) // other parts raise kinds of their own, which are no events
      found.emplace(row.kind, "since " + said(row.since));
  for (const auto& [kind, since] : all.folded.facts.attention)
    expected.emplace(kind, "since " + said(since));
  compare(rule::attention, "the open ", found, expected, out);
}

} // namespace orderly::audit
