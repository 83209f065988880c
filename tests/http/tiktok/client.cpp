// The TikTok client's calls and what their answers mean, against a real server in this process that answers as told.

#include "net/tiktok/client.hpp"

#include "net/http/message.hpp"
#include "tests/http/support/tiktok_calls.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

TEST_CASE("order details are asked for with a signature, the shop's cipher and its token") {
  scripted_server server{
      always(http_answer(R"({"code":0,"message":"Success","request_id":"R1","data":{"orders":[{"id":"1"},{"id":"2"}]}})"))};
  client_of client{server.base()};
  const auto reply = client.fetch({"1", "2"}).get();
  CHECK(reply.outcome.result == call_class::ok);
  CHECK(reply.outcome.request_id == "R1");
  CHECK(reply.outcome.http_status == 200);
  REQUIRE(reply.orders.size() == 2);
  CHECK(reply.requested_at == client.clock.now());
  const auto seen = server.requests().at(0);
  CHECK(seen.method == "GET");
  CHECK(is_signed(seen));
  CHECK(seen.target.find("ids=1%2C2") != std::string::npos);
  const auto query = query_of(seen);
  CHECK(query.at("timestamp") == "1789482600");
  CHECK(query.at("shop_cipher") == "ROW_TESTCIPHER");
  CHECK(query.at("app_key") == "6kx9test1app2");
  CHECK(seen.head.find("x-tts-access-token: TTP_token\r\n") != std::string::npos);
  CHECK(seen.head.find("content-type: application/json\r\n") != std::string::npos);
  CHECK(client.measured.render().find(R"(orderly_tiktok_calls_total{class="ok",endpoint="order_detail"} 1)") !=
        std::string::npos);
}

TEST_CASE("the secret is replaced between two calls") {
  scripted_server server{always(http_answer(no_orders))};
  client_of client{server.base()};
  client.fetch({"1"}).get();
  client.port->sign_with("another");
  client.fetch({"1"}).get();
  const auto seen = server.requests();
  REQUIRE(seen.size() == 2);
  CHECK(is_signed(seen[0]));
  CHECK_FALSE(is_signed(seen[1]));
  CHECK(is_signed(seen[1], "another"));
}

TEST_CASE("a token that has been renewed is used by the next call, also by one that waits already") {
  scripted_server server{[](const seen_request&, std::size_t) {
    return scripted_server::reply{http_answer(no_orders), false, 200};
  }};
  client_of client{server.base(), 5s, 1};
  client.fetch({"1"}).get();
  auto before = client.fetch({"2"});
  while (server.requests().size() < 2)
    std::this_thread::sleep_for(1ms);
  auto waiting = client.fetch({"3"}); // the only connection is busy
  auto renewed = test_shop;
  renewed.access_token = "TTP_renewed";
  renewed.cipher = "ROW_RENEWED";
  client.shops.put(renewed);
  before.get();
  waiting.get();
  const auto seen = server.requests();
  REQUIRE(seen.size() == 3);
  CHECK(seen[1].head.find("x-tts-access-token: TTP_token\r\n") != std::string::npos);
  CHECK(seen[2].head.find("x-tts-access-token: TTP_renewed\r\n") != std::string::npos);
  CHECK(query_of(seen[2]).at("shop_cipher") == "ROW_RENEWED");
  CHECK(is_signed(seen[2]));
}

TEST_CASE("to a shop that cannot be called nothing is sent, and the answer says why") {
  scripted_server server{always(http_answer(no_orders))};
  client_of client{server.base()};
  const auto said = [&](std::optional<shop_obstacle> obstacle) {
    auto changed = test_shop;
    changed.obstacle = obstacle;
    client.shops.put(changed);
    const auto fetched = client.fetch({"1"}).get().outcome, shipped = client.ship().get().outcome;
    CHECK(fetched.result == shipped.result);
    CHECK(fetched.message == not_called(*obstacle).message);
    return fetched.result;
  };
  CHECK(said(shop_obstacle::not_connected) == call_class::not_authorized);
  CHECK(said(shop_obstacle::token_expired) == call_class::token_expired);
  CHECK(said(shop_obstacle::deauthorized) == call_class::not_authorized);
  CHECK(said(shop_obstacle::inactive) == call_class::shop_inactive);
  client.shops.remove(test_shop.id);
  CHECK(client.fetch({"1"}).get().outcome.message == "the shop is not connected");
  CHECK(server.requests().empty());
  client.shops.put(test_shop);
  CHECK(client.fetch({"1"}).get().outcome.result == call_class::ok);
}

