// Log-in over the wire: cookies, CSRF tokens, and what ends a session.

#include "base/json.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

const std::string session_path = "/api/v1/session", order_list = "/api/v1/orders",
                  a_note = "/api/v1/orders/576461413038785752/notes", note = R"({"text":"x"})";

std::string port_of(const running_server& server) {
  const auto address = server.http->admin_listen();
  return address.substr(address.rfind(':') + 1);
}

std::string login_body(std::string_view name, std::string_view password) {
  return R"({"username":")" + std::string{name} + R"(","password":")" + std::string{password} + R"("})";
}

json::object body_of(const std::optional<raw_response>& got) {
  REQUIRE(got);
  return parse_json(got->body).value().as_object();
}

/// A browser that keeps what it was given.
struct browser {
  std::string cookie, csrf_token;

  [[nodiscard]] header_list headers() const { return {{"Cookie", cookie}, {"X-CSRF-Token", csrf_token}}; }
};

browser log_in(const running_server& server, std::string_view name = "olga") {
  const auto got = server.api("POST", session_path, login_body(name, a_password), {});
  REQUIRE(got);
  REQUIRE(got->status == 200);
  const auto set = got->headers.at("set-cookie");
  return {set.substr(0, set.find(';')), std::string{string_at(body_of(got), "csrf_token")}};
}

int status_of(const running_server& server, std::string_view method, std::string_view target, const header_list& headers,
              std::string_view body = {}) {
  const auto got = server.api(method, target, body, headers);
  REQUIRE(got);
  return got->status;
}

} // namespace

TEST_CASE("whoever logs in is told who they are, and gets a cookie that no script and no other site can use") {
  running_server server;
  server.first_password = true;
  const auto got = server.api("POST", session_path, login_body("olga", a_password), {});
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->headers.at("cache-control") == "no-store");
  const auto set = got->headers.at("set-cookie");
  CHECK(set.starts_with("orderly_session_" + port_of(server) + "="));
  CHECK(set.ends_with("; HttpOnly; SameSite=Strict; Path=/"));
  const auto body = body_of(got);
  CHECK(string_at(body.at("user").as_object(), "name") == "olga");
  CHECK(string_at(body.at("user").as_object(), "role") == "operator");
  CHECK(body.at("first_password").as_bool());
  CHECK(string_at(body, "server_time") == to_rfc3339(server.clock.now()));
  CHECK(string_at(body, "expires_at") == to_rfc3339(server.clock.now() + 12h));
  CHECK_FALSE(string_at(body, "build").empty());
  CHECK(string_at(body, "csrf_token").size() == 43); // 256 bits
  CHECK(set.find(string_at(body, "csrf_token")) == std::string::npos);
}

TEST_CASE("with cookie and CSRF token one is asked no more, and acts as oneself") {
  running_server server;
  const auto here = log_in(server);
  const auto again = body_of(server.api("GET", session_path, {}, here.headers()));
  CHECK(string_at(again.at("user").as_object(), "name") == "olga");
  CHECK_FALSE(again.contains("csrf_token"));
  CHECK_FALSE(again.at("first_password").as_bool());
  CHECK(status_of(server, "GET", order_list, here.headers()) == 200);
  (void)server.api("POST", a_note, note, here.headers());
  REQUIRE(server.port.posted().size() == 1);
  CHECK(server.port.posted().front().inputs.front().actor == "olga");
  const auto viewer = log_in(server, "vera");
  CHECK(status_of(server, "GET", order_list, viewer.headers()) == 200);
  CHECK(status_of(server, "POST", a_note, viewer.headers(), note) == 403);
}

TEST_CASE("a wrong name and a wrong password get the same answer, to the byte") {
  const running_server server;
  const auto wrong_name = server.api("POST", session_path, login_body("nobody", a_password), {}),
             wrong_password = server.api("POST", session_path, login_body("olga", "wrong"), {});
  REQUIRE((wrong_name && wrong_password));
  CHECK(wrong_name->status == 401);
  CHECK(wrong_password->status == 401);
  CHECK(wrong_name->body == wrong_password->body);
  CHECK(string_at(body_of(wrong_name), "code") == "unauthorized");
  CHECK(string_at(body_of(wrong_name), "detail") == "The name or the password is wrong.");
  CHECK_FALSE(wrong_name->headers.contains("set-cookie"));
}

