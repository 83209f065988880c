#include "domain/tiktok/webhook.hpp"

#include "base/json.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

#include <fstream>
#include <map>
#include <sstream>

namespace orderly::test {
namespace {

const std::map<std::string, std::string>& vectors() {
  static const auto bodies = [] {
    std::ifstream file{source_file("tests/data/tiktok-shop-vectors.json")};
    std::stringstream text;
    text << file.rdbuf();
    std::map<std::string, std::string> out;
    const auto parsed = parse_json(text.str());
    for (const auto& item : parsed->as_object().at("webhook").as_array())
      out[std::string{string_at(item.as_object(), "id")}] = string_at(item.as_object(), "body");
    return out;
  }();
  return bodies;
}

const observation& only(const parsed_webhook& hook) {
  REQUIRE(hook.kind == webhook_kind::for_orders);
  REQUIRE(hook.orders.size() == 1);
  return hook.orders.front().second;
}

parsed_webhook parse(const std::string& type, const std::string& data) {
  return parse_webhook(R"({"type":)" + type + R"(,"tts_notification_id":"7","shop_id":"74","timestamp":1789482605,"data":)" +
                       data + "}");
}

std::vector<std::string> order_ids(const parsed_webhook& hook) {
  std::vector<std::string> ids;
  for (const auto& [id, body] : hook.orders)
    ids.push_back(id.str());
  return ids;
}

} // namespace

TEST_CASE("the vectors' webhooks say what they say") {
  const auto official = parse_webhook(vectors().at("official-webhook"));
  CHECK(official.topic == 1);
  CHECK(official.notification_id == "7380066284010030890");
  CHECK(official.shop.str() == "7495540735365777507");
  CHECK(official.pushed_at == from_seconds(1718305585));
  CHECK(official.orders.front().first.str() == "576653688135258178");
  CHECK(only(official) == observation{observed_status{"UNPAID", from_seconds(1718305585), true}});

  const auto statuses = std::map<std::string, observed_status>{
      {"ecomphp-webhook-sample", {"AWAITING_SHIPMENT", from_seconds(1664095610), std::nullopt}},
      {"self-1-unpaid", {"UNPAID", from_seconds(1789478990), true}},
      {"self-1-on-hold", {"ON_HOLD", from_seconds(1789479000), true}},
      {"self-1-awaiting-shipment", {"AWAITING_SHIPMENT", from_seconds(1789482600), true}},
      {"self-1-cancelled", {"CANCELLED", from_seconds(1789482700), false}},
      {"self-pretty-printed", {"DELIVERED", from_seconds(1789482600), false}},
  };
  for (const auto& [id, body] : statuses) {
    INFO(id);
    CHECK(only(parse_webhook(vectors().at(id))) == observation{body});
  }
  CHECK(only(parse_webhook(vectors().at("self-3-address-no-notification-id"))) ==
        observation{observed_address{from_seconds(1789482650)}});
  CHECK(only(parse_webhook(vectors().at("self-11-cancel-pending"))) ==
        observation{
            observed_cancellation{"4035318504086604100", "CANCELLATION_REQUEST_PENDING", "BUYER", from_seconds(1789482691)}});
  CHECK(only(parse_webhook(vectors().at("self-12-return-pending"))) ==
        observation{observed_return{"4035318504086604200", "RETURN_OR_REFUND_REQUEST_PENDING", "RETURN_AND_REFUND",
                                    from_seconds(1789900000)}});
  CHECK(parse_webhook(vectors().at("self-6-deauth")).kind == webhook_kind::ignored);
  CHECK(parse_webhook(vectors().at("self-7-expiring")).kind == webhook_kind::ignored);
  CHECK(vectors().size() == 13);
}

TEST_CASE("a package update fans out to every order that it names, once each") {
  const auto hook = parse_webhook(vectors().at("self-4-package-combine"));
  CHECK(order_ids(hook) == std::vector<std::string>{"576461413038785752", "576461413038785753"});
  for (const auto& [id, body] : hook.orders)
    CHECK(body == observation{observed_package{{package_id{"1153132168123859123"}}, "COMBINE", from_seconds(1789482660)}});

  const auto split = parse("4", R"({"sc_type":"SPLIT","update_time":5,"package_list":[
      {"package_id":"1","order_id_list":["77"]}, {"package_id":"2","order_id_list":["77",78,"not an id",null]}, 7]})");
  CHECK(order_ids(split) == std::vector<std::string>{"77", "78"});
  CHECK(split.orders[0].second == observation{observed_package{{package_id{"1"}, package_id{"2"}}, "SPLIT", from_seconds(5)}});
  CHECK(split.orders[1].second == observation{observed_package{{package_id{"2"}}, "SPLIT", from_seconds(5)}});
}