TEST_CASE("more than fifty ids are split over calls and joined again") {
  scripted_server server{[](const seen_request& request, std::size_t) {
    std::string orders;
    std::stringstream ids{query_of(request).at("ids")};
    for (std::string id; std::getline(ids, id, ',');)
      orders += (orders.empty() ? "" : ",") + ("{\"id\":\"" + id + "\"}");
    return scripted_server::reply{http_answer(R"({"code":0,"data":{"orders":[)" + orders + "]}}")};
  }};
  client_of client{server.base()};
  std::vector<std::string> ids;
  for (int i = 1; i <= 120; ++i)
    ids.push_back(std::to_string(i));
  const auto reply = client.fetch(ids).get();
  CHECK(reply.outcome.result == call_class::ok);
  CHECK(reply.orders.size() == 120);
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1); // kept alive
}

TEST_CASE("a shipment's body is signed and sent as the same bytes; a warning comes with success") {
  scripted_server server{always(http_answer(accepted))};
  client_of client{server.base()};
  const auto reply = client.ship({line_item_id{"577086512123755123"}}).get();
  CHECK(reply.outcome.result == call_class::ok);
  CHECK(reply.package.str() == "1153132168123859123");
  CHECK(reply.warning == "odd");
  const auto seen = server.requests().at(0);
  CHECK(seen.method == "POST");
  CHECK(seen.target.starts_with("/fulfillment/202309/orders/576461413038785752/packages?"));
  CHECK(is_signed(seen));
  const auto body = parse_json(seen.body).value().as_object();
  CHECK(string_at(body, "tracking_number") == "1Z999");
  CHECK(string_at(body, "shipping_provider_id") == "7117");
  CHECK(body.at("order_line_item_ids").as_array().size() == 1);
  client.ship().get();
  CHECK_FALSE(parse_json(server.requests().at(1).body).value().as_object().contains("order_line_item_ids")); // the whole order
}

TEST_CASE("too many requests back off, for as long as Retry-After says") {
  for (const auto& [header, seconds] : std::vector<std::pair<std::string, int>>{{"Retry-After: 7\r\n", 7},
                                                                                {"", 0},
                                                                                {"Retry-After: soon\r\n", 0},
                                                                                {"Retry-After: 999999\r\n", 3600},
                                                                                {"Retry-After: 99999999999999999999\r\n", 3600},
                                                                                {"Retry-After: -5\r\n", 0}}) {
    scripted_server server{
        always(http_answer(R"({"code":36009002,"message":"Too many requests","data":null})", "429 Too Many Requests", header))};
    client_of client{server.base()};
    const auto reply = client.ship().get();
    CHECK(reply.outcome.result == call_class::back_off);
    CHECK(reply.outcome.http_status == 429);
    CHECK(reply.outcome.retry_after == std::chrono::seconds{seconds});
  }
}

TEST_CASE("until Retry-After is over the shop's calls of that endpoint are not sent, whatever they are about") {
  scripted_server server{[](const seen_request& request, std::size_t) {
    if (request.method == "POST")
      return scripted_server::reply{http_answer(accepted)};
    return scripted_server::reply{
        http_answer(R"({"code":36009002,"message":"Too many requests"})", "429 Too Many Requests", "Retry-After: 60\r\n")};
  }};
  client_of client{server.base()};
  client.fetch({"1"}).get();
  client.clock.advance(20s);
  const auto other = client.fetch({"2"}).get().outcome;
  CHECK(other.result == call_class::back_off);
  CHECK(other.retry_after == 40s);
  CHECK(server.requests().size() == 1);
  CHECK(client.ship().get().outcome.result == call_class::ok);
  client.clock.advance(40s);
  client.fetch({"2"}).get();
  CHECK(server.requests().size() == 3);
}

TEST_CASE("a pause that began after now, because the clock was set back, is none") {
  scripted_server server{
      always(http_answer(R"({"code":36009002,"message":"Too many requests"})", "429 Too Many Requests", "Retry-After: 60\r\n"))};
  client_of client{server.base()};
  client.fetch({"1"}).get();
  client.clock.advance(-std::chrono::hours{24 * 365});
  client.fetch({"2"}).get();
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a shorter Retry-After ends no longer pause, and a refusal of one order pauses nothing") {
  std::atomic<int> asked = 0;
  scripted_server server{[&](const seen_request& request, std::size_t) {
    if (request.method == "POST")
      return scripted_server::reply{http_answer(R"({"code":21011022,"message":"no"})", "200 OK", "Retry-After: 3600\r\n")};
    return scripted_server::reply{http_answer(R"({"code":36009002,"message":"Too many requests"})", "429 Too Many Requests",
                                              ++asked == 1 ? "Retry-After: 60\r\n" : "Retry-After: 1\r\n")};
  }};
  client_of client{server.base()};
  client.ship().get();
  client.ship().get();
  CHECK(server.requests().size() == 2);
  auto first = client.fetch({"1"});
  auto second = client.fetch({"2"});
  first.get();
  second.get();
  client.clock.advance(30s);
  CHECK(client.fetch({"3"}).get().outcome.retry_after == 30s); // whether the second was sent, beside the first, or not
}