TEST_CASE("a log-in's body is read strictly, and no answer repeats a password") {
  const running_server server;
  for (const auto& [body, status] :
       std::vector<std::pair<std::string, int>>{{"{", 400},
                                                {"[]", 422},
                                                {R"({"username":"olga"})", 422},
                                                {R"({"password":"hunter2hunter2"})", 422},
                                                {R"({"username":"olga","password":["hunter2hunter2"]})", 422},
                                                {login_body("olga", std::string(513, 'h')), 422},
                                                {R"({"username":"olga","password":"hunter2hunter2","more":1})", 422},
                                                {login_body("olga", std::string(5000, 'h')), 413}}) {
    INFO(body.substr(0, 80));
    const auto got = server.api("POST", session_path, body, {});
    REQUIRE(got);
    CHECK(got->status == status);
    CHECK(got->body.find("hunter2") == std::string::npos);
    CHECK(got->body.find("hhhh") == std::string::npos);
  }
  CHECK(status_of(server, "POST", session_path, {{"Content-Type", "text/plain"}}, login_body("olga", a_password)) == 415);
}

TEST_CASE("of a log-in 4096 bytes are read and no more, since nobody is known yet") {
  const running_server server;
  const auto padded = [](std::size_t size) {
    return login_body("nobody", std::string(size - login_body("nobody", "").size(), 'p'));
  };
  CHECK(status_of(server, "POST", session_path, {}, padded(4096)) == 422); // it was read
  const auto head = [](const std::string& length) {
    return "POST " + session_path + " HTTP/1.1\r\nHost: orderly.test\r\nContent-Type: application/json\r\n" + length + "\r\n\r\n";
  };
  for (const auto& request : {head("Content-Length: 4097"), head("Transfer-Encoding: chunked") + "1001\r\n" + padded(4097)}) {
    raw_connection connection{server.http->admin_listen()};
    const auto got = connection.ask(request); // the rest is not waited for
    REQUIRE(got);
    CHECK(got->status == 413);
    CHECK(string_at(body_of(got), "code") == "body_too_large");
    CHECK(got->headers.at("connection") == "close");
  }
}

TEST_CASE("a page of another origin cannot log anybody in") {
  const running_server server;
  const auto body = login_body("olga", a_password);
  const auto own = "localhost:" + port_of(server);
  CHECK(status_of(server, "POST", session_path, {{"Origin", "http://evil.example"}}, body) == 403);
  CHECK(status_of(server, "POST", session_path, {{"Host", own}, {"Origin", "http://localhost:1"}}, body) == 403);
  CHECK(status_of(server, "POST", session_path, {{"Sec-Fetch-Site", "same-site"}}, body) == 403);
  CHECK(status_of(server, "POST", session_path, {{"Host", own}, {"Origin", "http://" + own}}, body) == 200);
  CHECK(status_of(server, "POST", session_path, {{"Origin", "https://orderly.test"}, {"Sec-Fetch-Site", "same-origin"}}, body) ==
        200);
}

TEST_CASE("a cookie alone opens nothing, reads neither, and a CSRF token alone neither") {
  running_server server;
  const auto here = log_in(server), other = log_in(server);
  for (const auto& path : {order_list, session_path}) {
    INFO(path);
    CHECK(status_of(server, "GET", path, {{"Cookie", here.cookie}}) == 401);
    CHECK(status_of(server, "GET", path, {{"X-CSRF-Token", here.csrf_token}}) == 401);
    CHECK(status_of(server, "GET", path, {{"Cookie", here.cookie}, {"X-CSRF-Token", other.csrf_token}}) == 401);
    CHECK(status_of(server, "GET", path, {{"Cookie", here.cookie}, {"X-CSRF-Token", "forged"}}) == 401);
  }
  CHECK(status_of(server, "POST", a_note, {{"Cookie", here.cookie}}, note) == 401);
  CHECK(status_of(server, "POST", a_note, {{"Cookie", here.cookie}, {"X-CSRF-Token", "forged"}}, note) == 403);
  CHECK(status_of(server, "POST", a_note, {{"Cookie", here.cookie}, {"X-CSRF-Token", other.csrf_token}}, note) == 403);
  CHECK(status_of(server, "DELETE", session_path, {{"Cookie", here.cookie}, {"X-CSRF-Token", "forged"}}) == 403);
  CHECK(server.port.posted().empty());
  CHECK(status_of(server, "GET", order_list, here.headers()) == 200);
}

TEST_CASE("an unsafe request of a session from another origin's page is refused, whatever it carries") {
  running_server server;
  const auto here = log_in(server);
  for (const auto& [name, value] : header_list{{"Origin", "http://evil.example"},
                                               {"Origin", "null"},
                                               {"Origin", "http://orderly.test:1"},
                                               {"Sec-Fetch-Site", "cross-site"},
                                               {"Sec-Fetch-Site", "same-site"}}) {
    INFO(name << ": " << value);
    auto headers = here.headers();
    headers.emplace_back(name, value);
    CHECK(status_of(server, "POST", a_note, headers, note) == 403);
  }
  CHECK(server.port.posted().empty());
}

