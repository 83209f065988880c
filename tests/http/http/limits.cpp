// What one client may ask of the server: sizes, times, numbers of connections and bytes, and that others are served meanwhile.

#include "tests/http/support/sample_webhooks.hpp"
#include "tests/support/catch.hpp"

#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

TEST_CASE("a body of exactly the limit is read, one byte more is refused with 413, declared or chunked") {
  running_server server;
  const auto body_of = [](std::size_t size) { return R"({"pad":")" + std::string(size - 10, 'x') + "\"}"; };
  constexpr std::size_t limit = 1 << 20;
  const auto fits = ask_once(server.http->listen(), running_server::webhook(body_of(limit)));
  REQUIRE(fits);
  CHECK(fits->status == 200);
  for (const auto& request : {running_server::webhook(body_of(limit + 1)), chunked_webhook(body_of(limit + 1), 10000)}) {
    const auto got = ask_once(server.http->listen(), request); // all of it is sent before the answer is read
    REQUIRE(got);
    CHECK(got->status == 413);
    CHECK(got->headers.at("content-type") == "application/problem+json");
    CHECK(got->body.find(R"("code":"body_too_large")") != std::string::npos);
    CHECK(server.still_serves());
  }
  CHECK(server.metric(R"(orderly_http_rejected_total{reason="body_too_large"})") == 2);
  const auto far_over = ask_once(server.http->listen(), running_server::webhook(body_of(12 << 20))); // more than sockets buffer
  REQUIRE(far_over);
  CHECK(far_over->status == 413);
}

TEST_CASE("a client that asks first is told to continue, or that its body is too large") {
  running_server server;
  const auto body = status_webhook(3);
  const auto head = [&](std::size_t length) {
    return "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: " +
           sign_webhook(test_app_key, test_secret, body) + "\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  };
  raw_connection patient{server.http->listen()};
  const auto go_on = patient.ask(head(body.size()));
  REQUIRE(go_on);
  CHECK(go_on->status == 100);
  const auto got = patient.ask(body);
  REQUIRE(got);
  CHECK(got->status == 200);
  const auto too_large = ask_once(server.http->listen(), head(2 << 20));
  REQUIRE(too_large);
  CHECK(too_large->status == 413);
}

TEST_CASE("a header over the limit is refused with 431") {
  running_server server;
  const auto got = ask_once(server.http->listen(), request_text("GET", "/healthz", {}, {{"X-Long", std::string(17 << 10, 'a')}}));
  REQUIRE(got);
  CHECK(got->status == 431);
  const auto target = ask_once(server.http->listen(), request_text("GET", "/" + std::string(17 << 10, 'a')));
  REQUIRE(target);
  CHECK(target->status == 431);
  CHECK(server.still_serves());
}

TEST_CASE("a client that trickles its header or its body is cut with 408, while others are served") {
  constexpr auto pause = 40ms; // between bytes: well within the limit; the whole would take several times as long
  auto options = quick_options();
  options.header_timeout = 500ms;
  options.body_timeout = 500ms;
  running_server server{options};
  const auto bytes = running_server::webhook(status_webhook(1));
  for (const auto at_once : {std::size_t{1}, bytes.find("\r\n\r\n") + 4}) {
    raw_connection slow{server.http->listen()};
    REQUIRE(slow.send(bytes.substr(0, at_once)));
    const auto began = std::chrono::steady_clock::now();
    std::thread trickle{[&] {
      for (std::size_t at = at_once; at < bytes.size() && slow.send(bytes.substr(at, 1)); ++at)
        std::this_thread::sleep_for(pause);
    }};
    CHECK(server.still_serves());
    const auto got = slow.receive();
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK(server.still_serves());
    trickle.join();
    REQUIRE(got);
    CHECK(got->status == 408);
    CHECK(took < pause * static_cast<int>(bytes.size() - at_once));
  }
  CHECK(server.metric(R"(orderly_http_rejected_total{reason="too_slow"})") == 2);
}

TEST_CASE("an idle connection is closed without a word, one in use is kept") {
  auto options = quick_options();
  options.idle_timeout = 2s;
  running_server server{options};
  raw_connection idle{server.http->listen()}, busy{server.http->listen()};
  for (int i = 0; i < 6; ++i) { // the pauses are short against the limit, and long together
    std::this_thread::sleep_for(500ms);
    const auto got = busy.ask(request_text("GET", "/healthz"));
    REQUIRE(got);
    CHECK(got->status == 200);
  }
  CHECK(idle.is_closed_by_peer());
}

TEST_CASE("connections over the limit are turned away with 503; a freed place is taken again") {
  auto options = quick_options();
  options.max_connections = 2;
  running_server server{options};
  {
    raw_connection first{server.http->listen()}, second{server.http->listen()};
    REQUIRE(first.ask(request_text("GET", "/healthz")));
    REQUIRE(second.ask(request_text("GET", "/healthz")));
    raw_connection third{server.http->listen()};
    const auto refused = third.receive();
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->headers.count("retry-after") == 1);
  }
  for (int tries = 0; tries < 500 && server.metric("orderly_http_connections") != 0; ++tries)
    std::this_thread::sleep_for(10ms);
  CHECK(server.still_serves());
}

TEST_CASE("bodies over the budget of both listeners are turned away with 503, those within it are served") {
  auto options = quick_options();
  options.max_body_bytes = 1000;
  running_server server{options};
  const auto large = R"({"type":9999,"data":{"x":")" + std::string(900, 'x') + R"("}})";
  const auto request = running_server::webhook(large);
  raw_connection slow{server.http->listen()};
  REQUIRE(slow.send(request.substr(0, request.size() - 30)));
  for (int tries = 0; tries < 500 && server.metric("orderly_http_body_bytes") < 890; ++tries)
    std::this_thread::sleep_for(10ms);
  const auto note = R"({"text":")" + std::string(300, 'x') + "\"}";
  for (const auto& refused :
       {ask_once(server.http->listen(), chunked_webhook(large, 100)), server.api("POST", "/api/v1/orders/1/notes", note)}) {
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->headers.count("retry-after") == 1);
    CHECK(refused->headers.at("connection") == "close");
  }
  CHECK(server.metric(R"(orderly_http_rejected_total{reason="body_budget"})") == 2);
  REQUIRE(slow.send(request.substr(request.size() - 30)));
  CHECK(slow.receive()->status == 200);
  CHECK(slow.ask(chunked_webhook(large, 100))->status == 200); // what was answered counts no more
  CHECK(server.api("POST", "/api/v1/orders/1/notes", note)->status == 200);
  slow.finish_sending();
  for (int tries = 0; tries < 500 && server.metric("orderly_http_body_bytes") != 0; ++tries)
    std::this_thread::sleep_for(10ms);
  CHECK(server.metric("orderly_http_body_bytes") == 0);
}
