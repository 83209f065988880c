// What an on-call engineer asks of the admin listener: dead letters, and orders that fail.

#include "base/json.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string known_id = "576461413038785752";
const std::string restart_path = "/api/v1/actors/" + known_id + "/restart", redrive_path = "/api/v1/dead-letters/redrive";
const std::string killed_twice = R"({"cause":"killed_twice"})";
const header_list viewer{{"Authorization", "Bearer viewer-token"}};

json::object body_of(const std::optional<raw_response>& got, int status) {
  REQUIRE(got);
  CHECK(got->status == status);
  return parse_json(got->body).value().as_object();
}

void add_letter(running_server& server, std::int64_t id, std::string raw, dead_letter_cause cause) {
  memory_input in;
  in.what.id = input_id{server.ids.next()};
  in.what.order = tiktok_order_id{known_id};
  in.what.type = "ORDER_STATUS_CHANGE";
  in.what.raw = std::make_shared<const std::string>(std::move(raw));
  in.outcome = input_outcome::dead;
  server.reader.rows.edit([&](memory_tables& t) {
    t.inputs[{"w:" + std::to_string(id), in.what.order}] = in;
    auto& letter = t.dead_letters[id];
    letter.input = in.what.id;
    letter.cause = cause;
    letter.count = 2;
  });
}

} // namespace

TEST_CASE("dead letters are listed with their raw bytes, cause and count") {
  running_server server;
  add_letter(server, 2, "{\"a\":1}", dead_letter_cause::killed_twice);
  add_letter(server, 1, "\xff\x01", dead_letter_cause::unparsable);
  const auto all = body_of(server.api("GET", "/api/v1/dead-letters"), 200).at("dead_letters").as_array();
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("raw").as_string() == "{\"a\":1}");
  CHECK(all[0].at("cause").as_string() == "killed_twice");
  CHECK(all[0].at("count").as_int64() == 2);
  CHECK(all[1].at("raw_hex").as_string() == "ff01");
  CHECK(all[1].as_object().count("raw") == 0);
  const auto some = body_of(server.api("GET", "/api/v1/dead-letters?cause=unparsable&limit=1"), 200);
  CHECK(some.at("dead_letters").as_array().size() == 1);
}

TEST_CASE("a query of dead letters that makes no sense is refused by name") {
  running_server server;
  for (const auto* query :
       {"cause=bored", "limit=0", "limit=201", "limit=x", "redriven=maybe", "cause=unparsable&cause=unparsable", "colour=red"}) {
    const auto got = body_of(server.api("GET", std::string{"/api/v1/dead-letters?"} + query), 422);
    CHECK(got.at("code").as_string() == "invalid_field");
    CHECK_FALSE(got.at("allowed").as_string().empty());
  }
}

TEST_CASE("a cohort is re-driven by cause") {
  running_server server;
  server.actors.redrive_answer = redrive_report{3, 1, 5, "killed_twice: again"};
  const auto got = body_of(server.api("POST", "/api/v1/dead-letters/redrive", R"({"cause":"killed_twice","limit":9})"), 200);
  CHECK(got.at("redriven").as_int64() == 3);
  CHECK(got.at("failed").as_int64() == 1);
  CHECK(got.at("left").as_int64() == 5);
  CHECK(got.at("why").as_string() == "killed_twice: again");
  REQUIRE(server.actors.redrives.size() == 1);
  CHECK(server.actors.redrives.front().cause == dead_letter_cause::killed_twice);
  CHECK(server.actors.redrives.front().limit == 9);
}

TEST_CASE("a wish to re-drive that makes no sense is refused and re-drives nothing") {
  running_server server;
  for (const auto* body : {"{}", R"({"cause":"bored"})", R"({"cause":"unparsable","limit":0})",
                           R"({"cause":"unparsable","limit":201})", R"({"cause":"unparsable","all":true})"})
    CHECK(body_of(server.api("POST", "/api/v1/dead-letters/redrive", body), 422).at("code").as_string() == "invalid_field");
  CHECK(body_of(server.api("POST", "/api/v1/dead-letters/redrive", "nonsense"), 400).at("code").as_string() == "not_json");
  CHECK(server.actors.redrives.empty());
}

