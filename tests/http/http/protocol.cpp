// HTTP itself: framing, pipelining, keep-alive and draining, with clients that misbehave. After each, the next request is served.

#include "tests/http/support/sample_webhooks.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

TEST_CASE("requests sent back to back on one connection are answered in their order") {
  running_server server;
  std::string all;
  constexpr int count = 50;
  for (int i = 0; i < count; ++i)
    all += i % 5 == 4 ? request_text("GET", "/healthz") : running_server::webhook(status_webhook(1000 + i));
  raw_connection connection{server.http->listen()};
  REQUIRE(connection.send(all));
  for (int i = 0; i < count; ++i) {
    const auto got = connection.receive();
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body.empty() == (i % 5 != 4));
  }
  const auto posted = server.port.posted();
  REQUIRE(posted.size() == 40);
  int expected = 1000;
  for (const auto& what : posted) {
    if ((expected - 1000) % 5 == 4)
      ++expected;
    CHECK(what.inputs.front().order.str() == std::to_string(expected++));
  }
}

TEST_CASE("a pipelined request waits for the answer before it, however late that comes") {
  running_server server;
  server.port.hold();
  raw_connection connection{server.http->listen()};
  REQUIRE(connection.send(running_server::webhook(status_webhook(1)) + request_text("GET", "/healthz")));
  REQUIRE(server.port.wait_for(1));
  server.port.release();
  const auto first = connection.receive(), second = connection.receive();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->body.empty());
  CHECK(second->body == "{\"status\":\"live\"}\n");
}

TEST_CASE("chunked bodies arrive whole, cut anywhere") {
  running_server server;
  raw_connection connection{server.http->listen()};
  for (const std::size_t chunk : {1u, 7u, 4096u}) {
    const auto got = connection.ask(chunked_webhook(status_webhook(7), chunk));
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(*server.port.posted().back().inputs.front().raw == status_webhook(7));
  }
}

TEST_CASE("a request may arrive in pieces of any size") {
  running_server server;
  std::mt19937_64 random{seed_of_run()};
  raw_connection connection{server.http->listen()};
  for (int round = 0; round < 20; ++round) {
    const auto bytes = running_server::webhook(status_webhook(round)) + chunked_webhook(status_webhook(round), 10);
    for (std::size_t at = 0; at < bytes.size();) {
      const auto n = std::uniform_int_distribution<std::size_t>{1, 200}(random);
      REQUIRE(connection.send(std::string_view{bytes}.substr(at, n)));
      at += n;
      if (n % 16 == 0)
        std::this_thread::sleep_for(1ms);
    }
    for (int i = 0; i < 2; ++i) {
      const auto got = connection.receive();
      REQUIRE(got);
      CHECK(got->status == 200);
    }
  }
}

TEST_CASE("what is not HTTP gets 400 and the connection is closed") {
  running_server server;
  for (const std::string bytes :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET /healthz HTTP/1.1\r\nNo colon here\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n"}) {
    INFO(bytes);
    raw_connection connection{server.http->listen()};
    const auto got = connection.ask(bytes);
    REQUIRE(got);
    CHECK(got->status == 400);
    CHECK(got->headers.at("connection") == "close");
    CHECK(connection.is_closed_by_peer());
    CHECK(server.still_serves());
  }
}

TEST_CASE("a body that two readers could cut differently is refused, and what follows it is not served") {
  running_server server;
  const auto smuggled = running_server::webhook(status_webhook(1));
  const std::string plain = "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\n";
  const auto refused = [&](const std::string& head) {
    INFO(head);
    raw_connection connection{server.http->listen()};
    const auto got = connection.ask(head + "\r\n" + smuggled);
    REQUIRE(got);
    CHECK(got->status == 400);
    CHECK(got->headers.at("connection") == "close");
    CHECK(connection.is_closed_by_peer());
    CHECK(server.port.posted().empty());
  };
  SECTION("an encoding other than chunked, or more than one") {
    for (const std::string coding : {"gzip", "identity", "chunked, gzip", "gzip, chunked",
                                     "\x0b"
                                     "chunked",
                                     "xchunked", ""})
      refused(plain + "Transfer-Encoding: " + coding + "\r\n");
    refused(plain + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n");
  }
  SECTION("chunked in HTTP/1.0") {
    refused("POST /webhooks/tiktok HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n");
  }
  SECTION("an encoding and a length, in either order") {
    for (const std::string coding : {"chunked", "gzip", "chunked, gzip"}) {
      refused(plain + "Transfer-Encoding: " + coding + "\r\nContent-Length: 5\r\n");
      refused(plain + "Content-Length: 5\r\nTransfer-Encoding: " + coding + "\r\n");
    }
  }
}

TEST_CASE("empty lines before a request are ignored") {
  running_server server;
  const auto got = ask_once(server.http->listen(), "\r\n\r\n" + request_text("GET", "/healthz"));
  REQUIRE(got);
  CHECK(got->status == 200);
}

TEST_CASE("a truncated request is dropped, counted, and never posted") {
  running_server server;
  const auto whole = running_server::webhook(status_webhook(1));
  const auto chunked = chunked_webhook(status_webhook(1), 10);
  for (const auto& cut : {whole.substr(0, 10), whole.substr(0, whole.size() - 1), chunked.substr(0, chunked.size() - 4)}) {
    raw_connection connection{server.http->listen()};
    REQUIRE(connection.send(cut));
    connection.finish_sending();
    CHECK(connection.is_closed_by_peer());
  }
  CHECK(server.port.posted().empty());
  CHECK(server.metric(R"(orderly_http_rejected_total{reason="truncated"})") == 3);
  CHECK(server.still_serves());
}

TEST_CASE("a client that closes its half after the request still gets the answer") {
  running_server server;
  raw_connection connection{server.http->listen()};
  REQUIRE(connection.send(running_server::webhook(status_webhook(1))));
  connection.finish_sending();
  const auto got = connection.receive();
  REQUIRE(got);
  CHECK(got->status == 200);
}

TEST_CASE("keep-alive follows the client's wish and its version") {
  running_server server;
  raw_connection asks_to_close{server.http->listen()};
  const auto last = asks_to_close.ask(request_text("GET", "/healthz", {}, {{"Connection", "close"}}));
  REQUIRE(last);
  CHECK(last->headers.at("connection") == "close");
  asks_to_close.finish_sending();
  CHECK(asks_to_close.is_closed_by_peer());

  raw_connection old{server.http->listen()};
  const auto kept = old.ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  REQUIRE(kept);
  CHECK(kept->headers.at("connection") == "keep-alive");
  const auto ended = old.ask("GET /healthz HTTP/1.0\r\n\r\n");
  REQUIRE(ended);
  CHECK(ended->headers.at("connection") == "close");
}

TEST_CASE("HEAD is GET without the body") {
  running_server server;
  raw_connection connection{server.http->listen()};
  REQUIRE(connection.send(request_text("HEAD", "/healthz")));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->headers.at("content-length") == "18");
  const auto next = connection.ask(request_text("GET", "/healthz"));
  REQUIRE(next);
  CHECK(next->body.size() == 18);
}

