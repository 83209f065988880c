// POST /webhooks/tiktok through the real listener: who is let in, what becomes of each body, and that the next request is served
// as if nothing had happened.

#include "net/edge/webhooks.hpp"

#include "tests/http/support/sample_webhooks.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

std::string with_authorization(std::string_view body, std::string_view authorization) {
  return request_text("POST", "/webhooks/tiktok", body, {{"Authorization", std::string{authorization}}});
}

/// Posts a signed body and returns the one delivery that it became.
delivery delivered(running_server& server, const std::string& body) {
  const auto got = ask_once(server.http->listen(), running_server::webhook(body));
  REQUIRE(got);
  REQUIRE(got->status == 200);
  REQUIRE(got->body.empty());
  const auto posted = server.port.posted();
  REQUIRE_FALSE(posted.empty());
  return posted.back();
}

std::string nested(int depth) {
  return R"({"type":1,"data":)" + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + '}';
}

} // namespace

TEST_CASE("a signed webhook becomes the input of its order and is answered 200 with no body") {
  running_server server;
  const auto what = delivered(server, unpaid);
  REQUIRE(what.inputs.size() == 1);
  CHECK_FALSE(what.dead);
  const auto& in = what.inputs.front();
  CHECK(in.order.str() == "576461413038785752");
  CHECK(in.shop.str() == "7494049642642441621");
  CHECK(in.type == "ORDER_STATUS_CHANGE");
  CHECK(in.notification_id == "7640000000000000001");
  CHECK(in.source == input_source::webhook);
  CHECK(*in.raw == unpaid);
  CHECK(in.received_at == server.clock.now());
  CHECK_FALSE(in.id.value.is_nil());
  CHECK_FALSE(in.delivery.is_nil());
  CHECK(in.dedupe_key.starts_with("w:7640000000000000001:"));
  REQUIRE(std::holds_alternative<observed_status>(in.body));
  CHECK(std::get<observed_status>(in.body).status == "UNPAID");
  CHECK(server.metric(R"(orderly_webhook_received_total{outcome="applied",topic="ORDER_STATUS_CHANGE"})") == 1);
}

TEST_CASE("the trace of a webhook begins with its first byte, is its delivery's and keeps a well-formed traceparent") {
  running_server server;
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto signature = sign_webhook(test_app_key, test_secret, unpaid);
  for (const auto& sent : {parent, std::string{"00-4BF9"}}) {
    const auto got = ask_once(server.http->listen(), request_text("POST", "/webhooks/tiktok", unpaid,
                                                                  {{"Authorization", signature}, {"traceparent", sent}}));
    REQUIRE(got);
    REQUIRE(got->status == 200);
    const auto in = server.port.posted().back().inputs.front();
    REQUIRE(in.trace);
    CHECK(in.trace->id() == in.delivery);
    CHECK(in.trace->traceparent() == (sent == parent ? parent : ""));
    std::chrono::microseconds before{0};
    for (const auto stage : {trace_stage::received, trace_stage::verified, trace_stage::parsed, trace_stage::admitted,
                             trace_stage::replied}) {
      INFO(name_of(stage));
      REQUIRE(in.trace->offset(stage));
      CHECK(*in.trace->offset(stage) >= before);
      before = *in.trace->offset(stage);
    }
  }
  for (const auto* stage : {"http.receive", "webhook.verify", "webhook.parse", "admission", "http.reply"})
    CHECK(server.metric("orderly_input_stage_seconds_count{stage=\"" + std::string{stage} + "\"}") == 2);
  CHECK(server.metric(R"(orderly_input_stage_seconds_count{stage="store.commit"})") == 0);
}

