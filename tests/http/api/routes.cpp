// The tables of both listeners: what follows from a row holds for every row, also for those that are still to come.

#include "net/api/routes.hpp"

#include "net/edge/public_site.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr std::array all_methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::array all_roles{role::viewer, role::op, role::admin};

header_list token_of(role who) {
  const auto name = who == role::op ? std::string{"op"} : std::string{name_of(who)};
  return {{"Authorization", "Bearer " + name + "-token"}};
}

/// A path that the row matches.
std::string path_for(std::string_view pattern) {
  std::string out{pattern};
  for (auto at = out.find('{'); at != std::string::npos; at = out.find('{'))
    out.replace(at, out.find('}') - at + 1, "1");
  return out;
}

template <class Routes>
std::map<std::string, std::set<std::string>> methods_by_path(const Routes& routes) {
  std::map<std::string, std::set<std::string>> out;
  for (const auto& row : routes) {
    out[std::string{row.path}].insert(std::string{row.method});
    if (row.method == "GET")
      out[std::string{row.path}].insert("HEAD");
  }
  return out;
}

std::set<std::string> words_of(std::string_view list) {
  std::set<std::string> out;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(", ", at), list.size());
    out.emplace(list.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

std::string asked(std::string_view listener, std::string_view label, int status) {
  return "orderly_http_requests_total{listener=\"" + std::string{listener} + "\",route=\"" + std::string{label} + "\",status=\"" +
         std::to_string(status) + "\"}";
}

void check_other_methods(const running_server& server, const std::string& address, std::string_view listener,
                         const std::string& pattern, const std::set<std::string>& allowed, std::string_view label) {
  for (const auto* method : all_methods) {
    if (allowed.contains(method))
      continue;
    INFO(method << ' ' << pattern);
    const auto before = server.metric(asked(listener, label, 405));
    raw_connection connection{address};
    REQUIRE(connection.send(request_text(method, path_for(pattern), {}, token_of(role::admin))));
    const auto got = connection.receive(std::string_view{method} == "HEAD");
    REQUIRE(got);
    CHECK(got->status == 405);
    CHECK(words_of(got->headers.at("allow")) == allowed);
    CHECK(server.metric(asked(listener, label, 405)) == before + 1);
  }
}

} // namespace

TEST_CASE("every path of both tables refuses other methods with 405 and says in Allow which there are") {
  running_server server;
  const auto rows = admin_routes();
  for (const auto& [path, allowed] : methods_by_path(rows)) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.path == path; });
    check_other_methods(server, server.http->admin_listen(), "admin", path, allowed, row->label);
  }
  for (const auto& [path, allowed] : methods_by_path(public_routes())) {
    const auto open = public_routes();
    const auto row = std::find_if(open.begin(), open.end(), [&](const auto& each) { return each.path == path; });
    check_other_methods(server, server.http->listen(), "public", path, allowed, row->label);
  }
}

TEST_CASE("every row that needs a role answers 401 without a token and 403 below its role, and does nothing") {
  running_server server;
  for (const auto& row : admin_routes()) {
    if (!row.needs)
      continue;
    INFO(row.method << ' ' << row.path);
    const auto ask = [&](const header_list& headers) { return server.api(row.method, path_for(row.path), {}, headers); };
    const auto ask_for_head = [&](const header_list& headers) { // of a body without an end
      raw_connection connection{server.http->admin_listen()};
      return connection.send(request_text(row.method, path_for(row.path), {}, headers)) ? connection.receive(true) : std::nullopt;
    };
    const auto anybody = ask({});
    REQUIRE(anybody);
    CHECK(anybody->status == 401);
    for (const auto who : all_roles) {
      const auto before = server.metric(asked("admin", row.label, 403));
      const auto got = row.label == "stream" && who >= *row.needs ? ask_for_head(token_of(who)) : ask(token_of(who));
      REQUIRE(got);
      CHECK((got->status == 403) == (who < *row.needs));
      CHECK(server.metric(asked("admin", row.label, 403)) == before + (who < *row.needs ? 1 : 0));
      if (who < *row.needs)
        CHECK(got->body.find("\"role\":\"" + std::string{name_of(*row.needs)} + '"') != std::string::npos);
      CHECK(got->status != 401);
      if (who < *row.needs) {
        CHECK(server.port.posted().empty());
        CHECK(server.actors.restarts.empty());
        CHECK(server.actors.redrives.empty());
      }
    }
    server.port.forget();
    server.actors.restarts.clear();
    server.actors.redrives.clear();
  }
}

