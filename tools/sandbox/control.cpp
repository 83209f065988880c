#include "tools/sandbox/control.hpp"

#include "base/json.hpp"
#include "tools/sandbox/document.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace orderly::sandbox {
namespace {

constexpr std::string_view prefix = "/_sandbox/";
constexpr std::int64_t max_orders_a_call = 100'000;
constexpr std::array<std::pair<std::string_view, gate_mode>, 3> gate_modes{
    {{"open", gate_mode::open}, {"hold_before", gate_mode::hold_before}, {"hold_after", gate_mode::hold_after}}};
constexpr std::array<std::pair<std::string_view, fault>, 4> fault_kinds{
    {{"429", fault::rate_limited}, {"500", fault::server_error}, {"html", fault::html}, {"close", fault::close}}};
constexpr std::array<std::string_view, 3> gated{"detail", "mark_shipped", "search"};

response with(json::object body, unsigned status = 200) {
  response made;
  made.status = status;
  made.body = json::serialize(body);
  return made;
}
response bad(std::string_view why) { return with({{"error", json::string{why}}}, 400); }
response missing() { return with({{"error", "nothing is there"}}, 404); }

/// The id of "orders/ID/verb".
std::optional<std::string> order_in(std::string_view what, std::string_view verb) {
  constexpr std::string_view orders = "orders/";
  if (!what.starts_with(orders) || !what.ends_with(verb) || what.size() <= orders.size() + verb.size())
    return std::nullopt;
  return std::string{what.substr(orders.size(), what.size() - orders.size() - verb.size())};
}

template <class Table>
auto look_up(const Table& table, std::string_view name) -> std::optional<std::decay_t<decltype(table[0].second)>> {
  for (const auto& [word, value] : table)
    if (word == name)
      return value;
  return std::nullopt;
}

} // namespace

gate_mode obstacles::mode(const std::string& endpoint) const {
  const auto found = modes_.find(endpoint);
  return found == modes_.end() ? gate_mode::open : found->second;
}

void obstacles::set_mode(const std::string& endpoint, gate_mode mode) {
  modes_[endpoint] = mode;
  changed();
}

std::optional<fault> obstacles::take_fault(const std::string& endpoint) {
  const auto found = faults_.find(endpoint);
  if (found == faults_.end() || found->second.left <= 0)
    return std::nullopt;
  --found->second.left;
  return found->second.kind;
}

response control::answer(const request& call) {
  const auto what = call.path.substr(prefix.size());
  if (call.method == "GET")
    return get(what);
  if (call.method == "POST")
    return post(call, what);
  return with({{"error", "GET or POST"}}, 405);
}

response control::get(const std::string& what) {
  if (what == "ledger")
    return with(ledger_.to_json());
  if (what == "orders") {
    json::object list;
    for (const auto& [id, one] : shop_.orders())
      list[id] = json::string{name_of(one.status)};
    return with({{"orders", std::move(list)}});
  }
  if (what == "gate") {
    json::object list;
    for (const auto endpoint : gated) {
      const std::string name{endpoint};
      const auto mode = std::find_if(gate_modes.begin(), gate_modes.end(),
                                     [&](const auto& one) { return one.second == obstacles_.mode(name); });
      list[endpoint] = json::object{{"mode", json::string{mode->first}}, {"waiting", obstacles_.waiting[name]}};
    }
    return with(std::move(list));
  }
  if (what.starts_with("orders/")) {
    const auto id = what.substr(std::string_view{"orders/"}.size());
    const auto* one = shop_.find(id);
    return one ? with({{"order", document_of(*one)}, {"ledger", *ledger_.of(id)}}) : missing();
  }
  return missing();
}

response control::post(const request& call, const std::string& what) {
  const auto parsed = parse_json(call.body.empty() ? "{}" : call.body);
  if (!parsed || !parsed->is_object())
    return bad("the body is not a JSON object");
  const auto& body = parsed->as_object();
  if (what == "orders") {
    const auto count = int_at(body, "count").value_or(1);
    if (count < 1 || count > max_orders_a_call)
      return bad("count: 1 to 100000");
    const auto age = int_at(body, "age_s").value_or(usual_age);
    if (age < usual_age || age > oldest_age)
      return bad("age_s: 3660 to 7776000, seconds since the buyer placed it");
    json::array ids;
    for (const auto& id : shop_.create_orders(static_cast<std::size_t>(count), age))
      ids.push_back(json::string{id});
    return with({{"orders", std::move(ids)}}, 201);
  }
  if (what == "webhook")
    return set_webhook_(std::string{string_at(body, "url")}) ? with({{"url", body.at("url")}})
                                                             : bad("url: http://HOST:PORT/PATH");
  const std::string endpoint{string_at(body, "endpoint")};
  const bool known = std::find(gated.begin(), gated.end(), endpoint) != gated.end();
  if (what == "gate") {
    const auto mode = look_up(gate_modes, string_at(body, "mode"));
    if (!known || !mode)
      return bad("endpoint: detail, mark_shipped, search; mode: open, hold_before, hold_after");
    obstacles_.set_mode(endpoint, *mode);
    return get("gate");
  }
  if (what == "fault") {
    const auto kind = look_up(fault_kinds, string_at(body, "kind"));
    if (!known || !kind)
      return bad("endpoint: detail, mark_shipped, search; kind: 429, 500, html, close; count");
    obstacles_.add_faults(endpoint, *kind,
                          static_cast<int>(std::clamp<std::int64_t>(int_at(body, "count").value_or(1), 0, 1'000'000)));
    return with({{"endpoint", endpoint}});
  }
  if (const auto id = order_in(what, "/cancel"))
    return shop_.cancel(*id, "BUYER", "Changed my mind") ? with({{"cancelled", *id}}) : bad("unknown, or too late to cancel");
  if (const auto id = order_in(what, "/step"))
    return shop_.step(*id) ? with({{"status", json::string{name_of(shop_.find(*id)->status)}}})
                           : bad("unknown, or it does not move by itself");
  return missing();
}

} // namespace orderly::sandbox
