// The admin listener: who may ask, and what orders look like.

#include "net/api/admin_site.hpp"
#include "net/http/text.hpp"
#include "tests/http/support/admin_answers.hpp"

#include <future>

using namespace orderly;
using namespace orderly::test;

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

TEST_CASE("the metrics want a token of any role, on this machine too") {
  running_server server;
  CHECK(problem_code(server.api("GET", "/metrics", {}, {}), 401) == "unauthorized");
  CHECK(problem_code(server.api("GET", "/metrics", {}, {{"Authorization", "Bearer bad"}}), 401) == "unauthorized");
  const auto got = server.api("GET", "/metrics", {}, {{"Authorization", "Bearer viewer-token"}});
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->body.find("orderly_http_connections 1") != std::string::npos);
}

TEST_CASE("admin.metrics can open the metrics, and nothing else, to programs of this machine, but to no proxy on it") {
  auto options = quick_options();
  options.metrics_open_to_loopback = true;
  running_server server{options};
  CHECK(server.api("GET", "/metrics", {}, {})->status == 200);
  raw_connection head{server.http->admin_listen()};
  REQUIRE(head.send(request_text("HEAD", "/metrics")));
  CHECK(head.receive(true).value().status == 200);
  CHECK(problem_code(server.api("GET", "/api/v1/orders", {}, {}), 401) == "unauthorized");
  CHECK(problem_code(server.api("GET", "/metrics", {}, {{"Host", "evil.example"}}), 421) == "misdirected_request");
  for (const auto* header : {"Forwarded", "X-Forwarded-For", "x-real-ip", "X-Forwarded-Proto", "Via"}) {
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
    [[nodiscard]] std::string list(std::string_view name) const override { return std::string{find(name).value}; }
    std::string authorization;
  };

  running_server parts_;
  metrics measured_;
  http_context_ptr http_ = std::make_shared<http_context>(http_limits{}, parts_.clock, measured_, [] { return true; });
  order_stream stream_{parts_.reader, parts_.who, parts_.clock};
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
                                                      own_names{"127.0.0.1:0", {}},
                                                      parts_.shops,
                                                      {},
                                                      std::make_shared<refusal_log>(parts_.clock),
                                                      true,
                                                      stream_}});
};

http_request request_for(std::string_view method, std::string_view target, std::string body = {}) {
  http_request request;
  request.method = method;
  request.target = target;
  request.body = std::make_shared<const std::string>(std::move(body));
  return request;
}

} // namespace

TEST_CASE("a peer from elsewhere gets the metrics with a token only, whatever admin.metrics says") {
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
