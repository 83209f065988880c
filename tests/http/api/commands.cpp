// Commands to the admin listener: how they are read, handed over and answered.

#include "domain/order/wire.hpp"
#include "net/http/text.hpp"
#include "tests/http/support/admin_answers.hpp"

using namespace orderly;
using namespace orderly::test;

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

TEST_CASE("a command's trace is its delivery's, keeps the caller's traceparent and ends with the answer") {
  running_server server;
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto got = server.api("POST", transitions, R"({"to":"failed","reason":"x"})",
                              {{"Authorization", "Bearer op-token"}, {"traceparent", parent}});
  REQUIRE(got);
  REQUIRE(got->status == 200);
  const auto in = server.port.posted().at(0).inputs.at(0);
  REQUIRE(in.trace);
  CHECK(in.trace->id() == in.delivery);
  CHECK(in.trace->traceparent() == parent);
  CHECK_FALSE(in.trace->offset(trace_stage::verified));
  for (const auto stage : {trace_stage::received, trace_stage::parsed, trace_stage::admitted, trace_stage::replied}) {
    INFO(name_of(stage));
    CHECK(in.trace->offset(stage));
  }
  CHECK(server.metric(R"(orderly_input_stage_seconds_count{stage="http.reply"})") == 1);
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
