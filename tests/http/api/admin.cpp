// The admin listener: who may ask, what orders look like, how commands are read, handed over and answered.

#include "base/json.hpp"
#include "domain/order/wire.hpp"
#include "net/api/admin_site.hpp"
#include "net/http/text.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

#include <future>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

const header_list op_token{{"Authorization", "Bearer op-token"}};

json::object body_of(const std::optional<raw_response>& got) {
  REQUIRE(got);
  return parse_json(got->body).value().as_object();
}

/// The problem's `code`; the standard members are checked on the way.
std::string problem_code(const std::optional<raw_response>& got, int status) {
  REQUIRE(got);
  CHECK(got->status == status);
  CHECK(got->headers.at("content-type") == "application/problem+json");
  const auto body = body_of(got);
  CHECK(body.at("status").as_int64() == status);
  const std::string code{string_at(body, "code")};
  CHECK(string_at(body, "type") == "urn:orderly:problem:" + code);
  CHECK_FALSE(string_at(body, "title").empty());
  return code;
}

order sample_order(std::string tiktok_id, order_state state = order_state::processing, std::int64_t version = 7) {
  order o;
  o.id = order_id{*uuid_from("0190a000-0000-7000-8000-0000000000" + tiktok_id.substr(tiktok_id.size() - 2))};
  o.tiktok_id = tiktok_order_id{tiktok_id};
  o.state = state;
  o.version = version;
  o.created_at = from_micros(1'789'000'000'000'000);
  o.updated_at = from_micros(1'789'000'001'000'000);
  o.facts.shop = shop_id{"7494049642642441621"};
  o.facts.status = status_fact{tiktok_status::awaiting_shipment, from_seconds(1789482600)};
  return o;
}

const std::string known_id = "576461413038785752", transitions = "/api/v1/orders/" + known_id + "/transitions";

} // namespace

TEST_CASE("nothing under /api/v1 is answered without a valid bearer token") {
  running_server server;
  for (const header_list& headers : std::vector<header_list>{{},
                                                             {{"Authorization", "Bearer wrong"}},
                                                             {{"Authorization", "op-token"}},
                                                             {{"Authorization", "Bearer "}},
                                                             {{"Authorization", "Basic b3A6eA=="}}}) {
    for (const auto* path : {"/api/v1/orders", "/api/v1/nothing", "/api/v1"}) {
      const auto got = server.api("GET", path, {}, headers);
      CHECK(problem_code(got, 401) == "unauthorized");
      CHECK(got->headers.at("www-authenticate") == "Bearer");
    }
  }
  CHECK(server.api("GET", "/api/v1/orders", {}, {{"Authorization", "bearer op-token"}})->status == 200);
  CHECK(problem_code(server.api("GET", "/api/v1/nothing"), 404) == "not_found");
}

TEST_CASE("a viewer reads, and may not act") {
  running_server server;
  server.reader.add(sample_order(known_id));
  const header_list viewer{{"Authorization", "Bearer viewer-token"}};
  CHECK(server.api("GET", "/api/v1/orders", {}, viewer)->status == 200);
  CHECK(server.api("GET", "/api/v1/orders/" + known_id, {}, viewer)->status == 200);
  CHECK(problem_code(server.api("POST", transitions, R"({"to":"failed"})", viewer), 403) == "forbidden");
  CHECK(problem_code(server.api("POST", "/api/v1/orders", "{}", viewer), 403) == "forbidden");
  CHECK(server.port.posted().empty());
}

TEST_CASE("the metrics are shown to a loopback peer without a token") {
  running_server server;
  const auto got = server.api("GET", "/metrics", {}, {});
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->body.find("orderly_http_connections 1") != std::string::npos);
}

TEST_CASE("behind a proxy on this machine the metrics want a token") {
  running_server server;
  for (const auto* header : {"Forwarded", "X-Forwarded-For", "x-real-ip"}) {
    INFO(header);
    CHECK(problem_code(server.api("GET", "/metrics", {}, {{header, "127.0.0.1"}}), 401) == "unauthorized");
    CHECK(server.api("GET", "/metrics", {}, {{header, "192.0.2.7"}, {"Authorization", "Bearer viewer-token"}})->status == 200);
  }
}

