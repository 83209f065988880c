// Answers that are not a text of their own, and requests of which any header can be asked.

#include "tests/http/support/served_site.hpp"
#include "tests/support/catch.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("shared bytes are served whole, many times, and never copied") {
  std::string text(3 << 20, 'x');
  text += "end";
  const auto file = std::make_shared<const std::string>(std::move(text));
  const shared_bytes shared = share(file);
  CHECK(shared.bytes.data() == file->data());
  served_site site{site_handlers{{"/file", [&](const http_request&, const responder_ptr& to) {
                                    to->answer({200, "text/javascript", shared, {{"ETag", "\"1\""}}});
                                  }}}};
  raw_connection connection{site.address()};
  for (int i = 0; i < 3; ++i) {
    const auto got = connection.ask(request_text("GET", "/file"));
    REQUIRE(got);
    CHECK(got->body == *file);
    CHECK(got->headers.at("content-length") == std::to_string(file->size()));
    CHECK(got->headers.at("content-type") == "text/javascript");
  }
  REQUIRE(connection.send(request_text("HEAD", "/file")));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->headers.at("content-length") == std::to_string(file->size()));
  CHECK(connection.ask(request_text("GET", "/file"))->body.size() == file->size()); // no byte of a body came before
}

TEST_CASE("what is shared is kept until its last byte has gone out, and let go of then") {
  std::weak_ptr<const std::string> watched;
  served_site site{site_handlers{{"/once", [&](const http_request&, const responder_ptr& to) {
                                    const auto text = std::make_shared<const std::string>(8 << 20, 'y');
                                    watched = text;
                                    to->answer({200, "text/plain", share(text), {}});
                                  }}}};
  raw_connection connection{site.address()};
  const auto got = connection.ask(request_text("GET", "/once"));
  REQUIRE(got);
  CHECK(got->body == std::string(8 << 20, 'y'));
  REQUIRE(connection.ask(request_text("GET", "/nothing"))); // the session is past it
  CHECK(watched.expired());
}

TEST_CASE("any header can be asked for, in any case, and how often it came is known") {
  std::string seen;
  served_site site{site_handlers{
      {"/", [&](const http_request& request, const responder_ptr& to) {
         for (const auto* name : {"cookie", "If-None-Match", "LAST-EVENT-ID", "X-CSRF-Token", "Traceparent", "X-Not"}) {
           const auto found = request.header(name);
           seen += std::string{name} + '=' + std::string{found.value} + '*' + std::to_string(found.count) + ' ';
         }
         to->answer(request.header("if-none-match").value == "\"7\"" ? http_response{304, {}, {}, {}}
                                                                     : http_response{200, "text/plain", "new", {}});
       }}}};
  raw_connection connection{site.address()};
  const auto unchanged = connection.ask(request_text("GET", "/", {},
                                                     {{"Cookie", "a=1"},
                                                      {"if-none-match", "\"7\""},
                                                      {"Last-Event-Id", "12"},
                                                      {"Cookie", "b=2"},
                                                      {"x-csrf-token", " t "},
                                                      {"traceparent", ""}}));
  REQUIRE(unchanged);
  CHECK(unchanged->status == 304);
  CHECK(unchanged->headers.count("content-length") == 0); // it would be said of what has not changed
  CHECK(seen == "cookie=a=1*2 If-None-Match=\"7\"*1 LAST-EVENT-ID=12*1 X-CSRF-Token=t*1 Traceparent=*1 X-Not=*0 ");
  CHECK(connection.ask(request_text("GET", "/"))->body == "new");
}