TEST_CASE("the time that a body took to come is in the trace of its webhook") {
  running_server server;
  raw_connection slow{server.http->listen()};
  const auto go_on = slow.ask("POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: " +
                              sign_webhook(test_app_key, test_secret, unpaid) +
                              "\r\nContent-Length: " + std::to_string(unpaid.size()) + "\r\n\r\n");
  REQUIRE(go_on);
  const auto from = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const auto waited = std::chrono::steady_clock::now() - from;
  REQUIRE(slow.ask(unpaid));
  CHECK(server.port.posted().back().inputs.front().trace->offset(trace_stage::received) >=
        std::chrono::floor<std::chrono::microseconds>(waited));
}

TEST_CASE("a webhook for two orders becomes one delivery with an input for each") {
  running_server server;
  const auto what =
      delivered(server, R"({"type":4,"tts_notification_id":"9","shop_id":"1","timestamp":1,"data":{"sc_type":"COMBINE",)"
                        R"("package_list":[{"package_id":"7","order_id_list":["100","200"]}],"update_time":1}})");
  REQUIRE(what.inputs.size() == 2);
  CHECK(what.inputs[0].order.str() == "100");
  CHECK(what.inputs[1].order.str() == "200");
  CHECK(what.inputs[0].delivery == what.inputs[1].delivery);
  CHECK(what.inputs[0].id != what.inputs[1].id);
  CHECK(what.inputs[0].raw == what.inputs[1].raw);
  REQUIRE(what.inputs[0].trace);
  REQUIRE(what.inputs[1].trace);
  CHECK(what.inputs[0].trace != what.inputs[1].trace); // a branch each, of one trace
  CHECK(what.inputs[0].trace->id() == what.inputs[1].trace->id());
}

TEST_CASE("a signature that is missing, malformed, upper case, prefixed or wrong is refused with an empty 401") {
  running_server server;
  const auto good = sign_webhook(test_app_key, test_secret, unpaid);
  std::string upper = good;
  for (auto& c : upper)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  struct bad {
    std::string request, reason;
  };
  const std::vector<bad> cases{
      {request_text("POST", "/webhooks/tiktok", unpaid), "signature_missing"},
      {with_authorization(unpaid, ""), "signature_missing"},
      {with_authorization(unpaid, "Bearer " + good), "signature_malformed"},
      {with_authorization(unpaid, upper), "signature_malformed"},
      {with_authorization(unpaid, good.substr(1)), "signature_malformed"},
      {with_authorization(unpaid, good + "0"), "signature_malformed"},
      {with_authorization(unpaid, "nonsense"), "signature_malformed"},
      {with_authorization(unpaid, sign_webhook(test_app_key, "another secret", unpaid)), "signature_wrong"},
      {with_authorization(unpaid, std::string(64, '0')), "signature_wrong"},
      {request_text("POST", "/webhooks/tiktok", unpaid, {{"Authorization", good}, {"Authorization", good}}),
       "signature_malformed"},
  };
  raw_connection connection{server.http->listen()};
  for (const auto& [request, reason] : cases) {
    INFO(request);
    const auto name = "orderly_http_rejected_total{reason=\"" + reason + "\"}";
    const auto before = server.metric(name);
    const auto got = connection.ask(request);
    REQUIRE(got);
    CHECK(got->status == 401);
    CHECK(got->body.empty());
    CHECK(server.metric(name) == before + 1);
  }
  CHECK(server.port.posted().empty());
  const auto next = connection.ask(running_server::webhook(unpaid)); // the same connection
  REQUIRE(next);
  CHECK(next->status == 200);
}

TEST_CASE("while secrets rotate, a webhook signed with any of them is accepted, and with none without a secret") {
  auto options = quick_options();
  options.app_secrets = {"new secret", std::string{test_secret}, "oldest secret"};
  running_server server{options};
  for (const auto& secret : options.app_secrets) {
    const auto got = ask_once(server.http->listen(), running_server::webhook(unpaid, secret));
    REQUIRE(got);
    CHECK(got->status == 200);
  }
  const auto unknown = ask_once(server.http->listen(), running_server::webhook(unpaid, "a stranger's"));
  REQUIRE(unknown);
  CHECK(unknown->status == 401);

  http_request request;
  request.body = std::make_shared<const std::string>(unpaid);
  CHECK(check_signature(request, "key", {}) == signature_check::missing);
}