namespace {

/// The admin site asked by a peer of a test's choice: no test has an address beyond loopback.
class asked_site {
public:
  int status_for(bool loopback_peer, http_request request, std::string authorization = {}) {
    one_header fields;
    fields.authorization = std::move(authorization);
    request.fields = &fields;
    request.authority = "localhost:8081";
    request.local_port = 8081;
    request.loopback_peer = loopback_peer;
    std::promise<int> status;
    site_->find(request).serve(request,
                               std::make_shared<responder>([&](const http_response& got) { status.set_value(got.status); }));
    return status.get_future().get();
  }

private:
  struct one_header final : header_fields {
    [[nodiscard]] header_value find(std::string_view name) const override {
      if (name == "Content-Type")
        return {json_type, 1};
      return name == "Authorization" && !authorization.empty() ? header_value{authorization, 1} : header_value{};
    }
    std::string authorization;
  };

  running_server parts_;
  metrics measured_;
  http_context_ptr http_ = std::make_shared<http_context>(http_limits{}, parts_.clock, measured_, [] { return true; });
  std::unique_ptr<http_site> site_ =
      make_admin_site(api_context_ptr{new api_context{http_,
                                                      std::make_shared<admission>(1, http_->meter.in_flight),
                                                      parts_.port,
                                                      parts_.actors,
                                                      parts_.reader,
                                                      parts_.ids,
                                                      measured_,
                                                      parts_.who,
                                                      std::chrono::seconds{1},
                                                      {},
                                                      own_names{"127.0.0.1:0", {}}}});
};

http_request request_for(std::string_view method, std::string_view target, std::string body = {}) {
  http_request request;
  request.method = method;
  request.target = target;
  request.body = std::make_shared<const std::string>(std::move(body));
  return request;
}

} // namespace

TEST_CASE("a peer from elsewhere gets the metrics with a token only") {
  asked_site site;
  const auto metrics_page = request_for("GET", "/metrics");
  CHECK(site.status_for(true, metrics_page) == 200);
  CHECK(site.status_for(false, metrics_page) == 401);
  CHECK(site.status_for(false, metrics_page, "Bearer bad") == 401);
  CHECK(site.status_for(false, metrics_page, "Bearer viewer-token") == 200);
}

TEST_CASE("without TLS a password is taken from this machine only") {
  asked_site site;
  const auto login =
      request_for("POST", "/api/v1/session", R"({"username":"olga","password":")" + std::string{a_password} + R"("})");
  CHECK(site.status_for(true, login) == 200);
  CHECK(site.status_for(false, login) == 403);
}

TEST_CASE("the list gives pages, filtered by state") {
  running_server server;
  server.reader.add(sample_order("576461413038785701"));
  server.reader.add(sample_order("576461413038785702", order_state::delivered));
  server.reader.add(sample_order("576461413038785703"));
  const auto all = body_of(server.api("GET", "/api/v1/orders"));
  CHECK(all.at("orders").as_array().size() == 3);
  CHECK(all.at("next_cursor").is_null());
  const auto page = body_of(server.api("GET", "/api/v1/orders?state=processing&limit=1"));
  REQUIRE(page.at("orders").as_array().size() == 1);
  const auto& first = page.at("orders").as_array()[0].as_object();
  CHECK(string_at(first, "tiktok_order_id") == "576461413038785703");
  CHECK(string_at(first, "state") == "processing");
  CHECK(string_at(first, "tiktok_status") == "AWAITING_SHIPMENT");
  CHECK(first.at("version").as_int64() == 7);
  CHECK(string_at(first, "created_at") == "2026-09-10T00:26:40.000000Z");
  CHECK_FALSE(first.contains("order_data"));
  const std::string cursor{string_at(page, "next_cursor")};
  REQUIRE(cursor.starts_with('l'));
  const auto rest = body_of(server.api("GET", "/api/v1/orders?state=processing&limit=1&cursor=%6c" + cursor.substr(1)));
  REQUIRE(rest.at("orders").as_array().size() == 1);
  CHECK(string_at(rest.at("orders").as_array()[0].as_object(), "tiktok_order_id") == "576461413038785701");
  CHECK(rest.at("next_cursor").is_null());
}

