// Who is turned away by the admin listener is told in the log, and cannot fill it.

#include "base/json.hpp"
#include "net/api/refusal_log.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/catch.hpp"

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

const std::string session_path = "/api/v1/session", order_list = "/api/v1/orders",
                  a_note = "/api/v1/orders/576461413038785752/notes", note = R"({"text":"x"})";

std::string login(std::string_view name, std::string_view password) {
  return R"({"username":")" + std::string{name} + R"(","password":")" + std::string{password} + R"("})";
}

} // namespace

TEST_CASE("failed log-ins, refused tokens, 403 and 421 are told, with who asked and nothing that was sent") {
  const captured_log log;
  auto options = quick_options();
  options.trusted_proxies = {"127.0.0.1"};
  const running_server server{options};
  const header_list through_proxy{{"X-Forwarded-For", "198.51.100.1, 203.0.113.9"}, {"X-Forwarded-Proto", "https"}};
  const auto ask = [&](std::string_view method, std::string_view target, header_list headers, std::string_view body = {}) {
    headers.insert(headers.end(), through_proxy.begin(), through_proxy.end());
    const auto got = server.api(method, target, body, headers);
    REQUIRE(got);
    return got->status;
  };
  CHECK(ask("POST", session_path, {}, login("planted-name", "planted-password")) == 401);
  CHECK(ask("GET", order_list, {{"Authorization", "Bearer planted-token"}}) == 401);
  CHECK(ask("GET", "/metrics", {{"Authorization", "Basic planted-basic"}}) == 401);
  CHECK(ask("POST", a_note, {{"Authorization", "Bearer viewer-token"}}, note) == 403);
  CHECK(ask("POST", session_path, {{"Origin", "http://planted-origin.example"}}, login("olga", a_password)) == 403);
  CHECK(ask("GET", "/planted-path?planted-query", {{"Host", "planted-host.example"}}) == 421);
  CHECK(server.api("POST", session_path, login("olga", a_password), {{"X-Forwarded-For", "203.0.113.9"}})->status == 403);

  CHECK(log.lines("access.login_failed").size() == 2);
  CHECK(log.lines("access.token_refused").size() == 2);
  CHECK(log.lines("access.misdirected").size() == 1);
  const auto forbidden = log.lines("access.forbidden");
  REQUIRE(forbidden.size() == 2);
  CHECK(string_at(forbidden[0], "reason") == "role");
  CHECK(string_at(forbidden[0], "user") == "vera");
  CHECK(string_at(forbidden[0], "route") == "order_notes");
  CHECK(string_at(forbidden[1], "reason") == "cross_origin");
  for (const auto* event : {"access.login_failed", "access.token_refused", "access.forbidden", "access.misdirected"})
    for (const auto& line : log.lines(event))
      CHECK(string_at(line, "client") == "203.0.113.9");
  CHECK(log.text().find("planted") == std::string::npos);
}

TEST_CASE("who asks as nobody, or logs in, is no news") {
  const captured_log log;
  const running_server server;
  CHECK(server.api("GET", session_path, {}, {})->status == 401);
  CHECK(server.api("GET", session_path, {}, {{"Cookie", "orderly_session_1=x"}, {"X-CSRF-Token", "x"}})->status == 401);
  CHECK(server.api("POST", session_path, login("olga", a_password), {})->status == 200);
  CHECK(log.text().empty());
}

TEST_CASE("a flood of refusals is a few lines a minute of its kind, and then how many were left out") {
  const captured_log log;
  manual_clock time;
  refusal_log refusals{time};
  const auto told = [&] { return log.lines("access.token_refused"); };
  for (int i = 0; i < 2000; ++i)
    refusals.tell(refusal::token, "192.0.2.7");
  CHECK(told().size() == refusal_log::most_a_minute);
  refusals.tell(refusal::login, "192.0.2.8"); // another kind's lines are its own
  CHECK(log.lines("access.login_failed").size() == 1);
  time.advance(59s);
  refusals.tell(refusal::token, "192.0.2.7");
  CHECK(told().size() == refusal_log::most_a_minute);
  time.advance(1s);
  refusals.tell(refusal::token, "192.0.2.7");
  refusals.tell(refusal::token, "192.0.2.7");
  const auto lines = told();
  REQUIRE(lines.size() == refusal_log::most_a_minute + 2);
  CHECK_FALSE(lines.front().contains("left_out"));
  CHECK(lines[refusal_log::most_a_minute].at("left_out").to_number<int>() == 2000 - 10 + 1);
  CHECK_FALSE(lines.back().contains("left_out"));
}
