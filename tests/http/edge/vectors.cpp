// Every signature of the reference vectors (tests/data/tiktok-shop-vectors.json), the webhook ones through the real listener; and
// the cases that the vectors lack, with digests that the openssl command computes.

#include "base/digest.hpp"
#include "base/json.hpp"
#include "net/tiktok/request.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace orderly;
using namespace orderly::test;

namespace {

const json::object& vectors() {
  static const json::object all = [] {
    std::ifstream file{source_file("tests/data/tiktok-shop-vectors.json")};
    std::stringstream text;
    text << file.rdbuf();
    return parse_json(text.str()).value().as_object();
  }();
  return all;
}

const json::array& list(std::string_view name) { return vectors().at(name).as_array(); }

const json::object& vector_named(std::string_view section, std::string_view id) {
  for (const auto& one : list(section))
    if (one.at("id").as_string() == id)
      return one.as_object();
  throw std::runtime_error("no vector " + std::string{id});
}

std::string sign_of(const json::object& vector) {
  std::map<std::string, std::string> query;
  for (const auto& parameter : vector.at("query").as_object())
    query[std::string{parameter.key()}] = std::string{parameter.value().as_string()};
  return sign_request(string_at(vector, "app_secret"), string_at(vector, "path"), query, string_at(vector, "body"),
                      string_at(vector, "content_type"));
}

/// HMAC-SHA256 by the openssl command.
std::string openssl_hmac(const std::string& key, const std::string& message) {
  temp_dir folder;
  std::ofstream{folder.file("message"), std::ios::binary} << message;
  const auto command = "openssl dgst -sha256 -hmac '" + key + "' -r '" + folder.file("message") + "'";
  FILE* out = popen(command.c_str(), "r");
  std::array<char, 65> digest{};
  const auto n = out ? std::fread(digest.data(), 1, 64, out) : 0;
  if (out)
    pclose(out);
  return {digest.data(), n};
}

std::optional<raw_response> post_webhook(running_server& server, const std::string& body,
                                         const std::optional<std::string>& authorization) {
  header_list headers;
  if (authorization)
    headers.emplace_back("Authorization", *authorization);
  return ask_once(server.http->listen(), request_text("POST", "/webhooks/tiktok", body, headers));
}

server_options options_for(const json::object& vector) {
  auto options = quick_options();
  options.app_key = string_at(vector, "app_key");
  options.app_secrets = {std::string{string_at(vector, "app_secret")}};
  return options;
}

const std::string secret{test_secret}, app_key{test_app_key};

} // namespace

TEST_CASE("every request vector has its signature") {
  REQUIRE(list("request_sign").size() == 14);
  for (const auto& one : list("request_sign")) {
    INFO(one.at("id").as_string().c_str());
    CHECK(sign_of(one.as_object()) == string_at(one.as_object(), "sign"));
  }
}

TEST_CASE("no negative request vector has the signature of its request") {
  REQUIRE(list("request_sign_negative").size() == 5);
  for (const auto& one : list("request_sign_negative")) {
    const auto& request = vector_named("request_sign", string_at(one.as_object(), "of"));
    INFO(one.at("id").as_string().c_str());
    CHECK(sign_of(request) != string_at(one.as_object(), "sign"));
  }
}

TEST_CASE("every webhook vector is accepted by the listener, and kept as sent") {
  REQUIRE(list("webhook").size() == 13);
  for (const auto& one : list("webhook")) {
    const auto& vector = one.as_object();
    INFO(string_at(vector, "id"));
    running_server server{options_for(vector)};
    const std::string body{string_at(vector, "body")};
    const auto got = post_webhook(server, body, std::string{string_at(vector, "authorization")});
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body.empty());
    REQUIRE(server.port.posted().size() == 1);
    CHECK(*server.port.posted().front().inputs.front().raw == body);
  }
}