TEST_CASE("a row of the list shows a quarantine in its attention, as the order itself does") {
  running_server server;
  server.reader.add(sample_order("576461413038785701"), {}, from_micros(1'789'000'002'000'000));
  server.reader.add(sample_order("576461413038785702"));
  const auto rows = body_of(server.api("GET", "/api/v1/orders")).at("orders").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].as_object().at("attention").as_array().empty());
  const auto one = body_of(server.api("GET", "/api/v1/orders/576461413038785701"));
  CHECK(rows[1].as_object().at("attention") == one.at("attention"));
  CHECK(string_at(rows[1].as_object().at("attention").as_array().at(0).as_object(), "kind") == "quarantined");
}

TEST_CASE("a row of the list whose facts cannot be read says why, the others say nothing of it") {
  running_server server;
  server.reader.add(sample_order(known_id));
  const auto first = [&] { return body_of(server.api("GET", "/api/v1/orders")).at("orders").as_array().at(0).as_object(); };
  CHECK_FALSE(first().contains("unreadable"));
  const auto why = "stored facts of order " + known_id + " cannot be read: not a JSON object";
  server.reader.rows.edit([&](memory_tables& t) { t.orders.at(tiktok_order_id{known_id}).unreadable = why; });
  CHECK(string_at(first(), "unreadable") == why);
  CHECK(string_at(first(), "tiktok_order_id") == known_id);
}

TEST_CASE("a query parameter that is unknown, repeated or out of range is named") {
  running_server server;
  for (const std::string& query : std::vector<std::string>{"stat=processing", "state=lost", "limit=0", "limit=201", "limit=x",
                                                           "limit=", "limit=-1", "limit=10&limit=10"}) {
    INFO(query);
    const auto got = server.api("GET", "/api/v1/orders?" + query);
    CHECK(problem_code(got, 422) == "invalid_field");
    CHECK(string_at(body_of(got), "field") == query.substr(0, query.find('=')));
    CHECK_FALSE(string_at(body_of(got), "allowed").empty());
  }
  CHECK(problem_code(server.api("GET", "/api/v1/orders?cursor=" + std::string(600, 'c')), 400) == "invalid_cursor");
  CHECK(problem_code(server.api("GET", "/api/v1/orders?state=%zz"), 400) == "bad_request");
}

