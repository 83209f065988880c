#include "tests/unit/domain/support.hpp"

#include "domain/order/facts.hpp"
#include "domain/order/wire.hpp"
#include "domain/tiktok/webhook.hpp"
#include "domain/tiktok/webhook_topic.hpp"

#include <stdexcept>

namespace orderly::test {
namespace {

input_id next_id() {
  static std::uint64_t count = 0; // ids need only differ; each history brings its own inputs
  ++count;
  input_id id;
  id.value.bytes[6] = 0x70;
  for (std::size_t i = 0; i < 8; ++i)
    id.value.bytes[8 + i] = static_cast<std::uint8_t>(count >> (56 - 8 * i));
  return id;
}

std::string webhook(std::int64_t topic, json::object data, std::int64_t pushed_at, const std::string& shop = a_shop) {
  static std::uint64_t notification = 7640000000000000000;
  return canonical_json(json::object{{"type", topic},
                                     {"tts_notification_id", std::to_string(++notification)},
                                     {"shop_id", shop},
                                     {"timestamp", pushed_at},
                                     {"data", std::move(data)}});
}

input only(std::vector<input> inputs) {
  if (inputs.size() != 1)
    throw std::logic_error("not one input");
  return std::move(inputs.front());
}

[[noreturn]] void broken(const std::string& what) { throw std::logic_error("does not hold: " + what); }
void must(bool holds, const std::string& what) {
  if (!holds)
    broken(what);
}

bool leaves_no_event(input_outcome outcome) {
  return outcome == input_outcome::duplicate || outcome == input_outcome::stale || outcome == input_outcome::ignored ||
         outcome == input_outcome::dead;
}

void check_events(const order& before, const decision& d) {
  order folded = before;
  std::int64_t seq = before.version;
  order_state state = before.state;
  for (const auto& e : d.events) {
    must(e.seq == ++seq, "seq is gapless");
    must(event_type_from(name_of(e.type)) == e.type, "a type has a name");
    if (e.type == event_type::transitioned) {
      must(e.from == state && is_legal(*e.from, *e.to), "every move is in the table");
      state = *e.to;
    }
    if (e.type == event_type::refused) {
      const auto code = error_code_from(string_at(e.detail, "code"));
      must(code == error_code::illegal_transition || code == error_code::guard_refused || code == error_code::held,
           "only refusals that are history are events");
    }
    must(canonical_json(e.detail).find(tracking) == std::string::npos, "no tracking number in an event");
    must(canonical_json(e.detail).find("free text") == std::string::npos, "no free text in an event");
    folded = apply(std::move(folded), e);
  }
  must(folded == d.after, "the order is the fold of the events");
  must(d.events.empty() || !leaves_no_event(d.outcome), "what changes nothing leaves no event");
}

void check_answer(const decision& d) {
  must(d.answer.outcome == d.outcome, "the answer has the outcome");
  must(d.answer.version == d.after.version && d.answer.state == d.after.state && d.answer.order == d.after.id,
       "the answer tells the order");
  must(d.answer.refusal.has_value() == (d.outcome == input_outcome::refused || d.outcome == input_outcome::dead),
       "a refusal has a reason");
  must(d.dead.has_value() == (d.outcome == input_outcome::dead), "a dead letter has a cause");
  const auto again = answer_from(to_json(d.answer));
  must(again.has_value() && *again == d.answer, "the answer survives its codec");
}

void check_facts(const order& o) {
  const auto stored = canonical_json(to_json(o.facts));
  const auto parsed = parse_json(stored);
  const auto read = facts_from(parsed->as_object());
  must(read.has_value() && *read == o.facts, "facts survive their codec");
  must(canonical_json(to_json(*read)) == stored, "facts have one form");
}

void check_promises(const history& h) {
  must(h.wants_detail() == h.current.facts.detail_wanted_at.has_value(), "a fetch is promised exactly while a detail is wanted");
  std::size_t reports = 0;
  for (const auto& [name, row] : h.outbox)
    reports += name.first == promise_kind::mark_shipped;
  must(reports == h.current.facts.reports.size(), "every pending report is a promise, and the other way round");
  for (const auto& report : h.current.facts.reports) {
    const auto row = h.outbox.find({promise_kind::mark_shipped, to_string(report.ref)});
    must(row != h.outbox.end(), "the promise has the report's name");
    must((row->second.state == promise_state::waiting) == report.waits_for_hold, "a report that waits for the hold is not due");
    must(string_at(row->second.payload, "tracking_number") == tracking, "the promise knows what to report");
  }
}

void settle(history& h, const std::vector<promise_change>& changes) {
  for (const auto& change : changes) {
    const std::pair name{change.kind, change.ref};
    if (change.state == promise_state::open || change.state == promise_state::waiting) {
      auto& row = h.outbox[name];
      row.state = change.state;
      row.due_at = change.due_at;
      if (!change.payload.empty())
        row.payload = change.payload;
    } else {
      h.outbox.erase(name);
    }
  }
}

} // namespace

json::object order_object::json() const {
  json::array items;
  for (const auto& [line, display] : lines)
    items.emplace_back(
        json::object{{"id", line}, {"display_status", display}, {"sku_id", "1729386416015578024"}, {"sale_price", "13.00"}});
  json::object address_object{{"name", address ? "Alex Example" : "A*** E***"},
                              {"phone_number", address ? "(+1)2135550123" : "(+1)213-***-0123"},
                              {"address_line1", address ? "100 Example Ave" : "1*** Example Ave"},
                              {"region_code", region}};
  json::object out{{"id", id},
                   {"status", status},
                   {"update_time", update_time},
                   {"create_time", paid_at - 10},
                   {"rts_sla_time", paid_at + 172800},
                   {"tts_sla_time", paid_at + 259200},
                   {"fulfillment_type", fulfillment},
                   {"shipping_type", shipping},
                   {"recipient_address", std::move(address_object)},
                   {"line_items", std::move(items)},
                   {"seller_note", note}};
  if (paid_time)
    out["paid_time"] = *paid_time;
  if (rts_time)
    out["rts_time"] = *rts_time;
  if (delivery_time)
    out["delivery_time"] = *delivery_time;
  if (on_hold_order)
    out["is_on_hold_order"] = *on_hold_order;
  return out;
}

input make_input(input_source source, std::string type, std::string raw, input_body body, const std::string& order) {
  input in;
  in.id = next_id();
  in.delivery = in.id.value;
  in.dedupe_key = "p:" + to_string(in.id);
  in.order = tiktok_order_id{order};
  in.received_at = at_second(paid_at);
  in.source = source;
  in.type = std::move(type);
  in.raw = std::make_shared<const std::string>(std::move(raw));
  in.body = std::move(body);
  return in;
}

std::vector<input> from_webhook(const std::string& raw) {
  std::vector<input> inputs;
  const auto hook = parse_webhook(raw);
  for (const auto& [order, seen] : hook.orders) {
    inputs.push_back(make_input(input_source::webhook, std::string{topic_name(hook.topic)}, raw, body_of(seen), order.str()));
    inputs.back().shop = hook.shop;
    inputs.back().dedupe_key = hook.dedupe_key;
    inputs.back().notification_id = hook.notification_id;
  }
  return inputs;
}

input status_webhook(std::string_view status, std::int64_t update_time, std::optional<bool> on_hold, const std::string& shop) {
  json::object data{{"order_id", an_order}, {"order_status", status}, {"update_time", update_time}};
  if (on_hold)
    data["is_on_hold_order"] = *on_hold;
  return only(from_webhook(webhook(topic::order_status, std::move(data), update_time + 5, shop)));
}
input address_webhook(std::int64_t update_time) {
  return only(
      from_webhook(webhook(topic::recipient_address, {{"order_id", an_order}, {"update_time", update_time}}, update_time + 1)));
}
input package_webhook(std::string_view package, std::string_view change, std::int64_t update_time) {
  json::array list{json::object{{"package_id", package}, {"order_id_list", json::array{an_order}}}};
  json::object data{{"sc_type", change}, {"package_list", std::move(list)}, {"update_time", update_time}};
  return only(from_webhook(webhook(topic::package_update, std::move(data), update_time + 1)));
}
input cancellation_webhook(std::string_view id, std::string_view status, std::int64_t pushed_at) {
  return only(from_webhook(webhook(
      topic::cancellation,
      {{"order_id", an_order}, {"cancel_id", id}, {"cancel_status", status}, {"cancellations_role", "BUYER"}}, pushed_at)));
}
input return_webhook(std::string_view id, std::string_view status, std::int64_t update_time) {
  return only(from_webhook(webhook(
      topic::return_status, {{"order_id", an_order}, {"return_id", id}, {"return_status", status}, {"update_time", update_time}},
      update_time)));
}
input hint_webhook(std::int64_t pushed_at) {
  return only(from_webhook(webhook(topic::reverse_status, {{"order_id", an_order}}, pushed_at)));
}

input engine_input(input_body body, input_source source) {
  auto in = make_input(source, std::string{type_of(body)}, raw_of(body), body);
  if (source == input_source::api)
    in.actor = "anna";
  return in;
}
input detail_input(const json::object& order, timestamp requested_at, std::optional<outbox_ref> promise,
                   const std::string& shop_region) {
  auto in = engine_input(fetched_detail{order, requested_at, promise, shop_region},
                         promise ? input_source::tiktok : input_source::poll);
  in.shop = shop_id{a_shop};
  return in;
}
input move(order_state to) {
  move_order wish;
  wish.to = to;
  wish.reason = "free text";
  return engine_input(wish);
}
input ship() {
  move_order wish;
  wish.to = order_state::shipped;
  wish.tracking_number = " " + tracking + "\t";
  wish.shipping_provider_id = a_provider;
  return engine_input(wish);
}

decision history::take(const input& in) {
  if (inputs.empty()) {
    initial = current;
    initial_document = document;
  }
  auto d = decide(current, needs_document(in) ? &document : nullptr, in, rules, now);
  check_events(current, d);
  check_answer(d);
  check_facts(d.after);
  inputs.push_back({in, now});
  current = d.after;
  events.insert(events.end(), d.events.begin(), d.events.end());
  if (d.document)
    document = *d.document;
  settle(*this, d.promises);
  check_promises(*this);
  now += std::chrono::seconds{1};
  return d;
}

decision history::answer_fetch(const json::object& order, const std::string& shop_region) {
  return take(detail_input(order, now, outbox_ref{1, 1}, shop_region));
}

std::vector<std::string> history::types() const {
  std::vector<std::string> all;
  for (const auto& e : events)
    all.emplace_back(name_of(e.type));
  return all;
}

std::vector<std::string> history::open_attention() const {
  std::vector<std::string> kinds;
  for (const auto& [kind, since] : current.facts.attention)
    kinds.push_back(kind);
  return kinds;
}

std::string bytes_of(const order& o, const json::object& document) {
  json::object row{{"id", to_string(o.id)},
                   {"tiktok_order_id", o.tiktok_id.str()},
                   {"state", name_of(o.state)},
                   {"failure", name_of(o.failure)},
                   {"held", o.held},
                   {"version", o.version},
                   {"created_at", to_micros(o.created_at)},
                   {"updated_at", to_micros(o.updated_at)},
                   {"facts", to_json(o.facts)},
                   {"order_data", document}};
  if (o.closed_at)
    row["closed_at"] = to_micros(*o.closed_at);
  return canonical_json(row);
}

std::string bytes_of(const event& e) {
  json::object row{{"seq", e.seq},     {"at", to_micros(e.at)}, {"type", name_of(e.type)},       {"source", e.source},
                   {"actor", e.actor}, {"detail", e.detail},    {"input_id", to_string(e.input)}};
  if (e.from)
    row["from"] = name_of(*e.from);
  if (e.to)
    row["to"] = name_of(*e.to);
  return canonical_json(row);
}

std::string replayed_difference(const history& h) {
  history again{h.rules};
  again.current = h.initial;
  again.document = h.initial_document;
  for (const auto& [what, at] : h.inputs) {
    auto body = parse_body(what.source, what.type, *what.raw, what.order);
    if (!body)
      return "unreadable: " + *what.raw;
    if (*body != what.body)
      return "another body: " + *what.raw;
    input stored = what;
    stored.body = std::move(*body);
    again.now = at;
    again.take(stored);
  }
  if (again.events.size() != h.events.size())
    return "another number of events";
  for (std::size_t i = 0; i < h.events.size(); ++i)
    if (bytes_of(again.events[i]) != bytes_of(h.events[i]))
      return bytes_of(again.events[i]) + "\n" + bytes_of(h.events[i]);
  const auto before = bytes_of(h.current, h.document), after = bytes_of(again.current, again.document);
  return before == after ? "" : before + "\n" + after;
}

} // namespace orderly::test
