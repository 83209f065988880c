// Which file of the console a request gets, and under which headers.

#include "net/console/console_site.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace orderly;

namespace {

constexpr std::string_view page = "<!doctype html>", script = "let orders = [];", zipped = "zz", squeezed = "b";
const console_asset table[] = {{"/index.html", "text/html; charset=utf-8", "aa11", false, page, {}, {}},
                               {"/assets/index-9f.js", "text/javascript; charset=utf-8", "bb22", true, script, zipped, squeezed}};
constexpr std::string_view browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

std::optional<console_answer> ask(std::string_view path, std::string_view accept = browser, std::string_view encoding = "",
                                  std::string_view known = "", std::string_view method = "GET") {
  return answer_console({method, path, accept, encoding, known}, table);
}

std::string header(const console_answer& answer, std::string_view name) {
  const auto found =
      std::find_if(answer.headers.begin(), answer.headers.end(), [&](const auto& each) { return each.first == name; });
  return found == answer.headers.end() ? "" : found->second;
}

} // namespace

TEST_CASE("a browser gets the page at any address that is not the API's, the metrics' or a file's") {
  for (const auto path : {"/", "/index.html", "/orders", "/orders/576461413038785752", "/apiary", "/metricsx"}) {
    CAPTURE(path);
    const auto answer = ask(path);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == page);
    CHECK(answer->content_type == "text/html; charset=utf-8");
  }
  for (const auto path : {"/api/v1/orders", "/api", "/api/", "/metrics", "/assets/gone-1.js", "/assets"}) {
    CAPTURE(path);
    CHECK_FALSE(ask(path));
  }
}

TEST_CASE("who does not ask for a page gets none, except at the root") {
  CHECK_FALSE(ask("/orders", "application/json"));
  CHECK_FALSE(ask("/orders", "*/*"));
  CHECK_FALSE(ask("/orders", ""));
  CHECK_FALSE(ask("/orders", "text/html;q=0, */*"));
  CHECK(ask("/", "*/*"));
  CHECK(ask("/orders", "application/json, Text/HTML;level=1"));
}

TEST_CASE("only GET and HEAD are answered") {
  CHECK(ask("/", browser, "", "", "HEAD"));
  for (const auto method : {"POST", "DELETE", "PUT", "OPTIONS"})
    CHECK_FALSE(ask("/", browser, "", "", method));
}

TEST_CASE("a file comes in the smallest form that the browser takes, and says so") {
  const auto js = "/assets/index-9f.js";
  const auto form = [&](std::string_view encoding) { return ask(js, "*/*", encoding).value(); };
  CHECK(form("gzip, deflate, br").body == squeezed);
  CHECK(header(form("gzip, deflate, br"), "Content-Encoding") == "br");
  CHECK(form("gzip;q=0.5, br;q=0").body == zipped);
  CHECK(header(form("GZIP"), "Content-Encoding") == "gzip");
  CHECK(form("").body == script);
  CHECK(form("gzip;q=0.000, br; q=0").body == script);
  CHECK(form("deflate").headers == form("").headers);
  CHECK(header(form(""), "Content-Encoding").empty());
  CHECK(header(form("br"), "Vary") == "Accept-Encoding");
  CHECK(ask("/", browser, "br").value().body == page); // there is no smaller form of it
}

TEST_CASE("each form has its own entity tag; a browser that has it is told so without the bytes") {
  const auto js = "/assets/index-9f.js";
  CHECK(header(*ask(js, "*/*", "br"), "ETag") == "\"bb22-br\"");
  CHECK(header(*ask(js, "*/*", ""), "ETag") == "\"bb22\"");
  for (const auto known : {"\"bb22-br\"", "W/\"bb22-br\"", "\"x\", \"bb22-br\"", "*"}) {
    CAPTURE(known);
    const auto answer = ask(js, "*/*", "br", known).value();
    CHECK(answer.status == 304);
    CHECK(answer.body.empty());
    CHECK(answer.content_type.empty());
    CHECK(header(answer, "ETag") == "\"bb22-br\"");
    CHECK(header(answer, "Cache-Control") == "public, max-age=31536000, immutable");
  }
  CHECK(ask(js, "*/*", "gzip", "\"bb22-br\"").value().status == 200);
  CHECK(ask(js, "*/*", "", "bb22").value().status == 200);
}

TEST_CASE("files whose name holds their hash are kept for good, the page is asked for each time") {
  CHECK(header(*ask("/assets/index-9f.js"), "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(header(*ask("/orders"), "Cache-Control") == "no-cache");
}

TEST_CASE("every answer forbids scripts of others, framing and guessing of types") {
  for (const auto& answer : {ask("/").value(), ask("/assets/index-9f.js").value(), ask("/", browser, "", "*").value()}) {
    CHECK(header(answer, "Content-Security-Policy").starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
    CHECK(header(answer, "Content-Security-Policy").ends_with("require-trusted-types-for 'script'; trusted-types 'none'"));
    CHECK(header(answer, "Referrer-Policy") == "no-referrer");
    CHECK(header(answer, "Cross-Origin-Opener-Policy") == "same-origin");
  }
}

TEST_CASE("the console that is linked in has a page, and what the page names") {
  const auto linked = answer_console({"GET", "/orders", browser, "", ""});
  REQUIRE(linked);
  CHECK(linked->body.starts_with("<!doctype html>"));
  for (auto at = linked->body.find("/assets/"); at != std::string_view::npos; at = linked->body.find("/assets/", at + 1)) {
    const auto path = linked->body.substr(at, linked->body.find('"', at) - at);
    CAPTURE(path);
    const auto file = answer_console({"GET", path, "*/*", "", ""});
    REQUIRE(file);
    CHECK_FALSE(file->body.empty());
  }
}