TEST_CASE("one order is found by either id, with its version as ETag and its next states") {
  running_server server;
  auto held = sample_order(known_id);
  held.held = true;
  held.facts.attention["report_failed"] = from_micros(1'789'000'001'000'000);
  held.facts.reports.push_back({input_id{held.id.value}, {}, false});
  server.reader.add(held, json::object{{"id", known_id}, {"buyer_message", "Grüße"}});
  for (const auto& id : {known_id, to_string(held.id)}) {
    const auto got = server.api("GET", "/api/v1/orders/" + id);
    const auto body = body_of(got);
    CHECK(got->status == 200);
    CHECK(got->headers.at("etag") == "\"7\"");
    CHECK(string_at(body, "id") == to_string(held.id));
    CHECK(string_at(*object_at(body, "order_data"), "buyer_message") == "Grüße");
    CHECK(body.at("held").as_bool());
    CHECK(string_at(body, "pending") == "report");
    CHECK(string_at(body.at("attention").as_array()[0].as_object(), "kind") == "report_failed");
    const auto& next = body.at("next_states").as_array();
    REQUIRE(next.size() == 2);
    CHECK(string_at(next[0].as_object(), "to") == "shipped");
    CHECK_FALSE(next[0].as_object().at("allowed").as_bool());
    CHECK(string_at(*object_at(next[0].as_object(), "why"), "code") == "held");
  }
  CHECK(problem_code(server.api("GET", "/api/v1/orders/999"), 404) == "order_not_found");
  CHECK(problem_code(server.api("GET", "/api/v1/orders/not-an-id"), 404) == "order_not_found");
  CHECK(problem_code(server.api("PUT", "/api/v1/orders/999"), 405) == "method_not_allowed");
}

TEST_CASE("a quarantined order shows since when, and that no move is allowed") {
  running_server server;
  auto o = sample_order(known_id);
  o.facts.attention["report_failed"] = from_micros(1'789'000'001'000'000);
  server.reader.add(o, {}, from_micros(1'789'000'002'000'000));
  const auto body = body_of(server.api("GET", "/api/v1/orders/" + known_id));
  const auto& attention = body.at("attention").as_array();
  REQUIRE(attention.size() == 2);
  CHECK(string_at(attention[0].as_object(), "kind") == "report_failed");
  CHECK(string_at(attention[1].as_object(), "kind") == "quarantined");
  CHECK(string_at(attention[1].as_object(), "since") == "2026-09-10T00:26:42.000000Z");
  REQUIRE(body.at("next_states").as_array().size() == 2);
  for (const auto& each : body.at("next_states").as_array()) {
    CHECK_FALSE(each.as_object().at("allowed").as_bool());
    CHECK(string_at(*object_at(each.as_object(), "why"), "code") == "quarantined");
  }
}

TEST_CASE("the timeline merges events and inputs") {
  running_server server;
  event moved;
  moved.seq = 3;
  moved.at = from_micros(1'789'000'001'000'000);
  moved.type = event_type::transitioned;
  moved.source = "api";
  moved.actor = "olga";
  moved.from = order_state::received;
  moved.to = order_state::processing;
  moved.detail = {{"inferred", false}};
  memory_input duplicate;
  duplicate.what.received_at = from_micros(1'789'000'000'000'000);
  duplicate.what.source = input_source::webhook;
  duplicate.what.type = "ORDER_STATUS_CHANGE";
  duplicate.outcome = input_outcome::duplicate;
  duplicate.deliveries = 2;
  server.reader.add(sample_order(known_id));
  server.reader.rows.edit([&](memory_tables& t) {
    t.orders.at(tiktok_order_id{known_id}).events.push_back({moved, 1});
    t.inputs[{"w:1", tiktok_order_id{known_id}}] = duplicate;
  });
  const auto body = body_of(server.api("GET", "/api/v1/orders/" + known_id + "/events?limit=10"));
  const auto& rows = body.at("events").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(string_at(rows[0].as_object(), "type") == "transitioned");
  CHECK(string_at(rows[0].as_object(), "actor") == "olga");
  CHECK(string_at(rows[0].as_object(), "from") == "received");
  CHECK(string_at(rows[1].as_object(), "kind") == "input");
  CHECK(string_at(rows[1].as_object(), "outcome") == "duplicate");
  CHECK(problem_code(server.api("GET", "/api/v1/orders/" + known_id + "/events?state=failed"), 422) == "invalid_field");
}

TEST_CASE("faults inside are never quoted to a client") {
  running_server server;
  server.reader.fail_with(error_code::storage_unavailable);
  const auto got = server.api("GET", "/api/v1/orders");
  CHECK(problem_code(got, 503) == "storage_unavailable");
  CHECK(got->body.find("secret.db") == std::string::npos);
  CHECK(got->headers.count("retry-after") == 1);
}

TEST_CASE("an unreadable order says what of it cannot be read") {
  running_server server;
  server.reader.fail_with(error_code::order_unreadable);
  const auto got = server.api("GET", "/api/v1/orders");
  CHECK(problem_code(got, 500) == "order_unreadable");
  CHECK(!string_at(body_of(got), "detail").empty());
}

TEST_CASE("a transition is handed to the order's actor with every field, and its answer shown") {
  running_server server;
  server.port.answer_with([](const input&) {
    answer a;
    a.version = 8;
    a.state = order_state::processing;
    a.report = "queued";
    a.pending = "report";
    return a;
  });
  const auto got = server.api("POST", transitions,
                              R"({"to":"shipped","reason":" packed ","expected_version":7,"tracking_number":" 1Z999 ",)"
                              R"("shipping_provider_id":"7117858858072016686","line_item_ids":["2","1"],"report":true})");
  const auto body = body_of(got);
  CHECK(got->status == 202);
  CHECK(got->headers.at("etag") == "\"8\"");
  CHECK(string_at(body, "report") == "queued");
  CHECK(string_at(body, "pending") == "report");
  CHECK(string_at(body, "state") == "processing");
  CHECK(body.at("version").as_int64() == 8);
  const auto in = server.port.posted().at(0).inputs.at(0);
  CHECK(in.order.str() == known_id);
  CHECK(in.source == input_source::api);
  CHECK(in.actor == "olga");
  CHECK(in.type == "transition");
  CHECK(*in.raw == raw_of(in.body));
  const auto& move = std::get<move_order>(in.body);
  CHECK(move.to == order_state::shipped);
  CHECK(move.reason == "packed");
  CHECK(move.expected_version == 7);
  CHECK(move.tracking_number == "1Z999");
  CHECK(move.shipping_provider_id == "7117858858072016686");
  CHECK(move.lines == std::vector<line_item_id>{line_item_id{"1"}, line_item_id{"2"}});
  CHECK(move.report == true);
}

TEST_CASE("a command by UUID reaches the order under its TikTok id; an unknown UUID reaches nobody") {
  running_server server;
  const auto o = sample_order(known_id);
  server.reader.add(o);
  CHECK(server.api("POST", "/api/v1/orders/" + to_string(o.id) + "/transitions", R"({"to":"failed","reason":"x"})")->status ==
        200);
  CHECK(server.port.posted().at(0).inputs.at(0).order.str() == known_id);
  CHECK(problem_code(server.api("POST", "/api/v1/orders/0190a000-0000-7000-8000-000000000099/transitions", R"({"to":"failed"})"),
                     404) == "order_not_found");
  CHECK(server.port.posted().size() == 1);
}

TEST_CASE("a body with a wrong field is refused by name before anything is posted") {
  running_server server;
  struct bad {
    std::string body, field;
  };
  for (const auto& [body, field] :
       std::vector<bad>{{R"({"to":"lost"})", "to"},
                        {R"({"to":1})", "to"},
                        {R"({})", "to"},
                        {R"({"to":"failed","reson":"x"})", "reson"},
                        {R"({"to":"failed","reason":5})", "reason"},
                        {R"({"to":"failed","expected_version":"7"})", "expected_version"},
                        {R"({"to":"failed","expected_version":-1})", "expected_version"},
                        {R"({"to":"shipped","tracking_number":null})", "tracking_number"},
                        {R"({"to":"shipped","line_item_ids":[]})", "line_item_ids"},
                        {R"({"to":"shipped","line_item_ids":[1]})", "line_item_ids"},
                        {R"({"to":"shipped","line_item_ids":["1","1"]})", "line_item_ids"},
                        {R"({"to":"shipped","report":"yes"})", "report"},
                        {R"([])", "(body)"},
                        {R"({"to":"failed","reason":")" + std::string(1001, 'r') + "\"}", "reason"}}) {
    INFO(body);
    const auto got = server.api("POST", transitions, body);
    CHECK(problem_code(got, 422) == "invalid_field");
    CHECK(string_at(body_of(got), "field") == field);
    CHECK_FALSE(string_at(body_of(got), "found").empty());
    CHECK_FALSE(string_at(body_of(got), "allowed").empty());
  }
  for (const std::string body : {"", "{", "\xff", "{\"to\":\"failed\"} x"})
    CHECK(problem_code(server.api("POST", transitions, body), 400) == "not_json");
  CHECK(server.port.posted().empty());
}

TEST_CASE("a problem is UTF-8 whatever was sent: quotes are cut between characters, what does not decode is refused") {
  running_server server;
  std::string umlauts, encoded;
  for (int i = 0; i < 501; ++i) {
    umlauts += "ü";
    encoded += i < 60 ? "%C3%BC" : "";
  }
  const auto found = [&](const std::optional<raw_response>& got) {
    CHECK(problem_code(got, 422) == "invalid_field"); // reads it as JSON, and so as UTF-8
    return std::string{string_at(body_of(got), "found")};
  };
  CHECK(found(server.api("POST", transitions, R"({"to":"failed","reason":")" + umlauts + "\"}")) ==
        '"' + umlauts.substr(0, 78) + "...");
  CHECK(found(server.api("GET", "/api/v1/orders?limit=" + encoded)) == umlauts.substr(0, 80) + "...");
  const auto name = body_of(server.api("POST", transitions, "{\"a" + umlauts + "\":1}"));
  CHECK(string_at(name, "field") == "a" + umlauts.substr(0, 78) + "...");
  for (const std::string target : {"/api/v1/orders?state=%FF", "/api/v1/orders?%C3=1", "/api/v1/orders/%ED%A0%80",
                                   "/api/v1/orders/1/attention/%C0%AF/clear"}) {
    INFO(target);
    CHECK(problem_code(server.api("GET", target), 400) == "bad_request");
  }
}

TEST_CASE("bytes that are no UTF-8 are shown as replacement characters") {
  CHECK(shown("Gr\xC3\xBC\xC3\x9F"
              "e") == "Grüße");
  CHECK(shown("a\xFF"
              "b") == "a\uFFFDb");
  CHECK(shown("\xE2\x82") == "\uFFFD\uFFFD");
  CHECK(shown("\xF0\x9F\x93\xA6") == "\U0001F4E6");
  CHECK(shown(std::string(80, 'x')) == std::string(80, 'x'));
  CHECK(shown(std::string(79, 'x') + "\xC3\xBC") == std::string(79, 'x') + "...");
  for (const std::string bad : {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                "\xF5\x80\x80\x80", "\xC3", "\xC3("})
    CHECK_FALSE(is_utf8(bad));
  for (const std::string good : {"", "a", "\x7F", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(good));
}

TEST_CASE("a refusal is a problem with the code's status, its details and the version after it") {
  running_server server;
  server.port.answer_with([](const input&) {
    auto a = refused(error_code::illegal_transition, "No move from shipped to failed.",
                     {{"allowed", json::array{"delivered"}}, {"reason", "no_such_move"}});
    a.version = 9;
    return a;
  });
  const auto got = server.api("POST", transitions, R"({"to":"failed"})");
  CHECK(problem_code(got, 409) == "illegal_transition");
  const auto body = body_of(got);
  CHECK(body.at("allowed").as_array()[0].as_string() == "delivered");
  CHECK(string_at(body, "reason") == "no_such_move");
  CHECK(body.at("version").as_int64() == 9);
  CHECK(string_at(body, "detail") == "No move from shipped to failed.");
}

TEST_CASE("a refusal that never reached an order says no version") {
  running_server server;
  server.port.answer_with([](const input&) { return refused(error_code::overloaded, "Too many orders wait."); });
  const auto got = server.api("POST", transitions, R"({"to":"failed"})");
  CHECK(problem_code(got, 503) == "overloaded");
  CHECK_FALSE(body_of(got).contains("version"));
}

TEST_CASE("the Idempotency-Key names the command within its user; without one each command is its own") {
  running_server server;
  auto keyed = op_token;
  keyed.emplace_back("Idempotency-Key", "ship-42");
  CHECK(server.api("POST", transitions, R"({"to":"failed"})", keyed)->status == 200);
  CHECK(server.api("POST", transitions, R"({"to":"failed"})", keyed)->status == 200);
  CHECK(server.api("POST", transitions, R"({"to":"failed"})")->status == 200);
  CHECK(server.api("POST", transitions, R"({"to":"failed"})")->status == 200);
  const auto posted = server.port.posted();
  REQUIRE(posted.size() == 4);
  CHECK(posted[0].inputs[0].dedupe_key == "c:olga:ship-42");
  CHECK(posted[1].inputs[0].dedupe_key == "c:olga:ship-42");
  CHECK(posted[2].inputs[0].dedupe_key != posted[3].inputs[0].dedupe_key);
  CHECK(posted[2].inputs[0].dedupe_key.starts_with("c:olga:"));
  for (const auto& bad : {std::string(256, 'k'), std::string{"two words"}}) {
    auto headers = op_token;
    headers.emplace_back("Idempotency-Key", bad);
    CHECK(problem_code(server.api("POST", transitions, R"({"to":"failed"})", headers), 400) == "bad_request");
  }
}

TEST_CASE("two Idempotency-Keys in one request are refused") {
  running_server server;
  auto keyed = op_token;
  keyed.emplace_back("Idempotency-Key", "a");
  keyed.emplace_back("idempotency-key", "b");
  CHECK(problem_code(server.api("POST", transitions, R"({"to":"failed"})", keyed), 400) == "bad_request");
  CHECK(server.port.posted().empty());
}

TEST_CASE("an order is created with 201, repeated with 200, refused with 409 when its body differs") {
  running_server server;
  const std::string body = R"({"tiktok_order_id":"123","shop_id":"9","order_data":{"note":"by hand"}})";
  server.port.answer_with([](const input& in) {
    answer a;
    a.order = order_id{in.id.value};
    a.version = 1;
    a.created = true;
    return a;
  });
  const auto created = server.api("POST", "/api/v1/orders", body);
  REQUIRE(created);
  CHECK(created->status == 201);
  CHECK(created->headers.at("location") == "/api/v1/orders/" + std::string{string_at(body_of(created), "id")});
  const auto in = server.port.posted().at(0).inputs.at(0);
  CHECK(in.order.str() == "123");
  CHECK(in.shop.str() == "9");
  CHECK(in.type == "create");
  CHECK(string_at(std::get<create_order>(in.body).order_data, "note") == "by hand");
  server.port.answer_with([](const input&) { return answer{}; });
  CHECK(server.api("POST", "/api/v1/orders", body)->status == 200);
  server.port.answer_with([](const input&) { return refused(error_code::order_exists, "Another body."); });
  CHECK(problem_code(server.api("POST", "/api/v1/orders", body), 409) == "order_exists");
  for (const auto& [bad, field] :
       std::vector<std::pair<std::string, std::string>>{{R"({"order_data":{}})", "tiktok_order_id"},
                                                        {R"({"tiktok_order_id":123,"order_data":{}})", "tiktok_order_id"},
                                                        {R"({"tiktok_order_id":"12a","order_data":{}})", "tiktok_order_id"},
                                                        {R"({"tiktok_order_id":"1"})", "order_data"},
                                                        {R"({"tiktok_order_id":"1","order_data":[]})", "order_data"}}) {
    INFO(bad);
    const auto got = server.api("POST", "/api/v1/orders", bad);
    CHECK(problem_code(got, 422) == "invalid_field");
    CHECK(string_at(body_of(got), "field") == field);
  }
}

TEST_CASE("a command is decided from what the bytes that are stored of it say") {
  running_server server;
  const auto text =
      R"({"tiktok_order_id":"123","order_data":{"id":"123","rates":[0.82064985846377e-10,1.50,-0,1e2,20000000000000000000]}})";
  REQUIRE(server.api("POST", "/api/v1/orders", text));
  REQUIRE(server.api("POST", transitions, R"({"to":"shipped","tracking_number":" 1Z9 ","line_item_ids":["2","1"]})"));
  const auto posted = server.port.posted();
  REQUIRE(posted.size() == 2);
  for (const auto& one : posted) {
    const auto& in = one.inputs.at(0);
    const auto replayed = parse_body(in.source, in.type, *in.raw, in.order);
    REQUIRE(replayed.has_value());
    CHECK(in.body == *replayed);
  }
}

TEST_CASE("a number that does not come back digit for digit is refused with its path before anything is posted") {
  running_server server;
  for (const std::string number : {"1e400", "1180591620717411303424", "0.1000000000000000055511"}) {
    const auto got =
        server.api("POST", "/api/v1/orders", R"({"tiktok_order_id":"1","order_data":{"parcels":[{"weight":)" + number + "}]}}");
    CHECK(problem_code(got, 422) == "invalid_field");
    CHECK(string_at(body_of(got), "field") == "order_data.parcels[0].weight");
    CHECK(string_at(body_of(got), "found") == number);
  }
  CHECK(server.port.posted().empty());
}

TEST_CASE("hold, release, notes and clearing attention are commands of their own") {
  running_server server;
  const std::string base = "/api/v1/orders/" + known_id;
  CHECK(server.api("POST", base + "/hold", R"({"reason":"fraud check"})")->status == 200);
  CHECK(server.api("POST", base + "/release")->status == 200);
  CHECK(server.api("POST", base + "/notes", R"({"text":"called the buyer"})")->status == 200);
  CHECK(server.api("POST", base + "/attention/report_failed/clear")->status == 200);
  CHECK(problem_code(server.api("POST", base + "/attention/no_such_kind/clear"), 404) == "not_found");
  CHECK(problem_code(server.api("POST", base + "/notes", R"({"text":"  "})"), 422) == "invalid_field");
  CHECK(problem_code(server.api("POST", base + "/release", R"({"now":true})"), 422) == "invalid_field");
  CHECK(problem_code(server.api("GET", base + "/hold"), 405) == "method_not_allowed");
  const auto posted = server.port.posted();
  REQUIRE(posted.size() == 4);
  CHECK(std::get<hold_order>(posted[0].inputs[0].body).reason == "fraud check");
  CHECK(std::holds_alternative<release_order>(posted[1].inputs[0].body));
  CHECK(std::get<add_note>(posted[2].inputs[0].body).text == "called the buyer");
  CHECK(std::get<clear_attention>(posted[3].inputs[0].body).kind == "report_failed");
}

TEST_CASE("retry is a move from failed to processing that the order's actor judges, with its own Idempotency-Key") {
  running_server server;
  auto keyed = op_token;
  keyed.emplace_back("Idempotency-Key", "again");
  const auto target = "/api/v1/orders/" + known_id + "/retry";
  CHECK(server.api("POST", target, R"({"reason":"address corrected","expected_version":4})", keyed)->status == 200);
  const auto in = server.port.posted().at(0).inputs.at(0);
  CHECK(in.order.str() == known_id);
  CHECK(in.dedupe_key == "c:olga:again");
  const auto& move = std::get<move_order>(in.body);
  CHECK(move.retry);
  CHECK(move.to == order_state::processing);
  CHECK(move.reason == "address corrected");
  CHECK(move.expected_version == 4);
  CHECK(server.api("POST", target)->status == 200);
  CHECK_FALSE(std::get<move_order>(server.port.posted().at(1).inputs.at(0).body).expected_version);
  CHECK(problem_code(server.api("POST", target, R"({"to":"failed"})"), 422) == "invalid_field");
}

TEST_CASE("a command that is not decided in time gets 503 outcome_unknown") {
  auto options = quick_options();
  options.command_deadline = std::chrono::milliseconds{100};
  running_server server{options};
  server.port.hold();
  CHECK(problem_code(server.api("POST", transitions, R"({"to":"failed"})"), 503) == "outcome_unknown");
  server.port.release();
}

TEST_CASE("at the admission limit commands get 503, while reads go on") {
  auto options = quick_options();
  options.max_in_flight = 1;
  running_server server{options};
  server.reader.add(sample_order(known_id));
  server.port.hold();
  raw_connection waiting{server.http->admin_listen()};
  REQUIRE(waiting.send(request_text("POST", transitions, R"({"to":"failed"})", op_token)));
  REQUIRE(server.port.wait_for(1));
  const auto got = server.api("POST", transitions, R"({"to":"failed"})");
  CHECK(problem_code(got, 503) == "overloaded");
  CHECK(got->headers.count("retry-after") == 1);
  CHECK(server.api("GET", "/api/v1/orders")->status == 200);
  server.port.release();
  CHECK(waiting.receive()->status == 200);
}
