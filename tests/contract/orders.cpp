#include "tests/contract/orders.hpp"

#include "tests/support/catch.hpp"

#include <atomic>

namespace orderly::test {

timestamp at(std::int64_t micros) { return from_micros(1'789'482'600'000'000 + micros); }

uuid next_id() {
  static std::atomic<std::uint64_t> last{0};
  const auto number = ++last;
  uuid id;
  id.bytes[6] = 0x70;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return id;
}

std::shared_ptr<const input> make_input(const std::string& order, const std::string& key, timestamp when, std::string raw) {
  auto in = std::make_shared<input>();
  in->id = input_id{next_id()};
  in->delivery = next_id();
  in->dedupe_key = key;
  in->order = tiktok_order_id{order};
  in->received_at = when;
  in->source = input_source::webhook;
  in->shop = shop_id{"7495"};
  in->type = "ORDER_STATUS_CHANGE";
  in->notification_id = "7327112393057371910";
  in->raw = std::make_shared<const std::string>(std::move(raw));
  return in;
}

input_record recorded(std::shared_ptr<const input> what, input_outcome outcome) {
  input_record record;
  record.what = std::move(what);
  record.policy_version = 1;
  record.decided_at = record.what->received_at;
  record.outcome = outcome;
  record.answer.outcome = outcome;
  return record;
}

order_unit creation(const std::string& order, const std::string& key, timestamp when) {
  orderly::order none;
  none.tiktok_id = tiktok_order_id{order};
  auto unit = next_step(none, key, when);
  unit.exists = false;
  unit.after->id = order_id{unit.inputs.front().what->id.value};
  unit.after->created_at = when;
  unit.events.front().type = event_type::created;
  unit.document = json::object{};
  return unit;
}

order_unit next_step(const order& held, const std::string& key, timestamp when) {
  order_unit unit;
  unit.order = held.tiktok_id;
  unit.exists = true;
  unit.decided_on = held.version;
  unit.after = held;
  unit.after->updated_at = when;
  unit.inputs.push_back(recorded(make_input(held.tiktok_id.str(), key, when)));
  unit.inputs.back().decided_on = held.version;
  add_event(unit, event_type::fact_updated);
  return unit;
}

event& add_event(order_unit& unit, event_type type, json::object detail) {
  event e;
  e.seq = ++unit.after->version;
  e.at = unit.after->updated_at;
  e.type = type;
  e.source = "webhook";
  e.detail = std::move(detail);
  e.input = unit.inputs.front().what->id;
  unit.events.push_back(std::move(e));
  return unit.events.back();
}

order_unit only_input(const order& held, const std::string& key, input_outcome outcome, timestamp when) {
  order_unit unit;
  unit.order = held.tiktok_id;
  unit.exists = held.version > 0;
  unit.decided_on = held.version;
  unit.inputs.push_back(recorded(make_input(held.tiktok_id.str(), key, when), outcome));
  return unit;
}

commit_verdict commit(store_writer& into, const order_unit& unit) {
  const auto told = into.commit({&unit, 1});
  if (!told)
    FAIL(to_string(told.error()));
  INFO(told->front().why);
  return told->front().verdict;
}

order stored(store_writer& into, const std::string& id, timestamp when) {
  const auto unit = creation(id, "w:create:" + id, when);
  REQUIRE(commit(into, unit) == commit_verdict::committed);
  return *unit.after;
}

result<loaded_order> try_load(order_queries& from, const load_request& what) {
  auto loaded = from.load({&what, 1});
  return loaded ? std::move(loaded->front()) : result<loaded_order>{loaded.error()};
}

loaded_order load(order_queries& from, const std::string& id, std::vector<std::string> keys, bool with_document) {
  const load_request what{tiktok_order_id{id}, std::move(keys), with_document};
  auto loaded = try_load(from, what);
  if (!loaded)
    FAIL(to_string(loaded.error()));
  return *std::move(loaded);
}

} // namespace orderly::test
