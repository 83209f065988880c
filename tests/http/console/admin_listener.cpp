// The console over the wire, among the admin listener's other routes.

#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

using namespace orderly::test;

namespace {

const header_list browser{{"Accept", "text/html,*/*;q=0.8"}};

/// What the page's first script is called.
std::string script_in(const std::string& page) {
  const auto at = page.find("/assets/");
  return at == std::string::npos ? std::string{} : page.substr(at, page.find('"', at) - at);
}

} // namespace

TEST_CASE("a browser gets the console's page without a log-in, at the root and at the address of an order") {
  running_server server;
  for (const auto target : {"/", "/orders?state=failed", "/orders/576461413038785752"}) {
    CAPTURE(target);
    const auto page = server.api("GET", target, {}, browser);
    REQUIRE(page);
    CHECK(page->status == 200);
    CHECK(page->headers.at("content-type") == "text/html; charset=utf-8");
    CHECK(page->headers.at("cache-control") == "no-cache");
    CHECK(page->headers.contains("content-security-policy"));
    CHECK(page->body.starts_with("<!doctype html>"));
  }
}

TEST_CASE("the console hides no other route, and lets nobody at the data") {
  running_server server;
  CHECK(server.api("GET", "/api/v1/orders", {}, browser)->status == 401);
  CHECK(server.api("GET", "/api/v1/nothing", {}, browser)->status == 401);
  CHECK(server.api("GET", "/metrics", {}, browser)->body.find("doctype") == std::string::npos);
  CHECK(server.api("GET", "/healthz", {}, browser)->body.find("doctype") == std::string::npos);
  CHECK(server.api("GET", "/assets/gone-1.js", {}, browser)->status == 404);
  CHECK(server.api("GET", "/orders", {}, {{"Accept", "application/json"}})->status == 404);
  CHECK(server.api("POST", "/", "{}", browser)->status == 404);
}

TEST_CASE("a browser that has the page gets a 304 without bytes, and HEAD has none either") {
  running_server server;
  const auto page = server.api("GET", "/", {}, browser);
  REQUIRE(page);
  const auto again = server.api("GET", "/", {}, {{"Accept", "text/html"}, {"If-None-Match", page->headers.at("etag")}});
  REQUIRE(again);
  CHECK(again->status == 304);
  CHECK(again->body.empty());
  raw_connection connection{server.http->admin_listen()};
  REQUIRE(connection.send(request_text("HEAD", "/", {}, browser)));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->headers.at("content-length") == std::to_string(page->body.size()));
}

TEST_CASE("what the page names is sent compressed and kept for good") {
  running_server server;
  const auto path = script_in(server.api("GET", "/", {}, browser)->body);
  if (path.empty())
    return; // built without the console: its page names nothing
  const auto plain = server.api("GET", path, {}, {});
  const auto small = server.api("GET", path, {}, {{"Accept-Encoding", "gzip, br"}});
  REQUIRE((plain && small));
  CHECK(small->headers.at("content-encoding") == "br");
  CHECK(small->body.size() < plain->body.size());
  CHECK(small->headers.at("cache-control") == "public, max-age=31536000, immutable");
}
