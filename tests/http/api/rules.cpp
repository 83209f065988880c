// What the admin listener asks of a request before any route sees it: whom it is addressed to, what its body says that it is,
// which page sent it.

#include "net/http/authority.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string order_list = "/api/v1/orders", a_note = "/api/v1/orders/576461413038785752/notes", note = R"({"text":"x"})";

std::string port_of(const running_server& server) {
  const auto address = server.http->admin_listen();
  return address.substr(address.rfind(':') + 1);
}

int status_of(const running_server& server, std::string_view target, header_list headers, std::string_view method = "GET",
              std::string_view body = {}) {
  headers.emplace_back("Authorization", "Bearer op-token");
  const auto got = server.api(method, target, body, headers);
  REQUIRE(got);
  if (got->status >= 400)
    CHECK(got->body.find("\"code\"") != std::string::npos);
  return got->status;
}

int status_for_host(const running_server& server, const std::string& host, std::string_view target = order_list) {
  return status_of(server, target, {{"Host", host}});
}

} // namespace

TEST_CASE("the listener answers to its own address, to localhost and to admin.hosts, and to nobody else's name") {
  auto options = quick_options();
  options.admin_hosts = {"orders.example.com", "proxy.example.com:8443"};
  const running_server server{options};
  const auto port = port_of(server);
  for (const auto& host : {"127.0.0.1:" + port, "localhost:" + port, "LocalHost:" + port, std::string{"orders.example.com"},
                           std::string{"ORDERS.example.com:443"}, std::string{"proxy.example.com:8443"}}) {
    INFO(host);
    CHECK(status_for_host(server, host) == 200);
  }
  for (const auto& host :
       {std::string{"evil.example:"} + port, std::string{"evil.example"}, std::string{"127.0.0.1"}, std::string{"localhost"},
        std::string{"127.0.0.1:1"}, "127.0.0.2:" + port, "[::1]:" + port, std::string{"proxy.example.com"},
        "orders.example.com.evil.example:" + port, "localhost.:" + port, "127.0.0.1:" + port + "@evil.example",
        "olga@127.0.0.1:" + port, "127.0.0.1:0" + port + "0", std::string{"/"}, std::string{"a b"}}) {
    INFO(host);
    CHECK(status_for_host(server, host) == 421);
  }
}

TEST_CASE("a name that was pointed at this address gets 421 whatever it asks, with what to do about it") {
  const running_server server;
  const auto host = "evil.example:" + port_of(server);
  for (const auto* target : {"/", "/metrics", "/healthz", "/api/v1/session", "/api/v1/nothing", "/nothing"}) {
    INFO(target);
    CHECK(status_for_host(server, host, target) == 421);
  }
  const auto got = server.api("GET", "/", {}, {{"Host", host}});
  CHECK(got->body.find("misdirected_request") != std::string::npos);
  CHECK(got->body.find("admin.hosts") != std::string::npos);
  CHECK(server.metric("orderly_http_rejected_total{reason=\"misdirected\"}") == 7);
  CHECK(ask_once(server.http->listen(), request_text("GET", "/healthz", {}, {{"Host", host}}))->status == 200); // the public one
}

TEST_CASE("an absolute target says by itself whom it is addressed to, whatever Host says") {
  const running_server server;
  const auto own = "127.0.0.1:" + port_of(server);
  CHECK(status_of(server, "http://" + own + order_list + "?limit=1", {{"Host", "evil.example"}}) == 200);
  CHECK(status_of(server, "HTTP://" + own + order_list, {{"Host", own}}) == 200);
  CHECK(status_of(server, "http://evil.example" + order_list, {{"Host", own}}) == 421);
  CHECK(status_of(server, "http://olga@" + own + order_list, {{"Host", own}}) == 421);
  CHECK(status_of(server, "http://" + own + "/healthz", {}) == 200);
  CHECK(ask_once(server.http->listen(), request_text("GET", "http://any.example/healthz"))->status == 200);
  const auto split = split_target("https://a.example:1/x?y=//z");
  CHECK(split.authority == "a.example:1");
  CHECK(split.origin_form == "/x?y=//z");
  CHECK(split_target("http://a.example").origin_form == "/");
  CHECK(split_target("/http://a.example").authority.empty());
}

