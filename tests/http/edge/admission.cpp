// How many webhooks are let in at once, how long each waits for the engine, and what becomes of answers that come late.

#include "tests/http/support/sample_webhooks.hpp"
#include "tests/support/catch.hpp"

#include <thread>

using namespace orderly;
using namespace orderly::test;

TEST_CASE("at the admission limit a webhook gets 503 with Retry-After and nothing is posted; a freed place is used again") {
  auto options = quick_options();
  options.max_in_flight = 2;
  running_server server{options};
  server.port.hold();
  raw_connection first{server.http->listen()}, second{server.http->listen()};
  REQUIRE(first.send(running_server::webhook(unpaid)));
  REQUIRE(second.send(running_server::webhook(unpaid)));
  REQUIRE(server.port.wait_for(2));
  const auto third = ask_once(server.http->listen(), running_server::webhook(unpaid));
  REQUIRE(third);
  CHECK(third->status == 503);
  CHECK(third->headers.count("retry-after") == 1);
  CHECK(server.port.posted().size() == 2);
  CHECK(server.metric("orderly_http_in_flight") == 2);
  CHECK(server.metric(R"(orderly_http_rejected_total{reason="overloaded"})") == 1);
  server.port.release();
  for (auto* waiting : {&first, &second}) {
    const auto got = waiting->receive();
    REQUIRE(got);
    CHECK(got->status == 200);
  }
  CHECK(server.still_serves());
}