TEST_CASE("every row but health and the log-in needs a role; no row that acts is open to a viewer but the log-out") {
  for (const auto& row : admin_routes()) {
    INFO(row.method << ' ' << row.path);
    const bool is_session = row.path == "/api/v1/session";
    const bool is_health = row.path == live_row.path || row.path == ready_row.path;
    CHECK(row.needs.has_value() == !(is_health || (is_session && row.method == "POST")));
    CHECK(row.open_to_loopback == (row.path == "/metrics"));
    if (row.needs && row.method != "GET" && !is_session)
      CHECK(*row.needs >= role::op);
  }
}

TEST_CASE("no resource's file is left out of the listener's table") {
  std::set<std::string> files;
  for (const auto& each : std::filesystem::directory_iterator{source_file("net/api")})
    if (const auto name = each.path().filename().string(); name.ends_with("_api.cpp"))
      files.insert(name);
  CAPTURE(files);
  CHECK(files.size() == admin_resources.size());
}

TEST_CASE("each row is described, and all rows of a path have one label") {
  std::map<std::string, std::string> labels;
  const auto look = [&](const route_row& row) {
    INFO(row.method << ' ' << row.path);
    CHECK_FALSE(row.summary.empty());
    CHECK(row.summary.find('\n') == std::string_view::npos);
    CHECK_FALSE(row.label.empty());
    CHECK(std::all_of(row.label.begin(), row.label.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
    CHECK(row.method != "HEAD"); // answered by GET
    CHECK(labels.emplace(row.path, row.label).first->second == row.label);
  };
  for (const auto& row : admin_routes())
    look(row);
  for (const auto& row : public_routes()) {
    look(row);
    CHECK(row.path.find('{') == std::string_view::npos); // this listener compares paths as they are sent
  }
}

TEST_CASE("a row that says a segment goes before one with a parameter there; parameters are found by name") {
  const std::vector<route_row> rows{{"GET", "/a/{id}", {}, "one", ""},
                                    {"GET", "/a/{id}/{part}", {}, "part", ""},
                                    {"GET", "/a/all", {}, "all", ""},
                                    {"POST", "/a/{id}", {}, "one", ""},
                                    {"GET", "/{what}/all", {}, "any", ""}};
  const route_index index{rows};
  const auto label = [&](std::vector<std::string> segments) {
    const auto* found = index.find(segments);
    return found ? std::string{found->label} : "none";
  };
  CHECK(label({"a", "all"}) == "all");
  CHECK(label({"a", "7"}) == "one");
  CHECK(label({"b", "all"}) == "any");
  CHECK(label({"a", "7", "x"}) == "part");
  CHECK(label({"a"}) == "none");
  CHECK(label({"a", "7", "x", "y"}) == "none");
  CHECK(label({}) == "none");
  CHECK(index.find_literal("/a/all")->label == "all");
  CHECK(index.find_literal("/a/{id}") == nullptr);
  const std::vector<std::string> segments{"a", "ü/7", "x"};
  const auto* found = index.find(segments);
  CHECK(parameter_in(*found, segments, "id") == "ü/7");
  CHECK(parameter_in(*found, segments, "part") == "x");
  CHECK(index.find(std::vector<std::string>{"a", "7"})->allow == "GET, HEAD, POST");
  CHECK_THROWS(parameter_in(*found, segments, "name"));
  const std::vector<route_row> twice{rows[0], rows[0]};
  CHECK_THROWS(route_index{twice});
}

TEST_CASE("what is no order's id is not found where an order is named, whoever may use the row") {
  running_server server;
  for (const auto& row : admin_routes())
    if (row.path.find("{id}") != std::string_view::npos && row.path.starts_with("/api/v1/orders/")) {
      INFO(row.method << ' ' << row.path);
      auto path = std::string{row.path};
      path.replace(path.find("{id}"), 4, "not-an-id");
      path = path.find("{kind}") == std::string::npos ? path : path.replace(path.find("{kind}"), 6, "report_failed");
      const auto got = server.api(row.method, path, "{}");
      REQUIRE(got);
      CHECK(got->status == 404);
      CHECK(got->body.find("order_not_found") != std::string::npos);
    }
}