TEST_CASE("the cookie of an engine on another port, and one that came twice, are nobody's") {
  running_server server;
  const auto here = log_in(server);
  const auto id = here.cookie.substr(here.cookie.find('='));
  for (const auto& cookie : {"orderly_session_1" + id, "orderly_session_" + id, "x" + here.cookie, here.cookie + "x",
                             here.cookie + "; " + here.cookie.substr(0, here.cookie.find('=')) + "=planted"}) {
    INFO(cookie);
    CHECK(status_of(server, "GET", order_list, {{"Cookie", cookie}, {"X-CSRF-Token", here.csrf_token}}) == 401);
  }
  CHECK(status_of(server, "GET", order_list, {{"Cookie", "a=b; " + here.cookie + ";c=d"}, {"X-CSRF-Token", here.csrf_token}}) ==
        200);
}

TEST_CASE("a request with an Authorization header is judged by it alone") {
  running_server server;
  const auto here = log_in(server, "ada");
  auto headers = here.headers();
  headers.emplace_back("Authorization", "Bearer wrong");
  CHECK(status_of(server, "GET", order_list, headers) == 401);
  headers.back().second = "Bearer viewer-token";
  CHECK(status_of(server, "GET", order_list, headers) == 200);
  CHECK(status_of(server, "POST", a_note, headers, note) == 403); // vera's role, though ada's session came too
  const auto who = body_of(server.api("GET", session_path, {}, headers));
  CHECK(string_at(who.at("user").as_object(), "name") == "vera");
  CHECK(who.at("expires_at").is_null());
  CHECK(status_of(server, "DELETE", session_path, headers) == 404); // a token has none
  CHECK(status_of(server, "GET", session_path, here.headers()) == 200);
}

TEST_CASE("a log-out ends the session and takes the cookie back") {
  running_server server;
  const auto here = log_in(server), other = log_in(server);
  const auto got = server.api("DELETE", session_path, {}, here.headers());
  REQUIRE(got);
  CHECK(got->status == 204);
  CHECK(got->headers.at("set-cookie") ==
        "orderly_session_" + port_of(server) + "=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/");
  CHECK(status_of(server, "GET", session_path, here.headers()) == 401);
  CHECK(status_of(server, "GET", order_list, here.headers()) == 401);
  CHECK(status_of(server, "GET", session_path, other.headers()) == 200);
}

TEST_CASE("a session ends after an idle hour and after twelve hours; the next log-in is another one") {
  running_server server;
  const auto here = log_in(server);
  server.clock.advance(60min);
  CHECK(status_of(server, "GET", session_path, here.headers()) == 401);
  const auto next = log_in(server);
  CHECK(next.cookie != here.cookie);
  CHECK(next.csrf_token != here.csrf_token);
  for (auto passed = 0min; passed + 50min < 12h; passed += 50min) {
    CHECK(status_of(server, "GET", order_list, next.headers()) == 200);
    server.clock.advance(50min);
  }
  CHECK(status_of(server, "GET", order_list, next.headers()) == 200);
  server.clock.advance(50min);
  CHECK(status_of(server, "GET", order_list, next.headers()) == 401);
}

TEST_CASE("log-ins beyond the queue for passwords are refused at once and told when to come again") {
  const running_server server;
  std::vector<std::unique_ptr<raw_connection>> all;
  for (int i = 0; i < 40; ++i) { // of names that are not there: they cost what real ones cost
    all.push_back(std::make_unique<raw_connection>(server.http->admin_listen()));
    REQUIRE(all.back()->send(request_text("POST", session_path, login_body("nobody", "p"))));
  }
  int refused = 0, wrong = 0;
  for (const auto& one : all) {
    const auto got = one->receive();
    REQUIRE(got);
    wrong += got->status == 401;
    if (got->status != 429)
      continue;
    ++refused;
    CHECK(got->headers.at("retry-after") == "1");
    CHECK(string_at(body_of(got), "code") == "too_many_requests");
  }
  CHECK(refused > 0);
  CHECK(wrong >= 8);
  CHECK(refused + wrong == 40);
}

TEST_CASE("while the store cannot write, nobody is logged in, and nobody is told that the password was wrong") {
  running_server server;
  server.kept.read_only = true;
  const auto got = server.api("POST", session_path, login_body("olga", a_password), {});
  REQUIRE(got);
  CHECK(got->status == 503);
  CHECK_FALSE(got->headers.contains("set-cookie"));
}