TEST_CASE("however many orders and packages a body names, each is there once, and no id is longer than a word") {
  std::string ids, packages;
  for (int n = 0; n < 40'000; ++n)
    ids += (n ? "," : "") + std::to_string(1'000 + n % 20'000);
  CHECK(parse("36", R"({"order_ids":[)" + ids + "]}").orders.size() == 20'000);
  for (int n = 0; n < 20'000; ++n)
    packages += (n ? "," : "") + (R"({"package_id":")" + std::to_string(n % 10'000) + R"(","order_id_list":["77"]})");
  const auto hook = parse("4", R"({"sc_type":"SPLIT","update_time":5,"package_list":[)" + packages + "]}");
  CHECK(std::get<observed_package>(hook.orders.at(0).second).packages.size() == 10'000);
  const std::string longest(5'000, 'x');
  const auto cut = parse("11", R"({"order_id":"77","cancel_id":")" + longest + R"(","cancel_status":"CANCEL"})");
  CHECK(std::get<observed_cancellation>(cut.orders.at(0).second).id.size() == 64);
}

TEST_CASE("refunds, invoices and legacy reverse updates are hints for the orders that they name") {
  CHECK(only(parse("2", R"({"order_id":"77","reverse_order_status":3})")) == observation{observed_hint{}});
  CHECK(order_ids(parse("36", R"({"package_id":"1","order_ids":["77","78","77"],"invoice_status":"SUCCESS"})")) ==
        std::vector<std::string>{"77", "78"});
  const auto refund = parse("67", R"({"line_items":[{"main_order_id":"77"},{"main_order_id":"77"},{"main_order_id":78},{}]})");
  CHECK(order_ids(refund) == std::vector<std::string>{"77", "78"});
  CHECK(refund.orders[1].second == observation{observed_hint{}});
}

TEST_CASE("topics that name no order, that nobody uses or knows, and objects without a type are ignored") {
  for (const auto* topic :
       {"5", "6", "7", "13", "64", "65", "68", "9", "0", "-4", "123456789012345678901234567890", "null", "\"x\"", "1.5"}) {
    INFO(topic);
    CHECK(parse(topic, R"({"order_id":"77"})").kind == webhook_kind::ignored);
  }
  CHECK(parse_webhook(R"({"event_id":"x","occurred_at":"2026-01-01T00:00:00Z"})").kind == webhook_kind::ignored);
  CHECK(parse_webhook("{}").kind == webhook_kind::ignored);
}

TEST_CASE("an order topic without a usable id is a dead letter") {
  for (const auto* data :
       {R"({})", R"({"order_id":""})", R"({"order_id":"12a"})", R"({"order_id":null})", R"({"order_id":-5})",
        R"({"order_id":1.5})", R"({"order_id":"123456789012345678901234567890123"})", R"("text")", "null", "[]"}) {
    INFO(data);
    for (const auto* topic : {"1", "2", "3", "4", "11", "12", "36", "67"})
      CHECK(parse(topic, data).kind == webhook_kind::no_order_id);
  }
  CHECK(parse_webhook(R"({"type":1})").kind == webhook_kind::no_order_id);
  CHECK(parse("4", R"({"package_list":[{"order_id_list":["x"]}]})").kind == webhook_kind::no_order_id);
}

TEST_CASE("what is not a JSON object is unparsable") {
  std::string deep = R"({"type":1,"data":)";
  for (int i = 0; i < 1000; ++i)
    deep += '[';
  const std::vector<std::string> bodies{
      "", "not json", "[]", "1", "null", "\"text\"", R"({"type":1)", deep, "{\"type\":1,\"x\":\"\xff\xfe\"}", R"({"type":1,}{)"};
  for (const auto& body : bodies) {
    const auto hook = parse_webhook(body);
    INFO(body.substr(0, 40));
    CHECK(hook.kind == webhook_kind::unparsable);
    CHECK(hook.orders.empty());
    CHECK(hook.dedupe_key.starts_with("w:"));
  }
}

TEST_CASE("64 levels are read and 65 are not") {
  const auto nested = [](int levels) { // the root object is one, `data` another
    std::string inner;
    for (int i = 0; i < levels - 2; ++i)
      inner += '[';
    for (int i = 0; i < levels - 2; ++i)
      inner += ']';
    return R"({"type":1,"data":{"order_id":"77","order_status":"UNPAID","update_time":5,"x":)" + inner + "}}";
  };
  CHECK(parse_webhook(nested(64)).kind == webhook_kind::for_orders);
  CHECK(parse_webhook(nested(65)).kind == webhook_kind::unparsable);
}

TEST_CASE("ids and times are read whatever JSON type they come as") {
  const auto hook = parse_webhook(
      R"({"type":"1","tts_notification_id":7640000000000000099,"shop_id":7494049642642441621,"timestamp":"1789482605",
      "data":{"order_id":576486316948490001,"order_status":"ON_HOLD","update_time":"1789482600"}})");
  CHECK(hook.notification_id == "7640000000000000099");
  CHECK(hook.shop.str() == "7494049642642441621");
  CHECK(hook.orders.front().first.str() == "576486316948490001");
  CHECK(only(hook) == observation{observed_status{"ON_HOLD", from_seconds(1789482600), std::nullopt}});
  CHECK(parse("1", R"({"order_id":18446744073709551615,"order_status":"X"})").orders.front().first.str() ==
        "18446744073709551615");
}

TEST_CASE("a status without a sensible time is a hint: the time of the push would outrank the detail") {
  for (const auto* time :
       {"", R"(,"update_time":0)", R"(,"update_time":-1)", R"(,"update_time":1789482600000)", R"(,"update_time":"soon")"}) {
    INFO(time);
    CHECK(only(parse("1", std::string{R"({"order_id":"77","order_status":"UNPAID")"} + time + "}")) ==
          observation{observed_hint{}});
  }
}

TEST_CASE("a status change without a status is a hint; an endless one is cut") {
  CHECK(only(parse("1", R"({"order_id":"77"})")) == observation{observed_hint{}});
  CHECK(only(parse("1", R"({"order_id":"77","order_status":5})")) == observation{observed_hint{}});
  std::string word;
  for (int i = 0; i < 50; ++i)
    word += "\xc3\xa4"; // two bytes a letter
  const auto data = R"({"order_id":"77","update_time":5,"order_status":")" + word + R"("})";
  const auto body = std::get<observed_status>(only(parse("1", data)));
  CHECK(body.status == word.substr(0, 64));
}

TEST_CASE("a NUL inside a string becomes U+FFFD") {
  const auto body = std::get<observed_status>(only(parse("1", R"({"order_id":"77","order_status":"A\u0000B","update_time":5})")));
  CHECK(body.status == "A\xef\xbf\xbd"
                       "B");
}

TEST_CASE("both spellings of a cancelled request are one") {
  for (const auto* word : {"CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED"})
    CHECK(std::get<observed_cancellation>(
              only(parse("11", R"({"order_id":"77","cancel_id":"5","cancel_status":")" + std::string{word} + "\"}")))
              .status == "CANCELLATION_REQUEST_CANCELLED");
  CHECK(std::get<observed_return>(
            only(parse("12", R"({"order_id":"77","return_id":"5","return_status":"RETURN_OR_REFUND__REQUEST_CANCELLED"})")))
            .status == "RETURN_OR_REFUND_REQUEST_CANCEL");
}

TEST_CASE("the dedupe key names the notification and the bytes") {
  const auto& body = vectors().at("official-webhook");
  const auto key = parse_webhook(body).dedupe_key;
  CHECK(key.starts_with("w:7380066284010030890:"));
  CHECK(key.size() == std::string{"w:7380066284010030890:"}.size() + 16);
  CHECK(parse_webhook(body).dedupe_key == key);
  CHECK(parse_webhook(body + " ").dedupe_key != key); // another body under a webhook's id is a new input

  const auto& unnamed = vectors().at("self-3-address-no-notification-id");
  const auto fallback = parse_webhook(unnamed).dedupe_key;
  CHECK(parse_webhook(unnamed).notification_id.empty());
  CHECK(fallback.size() == 2 + 32 + 1 + 16);
  CHECK(parse_webhook(unnamed + " ").dedupe_key.substr(0, 34) == fallback.substr(0, 34)); // the same event, other bytes
  const auto other =
      parse_webhook(R"({"type":3,"shop_id":"7494049642642441621","data":{"order_id":"576461413038785752","update_time":1}})");
  CHECK(other.dedupe_key.substr(0, 34) != fallback.substr(0, 34));
  // SHA-256 of the canonical [3,"7494049642642441621","576461413038785752",1]: keys that are stored must be met again.
  CHECK(other.dedupe_key.substr(2, 32) == "2ffc4765e6468838bb03566ab99fd02a");
  const auto odd = parse_webhook(
      R"({"type":1,"shop_id":74,"data":{"order_id":"77","order_status":"UNP\u00e9\u0000ID","update_time":{"b":null,"a":2.50}}})");
  CHECK(odd.dedupe_key.substr(2, 32) == "bd8971c2df00bd78740ef1e1ff0bb995");
}

TEST_CASE("a notification id that could not stand in a key is as if it were missing") {
  for (const auto& id : {std::string{"a:b"}, std::string{"x y"}, std::string(65, '1')}) {
    const auto hook = parse_webhook(R"({"type":3,"tts_notification_id":")" + id + R"(","data":{"order_id":"77"}})");
    CHECK(hook.notification_id.empty());
    CHECK(hook.dedupe_key.find(id) == std::string::npos);
  }
}

} // namespace orderly::test