TEST_CASE("the secrets are replaced while the listener serves") {
  running_server server;
  raw_connection connection{server.http->listen()};
  const auto status = [&](std::string_view secret) { return connection.ask(running_server::webhook(unpaid, secret))->status; };
  CHECK(status("new secret") == 401);
  server.http->accept_secrets({"new secret", std::string{test_secret}});
  CHECK(status("new secret") == 200);
  CHECK(status(test_secret) == 200);
  server.http->accept_secrets({"new secret"});
  CHECK(status(test_secret) == 401);
  server.http->accept_secrets({});
  CHECK(status("new secret") == 401);
}

TEST_CASE("bodies that name no order become dead letters, and are answered 200") {
  running_server server;
  SECTION("not JSON") { CHECK(delivered(server, "hello").dead == dead_letter_cause::unparsable); }
  SECTION("empty") { CHECK(delivered(server, "").dead == dead_letter_cause::unparsable); }
  SECTION("cut JSON") { CHECK(delivered(server, unpaid.substr(0, 60)).dead == dead_letter_cause::unparsable); }
  SECTION("an array") { CHECK(delivered(server, "[]").dead == dead_letter_cause::unparsable); }
  SECTION("1,000 levels deep") { CHECK(delivered(server, nested(1000)).dead == dead_letter_cause::unparsable); }
  SECTION("invalid UTF-8") {
    const auto what = delivered(server, "{\"type\":1,\"data\":{\"order_id\":\"1\",\"order_status\":\"\xff\xfe\"}}");
    CHECK(what.dead == dead_letter_cause::unparsable);
    CHECK(what.inputs.front().raw->find('\xff') != std::string::npos); // the bytes are kept as they came
  }
  SECTION("an order topic without an id") {
    CHECK(delivered(server, R"({"type":1,"data":{}})").dead == dead_letter_cause::no_order_id);
  }
  const auto last = server.port.posted().back();
  REQUIRE(last.inputs.size() == 1);
  CHECK(last.inputs.front().order.empty());
  CHECK(server.still_serves());
}

TEST_CASE("bodies that concern no order are ignored, counted and answered 200") {
  running_server server;
  server.port.answer_with([](const input&) {
    answer a;
    a.outcome = input_outcome::ignored;
    return a;
  });
  for (const std::string body : {R"({"hello":"world"})", R"({"type":9999,"data":{}})", R"({"type":5,"data":{"product_id":7}})"}) {
    INFO(body);
    const auto what = delivered(server, body);
    CHECK_FALSE(what.dead);
    REQUIRE(what.inputs.size() == 1);
    CHECK(what.inputs.front().order.empty());
    CHECK(*what.inputs.front().raw == body);
  }
  CHECK(server.metric(R"(orderly_webhook_received_total{outcome="ignored",topic="UNKNOWN"})") >= 1);
}

TEST_CASE("what buyers write is not kept") {
  running_server server;
  const auto what =
      delivered(server, R"({"type":14,"tts_notification_id":"5","shop_id":"1","data":{"content":"my address is ..."}})");
  REQUIRE(what.inputs.size() == 1);
  REQUIRE(what.inputs.front().raw);
  CHECK(what.inputs.front().raw->empty());
}

TEST_CASE("ids beyond 2^53 arrive exactly, as numbers too; escaped NULs and unknown statuses are let through") {
  running_server server;
  CHECK(delivered(server, R"({"type":1,"data":{"order_id":576486316948490001,"order_status":"UNPAID","update_time":1}})")
            .inputs.front()
            .order.str() == "576486316948490001");
  const auto nul =
      delivered(server, "{\"type\":1,\"data\":{\"order_id\":\"1\",\"order_status\":\"A\\u0000B\",\"update_time\":1}}");
  CHECK(std::holds_alternative<observed_status>(nul.inputs.front().body));
  const auto unknown = delivered(server, R"({"type":1,"data":{"order_id":"1","order_status":"TELEPORTED","update_time":1}})");
  CHECK(std::get<observed_status>(unknown.inputs.front().body).status == "TELEPORTED");
}