TEST_CASE("every negative webhook vector is refused by the listener") {
  REQUIRE(list("webhook_negative").size() == 7);
  for (const auto& one : list("webhook_negative")) {
    const auto& vector = one.as_object();
    INFO(string_at(vector, "id"));
    running_server server{options_for(vector_named("webhook", string_at(vector, "of")))};
    const auto authorization =
        vector.at("authorization").is_null() ? std::nullopt : std::optional<std::string>{string_at(vector, "authorization")};
    const auto got = post_webhook(server, std::string{string_at(vector, "body")}, authorization);
    REQUIRE(got);
    CHECK(got->status == 401);
    CHECK(got->body.empty());
    CHECK(server.port.posted().empty());
  }
}

TEST_CASE("webhook bodies beyond the vectors verify by openssl's digest") {
  running_server server;
  for (const std::string body : {R"({"type":3,"data":{"order_id":"1","note":"Grüße, 東京, 🙂"}})", // not ASCII
                                 R"({"type":424242,"data":{"x":1}})",                                    // unknown type
                                 R"({"type":1,"data":{"order_id":576486316948490001,"order_status":"UNPAID","update_time":1}})",
                                 "{\r\n\t\"type\" : 1,\n \"data\":{\"order_id\":\"2\",\"order_status\":\"ON_HOLD\"} }\n"}) {
    INFO(body);
    const auto digest = openssl_hmac(secret, app_key + body);
    REQUIRE(digest.size() == 64);
    CHECK(sign_webhook(app_key, secret, body) == digest);
    CHECK(post_webhook(server, body, digest)->status == 200);
    CHECK(post_webhook(server, body, "Bearer " + digest)->status == 401);
    std::string upper = digest;
    for (auto& c : upper)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    CHECK(post_webhook(server, body, upper)->status == 401);
    const auto again = canonical_json(parse_json(body).value()); // what a proxy that parses and dumps would send
    if (again != body)
      CHECK(post_webhook(server, again, digest)->status == 401);
  }
}

TEST_CASE("requests beyond the vectors are signed as openssl does") {
  const std::string page = "6AsPQsUMvH3R+kch/NUPPh22NROHkE0D8pmq==";
  const std::map<std::string, std::string> query{{"app_key", app_key}, {"page_token", page}, {"timestamp", "1789482600"}};
  CHECK(sign_request(secret, "/order/202309/orders/search", query, "{}") ==
        openssl_hmac(secret, secret + "/order/202309/orders/searchapp_key" + app_key + "page_token" + page +
                                 "timestamp1789482600{}" + secret));

  const std::string unsubscribe = R"({"event_type":"PACKAGE_UPDATE"})"; // DELETE signs its body
  CHECK(sign_request(secret, "/event/202309/webhooks", {{"app_key", app_key}}, unsubscribe) ==
        openssl_hmac(secret, secret + "/event/202309/webhooksapp_key" + app_key + unsubscribe + secret));

  const std::string words = R"({"reason":"größer als 東京"})";
  CHECK(sign_request(secret, "/x", {}, words) == openssl_hmac(secret, secret + "/x" + words + secret));

  CHECK(sign_request(secret, "/upload", {}, "the file", "multipart/form-data; boundary=abc") ==
        openssl_hmac(secret, secret + "/upload" + secret));
}

TEST_CASE("a target carries its values percent-encoded while the raw ones are signed") {
  tiktok_request request{"order_detail", "GET", "/order/202309/orders", {{"ids", "1,2"}, {"page_token", "a+b/c="}}, {}, false};
  const auto target = signed_target(request, app_key, secret, "ROW_X", from_seconds(1789482600));
  const auto sign = openssl_hmac(secret, secret + "/order/202309/ordersapp_key" + app_key +
                                             "ids1,2page_tokena+b/c=shop_cipherROW_Xtimestamp1789482600" + secret);
  CHECK(target == "/order/202309/orders?app_key=" + app_key +
                      "&ids=1%2C2&page_token=a%2Bb%2Fc%3D&shop_cipher=ROW_X&sign=" + sign + "&timestamp=1789482600");
}