TEST_CASE("a webhook takes a place for each order that it names; one larger than what is free, or than the limit, is let in") {
  auto options = quick_options();
  options.max_in_flight = 4;
  running_server server{options};
  server.port.hold();
  const auto naming = [](std::initializer_list<std::string> orders) {
    std::string list;
    for (const auto& order : orders)
      list += (list.empty() ? "\"" : ",\"") + order + '"';
    return running_server::webhook(R"({"type":4,"data":{"package_list":[{"package_id":"7","order_id_list":[)" + list + "]}]}}");
  };
  raw_connection first{server.http->listen()}, second{server.http->listen()}, third{server.http->listen()};
  REQUIRE(first.send(naming({"1", "2", "3"})));
  REQUIRE(server.port.wait_for(1));
  CHECK(server.metric("orderly_http_in_flight") == 3);
  REQUIRE(second.send(naming({"4", "5", "6"}))); // one place is free
  REQUIRE(server.port.wait_for(2));
  CHECK(server.metric("orderly_http_in_flight") == 6);
  for (const auto& more : {naming({"7", "8"}), naming({"9"})})
    CHECK(ask_once(server.http->listen(), more)->status == 503);
  CHECK(server.port.posted().size() == 2);
  server.port.release();
  CHECK(first.receive()->status == 200);
  CHECK(second.receive()->status == 200);
  for (int tries = 0; tries < 500 && server.metric("orderly_http_in_flight") != 0; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  CHECK(server.metric("orderly_http_in_flight") == 0);
  REQUIRE(third.send(naming({"1", "2", "3", "4", "5"})));
  CHECK(third.receive()->status == 200);
}

TEST_CASE("a webhook that names thousands of orders takes no more than 64 places") {
  running_server server{quick_options()};
  server.port.hold();
  std::string list = "\"1\"";
  for (int n = 2; n <= 3'000; ++n)
    list += ",\"" + std::to_string(n) + '"';
  const std::string body = R"({"type":4,"data":{"package_list":[{"package_id":"7","order_id_list":[)" + list + "]}]}}";
  raw_connection one{server.http->listen()};
  REQUIRE(one.send(running_server::webhook(body)));
  REQUIRE(server.port.wait_for(1));
  CHECK(server.port.posted().front().inputs.size() == 3'000);
  CHECK(server.metric("orderly_http_in_flight") == 64);
  server.port.release();
  CHECK(one.receive()->status == 200);
}

TEST_CASE("the admission limit is changed while requests wait") {
  auto options = quick_options();
  options.max_in_flight = 1;
  running_server server{options};
  server.port.hold();
  std::vector<std::unique_ptr<raw_connection>> waiting;
  const auto send = [&] {
    waiting.push_back(std::make_unique<raw_connection>(server.http->listen()));
    return waiting.back()->send(running_server::webhook(unpaid)) && server.port.wait_for(waiting.size());
  };
  REQUIRE(send());
  CHECK(ask_once(server.http->listen(), running_server::webhook(unpaid))->status == 503);
  server.http->limit_in_flight(3);
  REQUIRE(send());
  REQUIRE(send());
  CHECK(ask_once(server.http->listen(), running_server::webhook(unpaid))->status == 503);
  server.http->limit_in_flight(2); // who is in stays in
  CHECK(ask_once(server.http->listen(), running_server::webhook(unpaid))->status == 503);
  server.port.release();
  for (auto& one : waiting)
    CHECK(one->receive()->status == 200);
  CHECK(server.still_serves());
}

TEST_CASE("an engine that is too slow costs a 503, and its late answer neither harms the connection nor leaks its place") {
  auto options = quick_options();
  options.webhook_deadline = std::chrono::seconds{1}; // the last request must be answered within it
  options.max_in_flight = 1;
  running_server server{options};
  server.port.hold();
  raw_connection connection{server.http->listen()};
  const auto late = connection.ask(running_server::webhook(unpaid));
  REQUIRE(late);
  CHECK(late->status == 503);
  CHECK(late->headers.count("retry-after") == 1);
  const auto full = connection.ask(running_server::webhook(unpaid)); // the engine still owes the first: its place is taken
  REQUIRE(full);
  CHECK(full->status == 503);
  CHECK(server.port.posted().size() == 1);
  server.port.release();
  for (int tries = 0; tries < 500 && server.metric("orderly_http_in_flight") != 0; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  const auto next = connection.ask(running_server::webhook(unpaid));
  REQUIRE(next);
  CHECK(next->status == 200);
}

TEST_CASE("the late answer to one request is never taken for the answer to the next") {
  auto options = quick_options();
  options.webhook_deadline = std::chrono::seconds{2};
  running_server server{options};
  server.port.answer_with(
      [](const input& in) { return in.order.str() == "1" ? answer{} : refused(error_code::storage_unavailable); });
  server.port.hold();
  raw_connection connection{server.http->listen()};
  const auto body = [](const std::string& order) {
    return R"({"type":1,"data":{"order_status":"UNPAID","update_time":1,"order_id":")" + order + "\"}}";
  };
  REQUIRE(connection.ask(running_server::webhook(body("1")))->status == 503); // too late; its 200 is still to come
  const auto sent = std::chrono::steady_clock::now();
  REQUIRE(connection.send(running_server::webhook(body("2"))));
  REQUIRE(server.port.wait_for(2));
  server.port.release(); // answers the first, then the second
  const auto second = connection.receive();
  REQUIRE(second);
  REQUIRE(std::chrono::steady_clock::now() - sent < options.webhook_deadline); // the engine's answer, not the deadline's
  CHECK(second->status == 503); // not durable: the first one's 200 would have lost it
}

TEST_CASE("an answer that comes after the client has gone, or after the server has, is dropped in peace") {
  recording_port engine; // outlives the server, as an engine may
  manual_clock clock;
  metrics measured;
  uuid_v7_source ids{clock, seed_of_run()};
  recording_actors actors;
  stored_orders reader;
  shop_table shops;
  kept_access kept;
  live_access nobody{kept, clock};
  authenticator who{nobody, [] { return false; }};
  auto started = start_server(quick_options(), {engine, actors, reader, who, [] { return true; }, clock, ids, measured, shops});
  REQUIRE(started.has_value());
  engine.hold();
  {
    raw_connection gone{(*started)->listen()};
    REQUIRE(gone.send(running_server::webhook(unpaid)));
    REQUIRE(engine.wait_for(1));
  }
  raw_connection cut{(*started)->listen()};
  REQUIRE(cut.send(running_server::webhook(unpaid)));
  REQUIRE(engine.wait_for(2));
  started->reset();
  CHECK_FALSE(cut.receive());
  engine.release();
  auto again = start_server(quick_options(), {engine, actors, reader, who, [] { return true; }, clock, ids, measured, shops});
  REQUIRE(again.has_value());
  const auto got = ask_once((*again)->listen(), running_server::webhook(unpaid));
  REQUIRE(got);
  CHECK(got->status == 200);
}