TEST_CASE("an order's actor is restarted by TikTok's id or the engine's; an order that nobody knows is not found") {
  running_server server;
  order o;
  o.id = order_id{*uuid_from("0190a000-0000-7000-8000-000000000052")};
  o.tiktok_id = tiktok_order_id{known_id};
  server.reader.add(o);
  CHECK(body_of(server.api("POST", "/api/v1/actors/" + known_id + "/restart"), 200).at("restarted").as_bool());
  const auto by_uuid = body_of(server.api("POST", "/api/v1/actors/" + to_string(o.id) + "/restart"), 200);
  CHECK(by_uuid.at("tiktok_order_id").as_string() == known_id);
  REQUIRE(server.actors.restarts.size() == 2);
  CHECK(server.actors.restarts.back().str() == known_id);

  server.actors.restart_answer = restarted{true}; // no row, but its actor keeps dying
  CHECK(body_of(server.api("POST", "/api/v1/actors/999/restart"), 200).at("restarted").as_bool());
  server.actors.restart_answer = restarted{false};
  CHECK(body_of(server.api("POST", "/api/v1/actors/999/restart"), 404).at("code").as_string() == "order_not_found");
  CHECK(body_of(server.api("POST", "/api/v1/actors/what/restart"), 404).at("code").as_string() == "order_not_found");
}

TEST_CASE("a store that cannot lift a quarantine is said") {
  running_server server;
  server.actors.restart_answer = error{error_code::storage_unavailable, "", {}};
  const auto got = body_of(server.api("POST", "/api/v1/actors/" + known_id + "/restart"), 503);
  CHECK(got.at("code").as_string() == "storage_unavailable");
}

TEST_CASE("a restart and a re-drive take a place until they are answered, and get 503 when there is none") {
  auto options = quick_options();
  options.max_in_flight = 1;
  running_server server{options};
  const auto in_flight = [&] { return server.metric("orderly_http_in_flight"); };
  const auto wait_until_free = [&] { // the place goes just after the answer
    for (int tries = 0; tries < 5000 && in_flight() != 0; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    CHECK(in_flight() == 0);
  };
  std::vector<double> taken;
  server.actors.while_asked = [&] { taken.push_back(in_flight()); };
  CHECK(body_of(server.api("POST", restart_path), 200).at("restarted").as_bool());
  wait_until_free();
  CHECK(body_of(server.api("POST", redrive_path, killed_twice), 200).contains("redriven"));
  wait_until_free();
  CHECK(taken == std::vector<double>{1, 1});

  server.port.hold();
  raw_connection waiting{server.http->listen()};
  REQUIRE(waiting.send(running_server::webhook(R"({"type":1,"data":{"order_id":"1","order_status":"UNPAID","update_time":1}})")));
  REQUIRE(server.port.wait_for(1));
  CHECK(body_of(server.api("POST", restart_path), 503).at("code") == "overloaded");
  CHECK(body_of(server.api("POST", redrive_path, killed_twice), 503).at("code") == "overloaded");
  CHECK(server.api("GET", "/api/v1/dead-letters")->status == 200);
  std::thread draining{[&] { server.http->drain(std::chrono::seconds{10}); }};
  while (ask_once(server.http->admin_listen(), request_text("GET", "/readyz"))->status != 503)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  CHECK(body_of(server.api("POST", restart_path), 503).at("code") == "shutting_down");
  CHECK(body_of(server.api("POST", redrive_path, killed_twice), 503).at("code") == "shutting_down");
  server.port.release();
  draining.join();
  CHECK(taken.size() == 2);
}

TEST_CASE("a viewer reads dead letters and changes nothing; nobody does either without a token") {
  running_server server;
  CHECK(body_of(server.api("GET", "/api/v1/dead-letters", {}, viewer), 200).contains("dead_letters"));
  const auto redrive = server.api("POST", "/api/v1/dead-letters/redrive", R"({"cause":"unparsable"})", viewer);
  CHECK(body_of(redrive, 403).at("code") == "forbidden");
  CHECK(body_of(server.api("POST", "/api/v1/actors/" + known_id + "/restart", {}, viewer), 403).at("code") == "forbidden");
  CHECK(body_of(server.api("GET", "/api/v1/dead-letters", {}, {}), 401).at("code") == "unauthorized");
  CHECK(body_of(server.api("POST", "/api/v1/actors/" + known_id + "/restart", {}, {}), 401).at("code") == "unauthorized");
  CHECK(server.actors.restarts.empty());
  CHECK(server.actors.redrives.empty());
}

TEST_CASE("the methods of these paths are said when another one comes") {
  running_server server;
  CHECK(server.api("DELETE", "/api/v1/dead-letters")->headers.at("allow") == "GET, HEAD");
  CHECK(server.api("GET", "/api/v1/dead-letters/redrive")->headers.at("allow") == "POST");
  CHECK(server.api("GET", "/api/v1/actors/" + known_id + "/restart")->headers.at("allow") == "POST");
  CHECK(server.api("POST", "/api/v1/actors/" + known_id + "/dance")->status == 404);
}