TEST_CASE("only a refusal that is a stored decision is answered 200; after every other one the webhook has to come again") {
  constexpr std::array catalogue{
#define ORDERLY_ERROR(name, http, input, message, exit, text) error_code::name,
#include "base/error_codes.def"
#undef ORDERLY_ERROR
  };
  constexpr std::array stored{
      error_code::order_exists,     error_code::illegal_transition, error_code::guard_refused,    error_code::held,
      error_code::version_conflict, error_code::shop_mismatch,      error_code::refused_by_store, error_code::killed_twice};
  running_server server;
  raw_connection connection{server.http->listen()};
  for (const auto code : catalogue) {
    server.port.answer_with([code](const input&) { return refused(code); });
    const auto got = connection.ask(running_server::webhook(unpaid));
    REQUIRE(got);
    INFO(name_of(code));
    const bool durable = std::find(stored.begin(), stored.end(), code) != stored.end();
    CHECK(got->status == (durable ? 200 : 503));
    CHECK(got->body.empty());
    CHECK((got->headers.count("retry-after") == 1) == !durable);
  }
  CHECK_FALSE(is_durable({}));
}

TEST_CASE("every outcome without a refusal is durable, also that of an input which is decided later") {
  for (const auto outcome : {input_outcome::applied, input_outcome::refused, input_outcome::duplicate, input_outcome::stale,
                             input_outcome::ignored, input_outcome::pending, input_outcome::dead}) {
    answer a;
    a.outcome = outcome;
    CHECK(is_durable({a, a}));
    CHECK_FALSE(is_durable({a, refused(error_code::storage_unavailable)}));
  }
}

TEST_CASE("one undurable answer among several makes the whole webhook 503") {
  running_server server;
  server.port.answer_with(
      [](const input& in) { return in.order.str() == "200" ? refused(error_code::storage_unavailable) : answer{}; });
  const auto got = ask_once(
      server.http->listen(),
      running_server::webhook(R"({"type":4,"data":{"package_list":[{"package_id":"7","order_id_list":["100","200"]}]}})"));
  REQUIRE(got);
  CHECK(got->status == 503);
}

TEST_CASE("other methods on the webhook path get 405 with Allow, other paths 404") {
  running_server server;
  for (const auto* method : {"GET", "PUT", "DELETE", "OPTIONS"}) {
    const auto got = ask_once(server.http->listen(), request_text(method, "/webhooks/tiktok"));
    REQUIRE(got);
    CHECK(got->status == 405);
    CHECK(got->headers.at("allow") == "POST");
  }
  for (const auto* path : {"/", "/webhooks", "/webhooks/tiktok/", "/api/v1/orders", "/metrics"}) {
    const auto got = ask_once(server.http->listen(), request_text("POST", path, "{}"));
    REQUIRE(got);
    CHECK(got->status == 404);
    CHECK(got->headers.at("content-type") == "application/problem+json");
  }
}

TEST_CASE("a bad signature on a webhook that names a shop is told, once a second at most; one that names none is not") {
  running_server server;
  const std::string_view body = R"({"type":1,"shop_id":"7494049642642441621","data":{}})";
  const auto send = [&](std::string_view what) {
    const auto got = ask_once(server.http->listen(), running_server::webhook(what, "another secret"));
    REQUIRE(got);
    CHECK(got->status == 401);
  };
  send("not json");
  server.clock.advance(std::chrono::seconds{2});
  send(body);
  send(body);
  CHECK(server.actors.failing_shops == std::vector{shop_id{"7494049642642441621"}});
  server.clock.advance(std::chrono::seconds{2});
  send(body);
  CHECK(server.actors.failing_shops.size() == 2);
}