TEST_CASE("an unsafe request with a body must say that it is JSON, one without need not, and a read may say what it wants") {
  running_server server;
  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
                           "application/jsonp", "application/json, text/plain", "text/plain; application/json"}) {
    INFO(type);
    CHECK(status_of(server, a_note, {{"Content-Type", type}}, "POST", note) == 415);
  }
  CHECK(status_of(server, a_note, {{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, "POST", note) == 415);
  raw_connection untyped{server.http->admin_listen()};
  const auto none = untyped.ask("POST " + a_note + " HTTP/1.1\r\nHost: orderly.test\r\nAuthorization: Bearer op-token\r\n" +
                                "Content-Length: 2\r\n\r\n{}");
  REQUIRE(none);
  CHECK(none->status == 415);
  CHECK(none->body.find("unsupported_media_type") != std::string::npos);
  CHECK(server.port.posted().empty());
  CHECK(status_of(server, "/api/v1/orders/576461413038785752/release", {}, "POST") != 415);
  CHECK(status_of(server, a_note, {{"Content-Type", "Application/JSON; charset=utf-8"}}, "POST", note) != 415);
  CHECK(status_of(server, order_list, {{"Content-Type", "text/plain"}}) == 200);
}

TEST_CASE("a bearer token is judged by itself: no page can make a browser send one") {
  running_server server;
  CHECK(status_of(server, a_note, {{"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}}, "POST", note) != 403);
}

TEST_CASE("every answer of the admin listener keeps to its type and its origin, those too that no route has seen") {
  const running_server server;
  const auto look = [](const std::optional<raw_response>& got, int status) {
    REQUIRE(got);
    INFO(status);
    CHECK(got->status == status);
    CHECK(got->headers.at("x-content-type-options") == "nosniff");
    CHECK(got->headers.at("cross-origin-resource-policy") == "same-origin");
    CHECK(got->headers.contains("content-security-policy"));
  };
  look(server.api("GET", order_list), 200);
  look(server.api("GET", "/metrics"), 200);
  look(server.api("GET", "/", {}, {{"Accept", "text/html"}}), 200);
  look(server.api("GET", order_list, {}, {}), 401);
  look(server.api("GET", "/api/v1/nothing"), 404);
  look(server.api("PUT", order_list), 405);
  look(server.api("GET", "/", {}, {{"Host", "evil.example"}}), 421);
  look(ask_once(server.http->admin_listen(), "nonsense\r\n\r\n"), 400);
  CHECK(server.api("GET", order_list)->headers.at("content-security-policy") == "default-src 'none'");
}

TEST_CASE("of a request that is refused no body is read, and nobody waits for one") {
  const running_server server;
  const auto refused = [&](const std::string& more, int status) {
    INFO(more);
    for (const auto* length : {"Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n",
                               "Content-Length: 1000000\r\nExpect: 100-continue\r\n"}) {
      raw_connection connection{server.http->admin_listen()};
      const auto got = connection.ask("POST " + a_note + " HTTP/1.1\r\n" + more + length + "\r\n");
      REQUIRE(got);
      CHECK(got->status == status);
      CHECK(got->headers.at("connection") == "close");
    }
  };
  const std::string host = "Host: orderly.test\r\n", json = "Content-Type: application/json\r\n";
  refused(host + json, 401);
  refused(host + json + "Authorization: Bearer wrong\r\n", 401);
  refused(host + json + "Authorization: Bearer viewer-token\r\n", 403);
  refused(host + "Content-Type: text/plain\r\nAuthorization: Bearer op-token\r\n", 415);
  refused("Host: evil.example\r\n" + json + "Authorization: Bearer op-token\r\n", 421);
  CHECK(server.metric("orderly_http_body_bytes") == 0);
}

TEST_CASE("a token that is revoked while a body comes lets it in no more") {
  running_server server;
  raw_connection connection{server.http->admin_listen()};
  const auto request = request_text("POST", a_note, note, {{"Authorization", "Bearer op-token"}});
  REQUIRE(connection.send(request.substr(0, request.size() - 1)));
  while (server.metric("orderly_http_body_bytes") == 0) // the head has been judged
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  server.access.revoke_token(secret_hash("op-token"), [](const result<void>&) {});
  const auto got = connection.ask(request.substr(request.size() - 1));
  REQUIRE(got);
  CHECK(got->status == 401);
  CHECK(server.port.posted().empty());
}
