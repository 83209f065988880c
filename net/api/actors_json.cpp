#include "net/api/actors_json.hpp"

#include <cmath>

namespace orderly {
namespace {

/// Three decimals: microseconds of a `_ms`.
json::value rounded(double number) { return std::round(number * 1000) / 1000; }
json::value rounded(const std::optional<double>& number) { return number ? rounded(*number) : json::value(nullptr); }
template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::array not_known_of(const std::vector<not_seen>& what) {
  json::array all;
  for (const auto& each : what)
    all.push_back(json::object{{"what", each.what}, {"why", each.why}});
  return all;
}

json::object totals_of(const actor_totals& t) {
  return {{"residents", or_null(t.residents)},
          {"residents_limit", t.residents_limit},
          {"pending", or_null(t.parked)},
          {"mailbox", or_null(t.mailbox)},
          {"oldest_ms", rounded(t.oldest_ms)},
          {"handled", or_null(t.handled)},
          {"handled_per_s", rounded(t.handled_per_s)},
          {"restarts", or_null(t.restarts)}};
}

json::object body_of(const kind_view& k) {
  return {{"kind", k.kind},
          {"live", or_null(k.live)},
          {"mailbox", or_null(k.mailbox)},
          {"oldest_ms", rounded(k.oldest_ms)},
          {"handled", or_null(k.handled)},
          {"handled_per_s", rounded(k.handled_per_s)},
          {"wait_ms", k.mean_wait_ms ? json::value(json::object{{"mean", rounded(*k.mean_wait_ms)}}) : json::value(nullptr)},
          {"restarts", or_null(k.restarts)}};
}

json::value order_of(const actor_view& a) {
  if (a.kind != order_kind)
    return nullptr;
  return json::object{{"tiktok_order_id", a.id},
                      {"state", a.state ? json::value(name_of(*a.state)) : json::value(nullptr)},
                      {"version", or_null(a.version)}};
}

json::object body_of(const actor_view& a) {
  return {{"id", a.id},
          {"kind", a.kind},
          {"order", order_of(a)},
          {"mailbox", or_null(a.mailbox)},
          {"oldest_ms", rounded(a.oldest_ms)},
          {"in_hand", or_null(a.in_hand)},
          {"phase", a.phase ? json::value(name_of(*a.phase)) : json::value(nullptr)},
          {"handled", or_null(a.handled)},
          {"handled_per_s", rounded(a.handled_per_s)},
          {"restarts", a.restarts}};
}

json::object body_of(const actor_node& node) {
  json::array marks, children;
  for (const auto mark : node.marks)
    marks.emplace_back(mark);
  for (const auto& child : node.children)
    children.push_back(body_of(child));
  json::value limit, folded;
  if (node.restart_limit)
    limit = json::object{{"n", node.restart_limit->first}, {"in_s", node.restart_limit->second}};
  if (node.folded)
    folded = json::object{{"count", node.folded->first}, {"mailbox", node.folded->second}};
  return {{"id", node.id},
          {"kind", node.kind},
          {"restarts", node.restarts},
          {"restart_limit", std::move(limit)},
          {"mailbox", or_null(node.mailbox)},
          {"oldest_ms", rounded(node.oldest_ms)},
          {"handled_per_s", rounded(node.handled_per_s)},
          {"note", text_or_null(node.note)},
          {"marks", std::move(marks)},
          {"children", std::move(children)},
          {"folded", std::move(folded)}};
}

} // namespace

json::object actors_body(const actors_view& seen) {
  json::array kinds, actors;
  for (const auto& each : seen.kinds)
    kinds.push_back(body_of(each));
  for (const auto& each : seen.actors)
    actors.push_back(body_of(each));
  return {{"totals", totals_of(seen.totals)},
          {"kinds", std::move(kinds)},
          {"actors", std::move(actors)},
          {"total", seen.total},
          {"not_known", not_known_of(seen.not_known)}};
}

json::object tree_body(const actor_tree& seen) {
  json::array threads;
  for (const auto& each : seen.threads)
    threads.push_back(json::object{{"name", each.name}, {"count", each.count}, {"queue", nullptr}, {"queue_limit", nullptr}});
  return {{"root", body_of(seen.root)}, {"threads", std::move(threads)}, {"not_known", not_known_of(seen.not_known)}};
}

} // namespace orderly
