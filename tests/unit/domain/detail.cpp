#include "domain/order/detail.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

json::object with_address(json::object address) {
  return {{"id", "1"}, {"update_time", 5}, {"recipient_address", std::move(address)}};
}
const json::object& address_of(const json::object& order) { return order.at("recipient_address").as_object(); }
const json::object clear{{"name", "Alex Example"},   {"phone_number", "(+1)2135550123"}, {"address_line1", "100 Example Ave"},
                         {"address_line2", "Apt 2"}, {"postal_code", "95110"},           {"region_code", "US"}};

} // namespace

TEST_CASE("the extract holds what decide needs of the sheet's order") {
  order_object o;
  o.rts_time = paid_at + 9;
  o.on_hold_order = true;
  o.lines[1].second = "CANCELLED";
  auto body = o.json();
  body["line_items"].as_array()[0].as_object()["package_id"] = "1153132168123859123";
  const auto d = *extract_detail(body, from_micros(42));
  CHECK(d.update_time == from_seconds(paid_at + 3600));
  CHECK(d.requested_at == from_micros(42));
  CHECK(d.status == "AWAITING_SHIPMENT");
  CHECK(d.paid_time == from_seconds(paid_at));
  CHECK(d.rts_time == from_seconds(paid_at + 9));
  CHECK(d.rts_sla_time == from_seconds(paid_at + 172800));
  CHECK_FALSE(d.delivery_time);
  CHECK(d.is_on_hold_order == true);
  CHECK(d.shipping == shipping_type::seller);
  CHECK(d.fulfillment == fulfillment_type::by_seller);
  CHECK(d.region == "US");
  CHECK(d.address_clear);
  REQUIRE(d.lines.size() == 2);
  CHECK(d.lines[0] == line_fact{line_item_id{"577086512123755123"}, "AWAITING_SHIPMENT", package_id{"1153132168123859123"}});
  CHECK(d.lines[1].cancelled());
}

TEST_CASE("an order object without id or update time is no detail; zero is no time") {
  CHECK_FALSE(extract_detail({{"update_time", 5}}, {}).has_value());
  CHECK_FALSE(extract_detail({{"id", "x"}, {"update_time", 5}}, {}).has_value());
  CHECK_FALSE(extract_detail({{"id", "1"}}, {}).has_value());
  CHECK_FALSE(extract_detail({{"id", "1"}, {"update_time", 0}}, {}).has_value());
  CHECK_FALSE(extract_detail({{"id", "1"}, {"update_time", 5}, {"rts_time", 0}}, {})->rts_time);
  CHECK(extract_detail({{"id", 1}, {"update_time", "5"}, {"line_items", "?"}}, {})->lines.empty());
}

TEST_CASE("a field is masked if it is empty or starred") {
  CHECK(is_masked(""));
  CHECK(is_masked("1*** Coleman Ave"));
  CHECK(is_masked("(+1)213-***-1234"));
  CHECK(is_masked("T** K*"));
  CHECK(is_masked("(+84)90*****12"));
  CHECK_FALSE(is_masked("100 Example Ave"));
}

TEST_CASE("an address is clear with a clear name and a clear line") {
  const auto is_clear = [](json::object address) { return extract_detail(with_address(std::move(address)), {})->address_clear; };
  CHECK(is_clear(clear));
  CHECK(is_clear({{"first_name", "Alex"}, {"address_detail", "100 Example Ave"}}));
  CHECK_FALSE(is_clear({{"name", "A***"}, {"address_line1", "100 Example Ave"}}));
  CHECK_FALSE(is_clear({{"name", "Alex"}, {"address_line1", "1*** Ave"}}));
  CHECK_FALSE(is_clear({{"name", "Alex"}}));
  CHECK_FALSE(is_clear({}));
  CHECK_FALSE(extract_detail({{"id", "1"}, {"update_time", 5}}, {})->address_clear);
}

TEST_CASE("masked or absent personal data never overwrites clear data") {
  const auto held = with_address(clear);
  for (const auto& fresh :
       {with_address({{"name", "A*** E***"}, {"phone_number", "(+1)213-***-0123"}, {"address_line1", "1*** Example Ave"}}),
        with_address({}), json::object{{"id", "1"}, {"update_time", 6}}}) {
    const auto merged = merge_detail(held, fresh, false);
    CHECK(address_of(merged) == clear);
  }
  json::object buyer{{"buyer_email", "x@example.com"}, {"buyer_message", "Please leave at the door"}, {"cpf", "123"}};
  CHECK(string_at(merge_detail(buyer, {{"buyer_email", "***"}, {"cpf", "***.456"}}, false), "buyer_email") == "x@example.com");
  CHECK(string_at(merge_detail(buyer, {{"cpf", "***.456"}}, false), "cpf") == "123");
  CHECK(string_at(merge_detail(buyer, {}, false), "buyer_message") == "Please leave at the door");
}

TEST_CASE("clear data overwrites, and everything that is not personal is fresh") {
  const auto held = with_address({{"name", "A***"}, {"address_line1", "1***"}});
  CHECK(address_of(merge_detail(held, with_address(clear), false)) == clear);
  const auto merged = merge_detail({{"status", "UNPAID"}, {"gone", 1}}, {{"status", "ON_HOLD"}}, false);
  CHECK(merged == json::object{{"status", "ON_HOLD"}});
}