TEST_CASE("answers that are not TikTok's envelope are never taken for success") {
  for (const std::string body : {"<html>Bad gateway</html>", "", "[]", "{}", "null", R"({"message":"Success"})"})
    for (const std::string status : {"200 OK", "502 Bad Gateway", "503 Service Unavailable"}) {
      INFO(status << ' ' << body);
      scripted_server server{always(http_answer(body, status))};
      client_of client{server.base()};
      CHECK(client.fetch({"1"}).get().outcome.result == call_class::back_off);
      const auto write = client.ship().get().outcome.result;
      CHECK(write != call_class::ok);
      if (status == "200 OK")
        CHECK(write == call_class::outcome_unknown);
    }
}

TEST_CASE("code 0 without data is a success without orders") {
  for (const std::string data :
       {R"("data":null)", R"("data":{})", R"("x":1)", R"("data":{"orders":null})", R"("data":{"orders":[7]})"}) {
    scripted_server server{always(http_answer(R"({"code":0,"message":"Success",)" + data + "}"))};
    client_of client{server.base()};
    const auto reply = client.fetch({"1"}).get();
    CHECK(reply.outcome.result == call_class::ok);
    CHECK(reply.orders.empty());
  }
}

TEST_CASE("a clock that TikTok refuses is corrected by its Date header, the call signed again and repeated once") {
  manual_clock theirs;
  theirs.advance(1h);
  const auto date = http_date(theirs.now());
  const std::string refusal = R"({"code":36009004,"message":"The timestamp is out of range.","data":null})";
  scripted_server server{[&](const seen_request& request, std::size_t) {
    const auto off =
        std::stoll(query_of(request).at("timestamp")) - to_seconds(std::chrono::floor<std::chrono::seconds>(theirs.now()));
    return scripted_server::reply{off < -300 || off > 30 ? http_answer(refusal, "401 Unauthorized", "Date: " + date + "\r\n")
                                                         : http_answer(accepted)};
  }};
  client_of client{server.base()};
  CHECK(client.ship().get().outcome.result == call_class::ok);
  REQUIRE(server.requests().size() == 2);
  CHECK(is_signed(server.requests()[1]));
  CHECK(query_of(server.requests()[1]).at("timestamp") == std::to_string(1789482600 + 3600));
  CHECK(client.ship().get().outcome.result == call_class::ok); // the correction stays
  CHECK(server.requests().size() == 3);

  scripted_server stubborn{always(http_answer(refusal, "401 Unauthorized", "Date: " + date + "\r\n"))};
  client_of second{stubborn.base()};
  CHECK(second.ship().get().outcome.result == call_class::clock_skew);
  CHECK(stubborn.requests().size() == 2);
}

TEST_CASE("answers may be chunked, or end with the connection; too large ones are refused") {
  const auto chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + no_orders.substr(0, 5) + "\r\n";
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", no_orders.size() - 5);
  scripted_server pieces{always(chunked + size + no_orders.substr(5) + "\r\n0\r\n\r\n")};
  CHECK(client_of{pieces.base()}.fetch({"1"}).get().outcome.result == call_class::ok);
  scripted_server until_close{always("HTTP/1.1 200 OK\r\n\r\n" + no_orders, true)};
  CHECK(client_of{until_close.base()}.fetch({"1"}).get().outcome.result == call_class::ok);
  scripted_server huge{always("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{")};
  CHECK(client_of{huge.base()}.fetch({"1"}).get().outcome.result == call_class::back_off);
  scripted_server nonsense{always("hello\r\n\r\n", true)};
  CHECK(client_of{nonsense.base()}.fetch({"1"}).get().outcome.result == call_class::back_off);
}

TEST_CASE("an api_base that is no server is a configuration error") {
  manual_clock clock;
  metrics measured;
  const shop_table shops;
  for (const std::string base :
       {"", "open-api.example.com", "ftp://x", "https://", "https://x/path", "https://u:p@x", "http://x?y=1"}) {
    INFO(base);
    const auto made = make_tiktok_client({base, "s", 1s, 1, 1}, shops, clock, measured);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == error_code::bad_config);
  }
}
