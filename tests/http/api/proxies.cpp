// A proxy in front of the admin listener: what is believed of what it says, and from whom.

#include "base/json.hpp"
#include "net/http/forwarded.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/catch.hpp"

#include <map>

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string session_path = "/api/v1/session", order_list = "/api/v1/orders";
const std::string olgas_login = R"({"username":"olga","password":")" + std::string{a_password} + R"("})";
const header_list over_https{{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-Proto", "https"}};

/// Every connection of a test comes from 127.0.0.1.
server_options behind(std::vector<std::string> proxies) {
  auto options = quick_options();
  options.trusted_proxies = std::move(proxies);
  return options;
}

std::string port_of(const running_server& server) {
  const auto address = server.http->admin_listen();
  return address.substr(address.rfind(':') + 1);
}

int status_of(const running_server& server, std::string_view method, std::string_view target, const header_list& headers,
              std::string_view body = {}) {
  const auto got = server.api(method, target, body, headers);
  REQUIRE(got);
  return got->status;
}

header_list with(header_list all, const header_list& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct sent_fields final : header_fields {
  std::multimap<std::string, std::string, std::less<>> all;
  [[nodiscard]] header_value find(std::string_view name) const override {
    const auto found = all.find(name);
    return found == all.end() ? header_value{} : header_value{found->second, all.count(name)};
  }
  [[nodiscard]] std::string list(std::string_view name) const override {
    std::string out;
    const auto [first, end] = all.equal_range(name);
    for (auto at = first; at != end; ++at)
      out += (out.empty() ? "" : ",") + at->second;
    return out;
  }
};

std::string client_when(bool peer_is_proxy, const std::vector<std::string>& forwarded_for) {
  sent_fields fields;
  for (const auto& each : forwarded_for)
    fields.all.emplace("X-Forwarded-For", each);
  http_request request;
  request.fields = &fields;
  request.peer = "10.0.0.1";
  request.peer_is_proxy = peer_is_proxy;
  const std::vector<ip_network> proxies{*parse_ip_network("10.0.0.0/8"), *parse_ip_network("2001:db8::1")};
  return client_of(request, proxies);
}

} // namespace

TEST_CASE("from a named proxy X-Forwarded-For counts from the right, up to the first that is no named proxy") {
  CHECK(client_when(true, {"203.0.113.9"}) == "203.0.113.9");
  CHECK(client_when(true, {"198.51.100.1, 203.0.113.9"}) == "203.0.113.9"); // what is left of it the client wrote
  CHECK(client_when(true, {"127.0.0.1,203.0.113.9 , 10.0.0.2"}) == "203.0.113.9");
  CHECK(client_when(true, {"198.51.100.1", "203.0.113.9"}) == "203.0.113.9"); // a proxy may add a line of its own
  CHECK(client_when(true, {"203.0.113.9", "10.9.9.9, 2001:DB8::1"}) == "203.0.113.9");
  CHECK(client_when(true, {"::ffff:203.0.113.9, ::ffff:10.0.0.2"}) == "203.0.113.9");
  CHECK(client_when(true, {"203.0.113.9:4711"}) == "203.0.113.9");
  CHECK(client_when(true, {"[2001:db8::7]:4711"}) == "2001:db8::7");
  CHECK(client_when(true, {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3"); // proxies only
}

TEST_CASE("what X-Forwarded-For says beyond what can be read, or from anybody else, is not believed") {
  CHECK(client_when(false, {"203.0.113.9"}) == "10.0.0.1");
  CHECK(client_when(true, {}) == "10.0.0.1");
  CHECK(client_when(true, {"203.0.113.9, unknown"}) == "10.0.0.1");
  CHECK(client_when(true, {"203.0.113.9, "}) == "10.0.0.1");
  CHECK(client_when(true, {"203.0.113.9, unknown, 10.0.0.2"}) == "10.0.0.2");
}

TEST_CASE("a log-in that a named proxy took over TLS gets a cookie that TLS alone can set and carries") {
  const running_server server{behind({"127.0.0.1"})};
  const auto made = server.api("POST", session_path, olgas_login, over_https);
  REQUIRE(made);
  REQUIRE(made->status == 200);
  const auto set = made->headers.at("set-cookie");
  CHECK(set.starts_with("__Host-orderly_session_" + port_of(server) + "="));
  CHECK(set.ends_with("; Secure; HttpOnly; SameSite=Strict; Path=/"));
  const auto csrf_token = std::string{string_at(parse_json(made->body).value().as_object(), "csrf_token")};
  const header_list session{{"Cookie", set.substr(0, set.find(';'))}, {"X-CSRF-Token", csrf_token}};
  CHECK(status_of(server, "GET", order_list, with(over_https, session)) == 200);
  CHECK(status_of(server, "GET", order_list, session) == 401); // without TLS it is none
  const auto planted = "orderly_session_" + port_of(server) + set.substr(set.find('='), set.find(';') - set.find('='));
  CHECK(status_of(server, "GET", order_list, with(over_https, {{"Cookie", planted}, {"X-CSRF-Token", csrf_token}})) == 401);
  const auto ended = server.api("DELETE", session_path, {}, with(over_https, session));
  REQUIRE(ended);
  CHECK(ended->status == 204);
  CHECK(ended->headers.at("set-cookie").starts_with("__Host-orderly_session_" + port_of(server) + "=; Max-Age=0; Secure;"));
}

TEST_CASE("a log-in from beyond this machine wants TLS, and a proxy says that it had it only when it is named") {
  const auto logs_in = [](const std::vector<std::string>& proxies, const header_list& headers) {
    const running_server server{behind(proxies)};
    return status_of(server, "POST", session_path, headers, olgas_login);
  };
  CHECK(logs_in({}, {}) == 200);
  CHECK(logs_in({}, over_https) == 403);
  CHECK(logs_in({"192.0.2.0/24", "::1"}, over_https) == 403);
  CHECK(logs_in({}, {{"X-Forwarded-Proto", "https"}}) == 403);
  CHECK(logs_in({"::ffff:127.0.0.0/104"}, over_https) == 200);
  for (const auto* proto : {"http", "https, http", "http, https", "", "wss"}) {
    INFO(proto);
    CHECK(logs_in({"127.0.0.1"}, {{"X-Forwarded-Proto", proto}}) == 403);
  }
  CHECK(logs_in({"127.0.0.1"}, {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "https"}}) == 403);
  CHECK(logs_in({"127.0.0.1"}, {{"X-Forwarded-For", "127.0.0.1"}}) == 403); // it passes on what came from somewhere
  for (const auto* header : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"}) {
    INFO(header);
    CHECK(logs_in({}, {{header, "127.0.0.1"}}) == 403);
  }
}

TEST_CASE("under TLS a page without it is one of another origin, and browsers are told to stay with TLS") {
  const running_server server{behind({"127.0.0.1"})};
  CHECK(status_of(server, "POST", session_path, with(over_https, {{"Origin", "http://orderly.test"}}), olgas_login) == 403);
  CHECK(status_of(server, "POST", session_path, with(over_https, {{"Origin", "https://orderly.test"}}), olgas_login) == 200);
  for (const auto* target : {"/", "/healthz", "/api/v1/orders", "/nothing"}) {
    INFO(target);
    CHECK(server.api("GET", target, {}, over_https)->headers.at("strict-transport-security") == "max-age=31536000");
    CHECK_FALSE(server.api("GET", target, {}, {})->headers.contains("strict-transport-security"));
  }
}

TEST_CASE("X-Forwarded-For from a peer that is not named is told once") {
  const captured_log log;
  {
    const running_server named{behind({"127.0.0.1"})};
    (void)named.api("GET", order_list, {}, over_https);
  }
  CHECK(log.lines("proxy.unnamed").empty());
  const running_server server;
  for (int i = 0; i < 3; ++i)
    (void)server.api("GET", order_list, {}, over_https);
  const auto told = log.lines("proxy.unnamed");
  REQUIRE(told.size() == 1);
  CHECK(string_at(told.front(), "peer") == "127.0.0.1");
}

TEST_CASE("a proxy that is no address is named by the start") {
  try {
    const running_server server{behind({"proxy.example.com"})};
    FAIL("it started");
  } catch (const std::runtime_error& e) {
    CHECK(std::string{e.what()}.find("proxy.example.com") != std::string::npos);
  }
}