TEST_CASE("a new address takes nothing of the old one with it") {
  const auto moved =
      json::object{{"name", "Alex Example"}, {"address_line1", "7 Other Street"}, {"address_line2", ""}, {"region_code", "US"}};
  const auto merged = merge_detail(with_address(clear), with_address(moved), false);
  CHECK(string_at(address_of(merged), "address_line1") == "7 Other Street");
  CHECK(string_at(address_of(merged), "address_line2").empty());
  CHECK_FALSE(address_of(merged).contains("postal_code"));
  CHECK(string_at(address_of(merged), "phone_number") == "(+1)2135550123"); // the same person
  const auto other_person = json::object{{"name", "Sam Other"}, {"address_line1", "100 Example Ave"}};
  CHECK_FALSE(address_of(merge_detail(with_address(clear), with_address(other_person), false)).contains("phone_number"));
}

TEST_CASE("a line with stars in which the held one does not fit is a new line, of which nothing old is kept") {
  const json::object home{
    {"name", "Alex Example"}, {"address_line1", "Via Roma 1"}, {"address_line2", "Apt 4"}, {"postal_code", "00185"}};
  const json::object hotel{{"name", "Alex Example"}, {"address_line1", "Hotel *** Roma"}, {"postal_code", "00185"}};
  const auto moved = address_of(merge_detail(with_address(home), with_address(hotel), false));
  CHECK(string_at(moved, "address_line1") == "Hotel *** Roma");
  CHECK_FALSE(moved.contains("address_line2"));
  CHECK_FALSE(extract_detail(with_address(moved), {})->address_clear);
  auto gate = home;
  gate["address_line2"] = "Apt 4, gate *4521";
  CHECK(address_of(merge_detail(with_address(home), with_address(gate), false)) == gate);
  for (const std::string mask : {"V*** R*** 1", "***", "Via ***", "*1", "V*a*R*1"}) {
    INFO(mask);
    auto masked = home;
    masked["address_line1"] = mask;
    CHECK(address_of(merge_detail(with_address(home), with_address(masked), false)) == home);
  }
  for (const std::string other : {"V*** R*** 2", "Via ** Milano", "*Via Roma 1*x", "Via Roma 1 *x"}) {
    INFO(other);
    auto masked = home;
    masked["address_line1"] = other;
    CHECK(string_at(address_of(merge_detail(with_address(home), with_address(masked), false)), "address_line1") == other);
  }
}

TEST_CASE("after an erasure nothing personal comes back from what is held") {
  const auto merged = merge_detail(with_address(clear), with_address({{"name", "A***"}}), true);
  CHECK(address_of(merged) == json::object{{"name", "A***"}});
}

TEST_CASE("merging again changes nothing") {
  const auto once = merge_detail(with_address(clear), with_address({{"name", "A***"}}), false);
  CHECK(merge_detail(once, with_address({{"name", "A***"}}), false) == once);
}

TEST_CASE("the content is the canonical object without what a search lacks") {
  const json::object searched{
      {"id", "1"}, {"update_time", 5}, {"payment", json::object{{"total_amount", "41.13"}, {"currency", "USD"}}}};
  auto detailed = json::object{{"payment_card_type", "VISA"},
                               {"payment_method_code", "C"},
                               {"payment_auth_code", "9"},
                               {"channel_entity_national_registry_id", "7"}};
  detailed.insert(searched.begin(), searched.end()); // also another order of keys
  CHECK(content_hash(detailed) == content_hash(searched));
  CHECK(content_hash(searched).size() == 64);
  auto other = searched;
  other["update_time"] = 6;
  CHECK(content_hash(other) != content_hash(searched));
  CHECK(string_at(merge_detail(detailed, searched, false), "payment_card_type") == "VISA"); // a search page does not take it away
}

TEST_CASE("details that differ in a number which no 64 bits hold are different, digit for digit") {
  const auto hash_with = [](const std::string& number) {
    return content_hash(parse_json(R"({"id":"1","update_time":5,"weight":)" + number + "}")->as_object());
  };
  CHECK(hash_with("1180591620717411303424") != hash_with("1180591620717411303425"));
  CHECK(hash_with("0.10000000000000001") != hash_with("0.1"));
  CHECK(hash_with("1e400") != hash_with("1e401"));
  CHECK(hash_with("1.50") == hash_with("1.5")); // one number, spelt twice
}

TEST_CASE("signed addresses of pictures and documents are no content, wherever they stand") {
  const auto read = [](const std::string& host, const std::string& title) {
    json::object package{{"id", "9"}, {"doc_url", host + "label.pdf"}};
    json::object line{{"id", "577086512123755123"},
                      {"sku_image", host + "a.jpg"},
                      {"product_image", host + "b.jpg"},
                      {"sub_item_info", json::array{json::object{{"id", "7"}, {"sku_image", host + "c.jpg"}}}},
                      {"product_name", title}};
    return json::object{{"id", "1"},
                        {"update_time", 5},
                        {"buyer_avatar", host + "d.webp"},
                        {"packages", json::array{std::move(package)}},
                        {"line_items", json::array{std::move(line)}}};
  };
  const auto first = read("https://p16.example.com/x?sig=1&", "T-shirt"),
             second = read("https://p19.example.com/x?sig=2&", "T-shirt");
  CHECK(content_hash(first) == content_hash(second));
  CHECK(content_hash(first) != content_hash(read("https://p16.example.com/x?sig=1&", "Cap")));
  CHECK(merge_detail(first, second, false) == second); // the newest are held all the same
}

} // namespace orderly::test