TEST_CASE("readiness tells starting from failing from draining; liveness does not care") {
  running_server server;
  const auto ready = [&](const std::string& address) { return ask_once(address, request_text("GET", "/readyz")); };
  server.ready = false;
  CHECK(ready(server.http->listen())->body == "{\"status\":\"not_ready\",\"reason\":\"storage\"}\n");
  server.ready = true;
  CHECK(ready(server.http->listen())->status == 200);
  CHECK(ready(server.http->admin_listen())->status == 200);
  server.ready = false;
  const auto failing = ready(server.http->admin_listen());
  CHECK(failing->status == 503);
  CHECK(failing->body == "{\"status\":\"not_ready\",\"reason\":\"storage\"}\n");
  CHECK(ask_once(server.http->listen(), request_text("GET", "/healthz"))->status == 200);
}

TEST_CASE("draining finishes what is under way, refuses what is new, and says so on the admin listener") {
  running_server server;
  server.port.hold();
  raw_connection busy{server.http->listen()}, idle{server.http->listen()};
  REQUIRE(idle.ask(request_text("GET", "/healthz")));
  REQUIRE(busy.send(running_server::webhook(status_webhook(1))));
  REQUIRE(server.port.wait_for(1));
  std::thread draining{[&] { server.http->drain(10s); }};
  CHECK(idle.is_closed_by_peer());
  const auto state = ask_once(server.http->admin_listen(), request_text("GET", "/readyz"));
  CHECK_THROWS(raw_connection{server.http->listen()});
  const auto command = server.api("POST", "/api/v1/orders/1/transitions", R"({"to":"failed"})");
  server.port.release();
  const auto got = busy.receive();
  draining.join();
  REQUIRE(state);
  CHECK(state->body == "{\"status\":\"not_ready\",\"reason\":\"draining\"}\n");
  REQUIRE(command);
  CHECK(command->status == 503);
  CHECK(command->body.find("shutting_down") != std::string::npos);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->headers.at("connection") == "close");
}

TEST_CASE("draining gives up after its grace") {
  running_server server;
  server.port.hold();
  raw_connection busy{server.http->listen()};
  REQUIRE(busy.send(running_server::webhook(status_webhook(1))));
  REQUIRE(server.port.wait_for(1));
  const auto began = std::chrono::steady_clock::now();
  server.http->drain(100ms);
  CHECK(std::chrono::steady_clock::now() - began >= 100ms);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("a port in use, a foreign host and a bad address are named") {
  running_server server;
  for (const std::string& address : std::vector<std::string>{server.http->listen(), "192.0.2.1:1", "8080", "127.0.0.1:http"}) {
    auto options = quick_options();
    options.listen = address;
    const auto second = start_server(options, {server.port, server.actors, server.reader, server.who, [] { return true; },
                                               server.clock, server.ids, server.measured, server.shops});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == error_code::bad_config);
    CHECK(second.error().message.find(address) != std::string::npos);
  }
}

TEST_CASE("random bytes never stop the server") {
  running_server server;
  std::mt19937_64 random{seed_of_run()};
  const auto good = running_server::webhook(status_webhook(5));
  for (int round = 0; round < 200; ++round) {
    auto bytes = good;
    for (int flips = 0; flips < 3; ++flips)
      bytes[std::uniform_int_distribution<std::size_t>{0, bytes.size() - 1}(random)] = static_cast<char>(random());
    raw_connection connection{server.http->listen()};
    connection.send(bytes);
    connection.finish_sending();
    connection.receive();
  }
  CHECK(server.still_serves());
}

TEST_CASE("several threads serve many connections at once") {
  auto options = quick_options();
  options.threads = 3;
  running_server server{options};
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c)
    clients.emplace_back([&, c] {
      raw_connection connection{server.http->listen()};
      for (int i = 0; i < 100; ++i) {
        const auto got = connection.ask(running_server::webhook(status_webhook(c * 1000 + i)));
        good += got && got->status == 200 ? 1 : 0;
      }
    });
  for (auto& client : clients)
    client.join();
  CHECK(good == 800);
  CHECK(server.port.posted().size() == 800);
  CHECK(server.metric(R"(orderly_http_requests_total{listener="public",route="webhooks",status="200"})") == 800);
}
