// JSON at the edges: limits, what stores cannot hold, exact numbers, one canonical form.
#include "base/json_view.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

using namespace orderly;

namespace {

constexpr const char* replacement = "\xef\xbf\xbd"; // U+FFFD

std::string nested(std::size_t depth, const std::string& inner) {
  return std::string(depth, '[') + inner + std::string(depth, ']');
}

std::string text_of(const std::string& body) {
  const auto parsed = parse_json(body);
  REQUIRE(parsed.has_value());
  const auto& text = parsed->as_string();
  return {text.data(), text.size()};
}

/// A value with objects, arrays and scalars, of at most `depth` levels.
json::value random_value(std::mt19937_64& random, int depth) {
  const auto scalar = [&]() -> json::value {
    switch (random() % 6) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<std::int64_t>(random());
    case 3: return static_cast<std::uint64_t>(random()) | (std::uint64_t{1} << 63);
    case 4: return json::string{std::string(random() % 5, static_cast<char>('a' + random() % 26)) + "\"\\\n\xc3\xa9"};
    default: return "";
    }
  };
  if (depth == 0 || random() % 3 == 0)
    return scalar();
  if (random() % 2 == 0) {
    json::array array;
    for (auto left = random() % 4; left > 0; --left)
      array.push_back(random_value(random, depth - 1));
    return array;
  }
  json::object object;
  for (auto left = random() % 5; left > 0; --left)
    object[std::string(1 + random() % 3, static_cast<char>('a' + random() % 26))] = random_value(random, depth - 1);
  return object;
}

/// The same value, its objects' members in another order.
json::value shuffled(const json::value& value, std::mt19937_64& random) {
  if (const auto* array = value.if_array()) {
    json::array copy;
    for (const auto& element : *array)
      copy.push_back(shuffled(element, random));
    return copy;
  }
  const auto* object = value.if_object();
  if (!object)
    return value;
  std::vector<std::pair<std::string, json::value>> members;
  for (const auto& member : *object)
    members.emplace_back(member.key(), shuffled(member.value(), random));
  std::shuffle(members.begin(), members.end(), random);
  json::object copy;
  for (auto& [key, inner] : members)
    copy[key] = std::move(inner);
  return copy;
}

} // namespace

TEST_CASE("Sixty-four levels are read, sixty-five and a thousand are refused") {
  for (const auto& [inner, levels] : std::vector<std::pair<std::string, std::size_t>>{{"", 0}, {"1", 0}, {"1.5", 0}, {"{}", 1}}) {
    CHECK(parse_json(nested(64 - levels, inner)).has_value());
    for (const std::size_t depth : {65, 66, 67, 1000, 100'000}) {
      const auto parsed = parse_json(nested(depth - levels, inner));
      REQUIRE_FALSE(parsed.has_value());
      CHECK(parsed.error().code == error_code::not_json);
      CHECK(parsed.error().message.find("64 levels") != std::string::npos);
    }
  }
}

TEST_CASE("What is not JSON is refused") {
  const auto text = GENERATE(as<std::string>{}, "", " ", "{", "{\"a\":}", "[1,]", "nul", "{} {}", "'a'", "\"\\x\"", "\"\\u12\"",
                             "\"\\u12g4\"", "\"a\nb\"", "NaN", "01", "+1", "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"",
                             "\"\xc0\x80\"", "\"\\", "\xef\xbb\xbf{}");
  INFO(text);
  const auto parsed = parse_json(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().code == error_code::not_json);
}

TEST_CASE("A number that comes back digit for digit is read, however it is written") {
  const std::vector<std::pair<std::string, json::value>> numbers{
      {"0", 0},
      {"-0", 0},
      {"-0.0", -0.0},
      {"0e99", 0.0},
      {"1.0", 1.0},
      {"1.50", 1.5},
      {"1e2", 100.0},
      {"1E+2", 100.0},
      {"100e-2", 1.0},
      {"0.1", 0.1},
      {"0.30000000000000004", 0.30000000000000004},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
      {"20000000000000000000", 2e19},
      {"100000000000000000000000", 1e23},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"-1.7976931348623157E308", -1.7976931348623157e308},
      {"5e-324", 5e-324},
  };
  for (const auto& [text, value] : numbers)
    for (auto policy : {inexact_numbers::as_text, inexact_numbers::refused}) {
      INFO(text);
      CHECK(parse_json(text, policy).value() == value);
      CHECK(parse_json("[" + text + " ,1]", policy).value() == json::value(json::array{value, 1}));
    }
}

TEST_CASE("A number that does not come back digit for digit is kept as its digits, or refused with its path") {
  const std::string digits(400, '9');
  for (const auto& number :
       {std::string{"1e400"}, std::string{"-1e400"}, std::string{"1.8e308"}, std::string{"1e99999999999"}, digits, "-" + digits,
        std::string{"1e-400"}, std::string{"1180591620717411303424"}, std::string{"18446744073709551616"},
        std::string{"-9223372036854775809"}, std::string{"9007199254740993.0"}, std::string{"0.1000000000000000055511"},
        std::string{"0.10000000000000001"}, std::string{"4.9406564584124654e-324"}}) {
    INFO(number);
    const auto text = R"({"a": [{"b":0.5}, {"c.d\u0000": [7,)" + number + R"(], "e":"1e400"}]})";
    const auto kept = parse_json(text);
    REQUIRE(kept.has_value());
    CHECK(kept->at("a").at(0).at("b") == json::value(0.5));
    CHECK(kept->at("a").at(1).at(std::string{"c.d"} + replacement).at(1).as_string() == number);
    const auto refused = parse_json(text, inexact_numbers::refused);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::invalid_field);
    CHECK(string_at(refused.error().details, "field") == std::string{"a[1].c.d"} + replacement + "[1]");
    CHECK(string_at(refused.error().details, "found").substr(0, 200) == number.substr(0, 200));
    CHECK(refused.error().message.find("digit for digit") != std::string::npos);
    CHECK(string_at(parse_json(number, inexact_numbers::refused).error().details, "field") == "(body)");
    CHECK(parse_json(number).value().as_string() == number);
    for (const auto& broken : {"{" + number + ":1}", "{" + number + " \n:1}", number + "\"x\"", "\"x\"" + number, "[" + number,
                               "tru" + number, number + ".", "-" + number + "-"})
      for (auto policy : {inexact_numbers::as_text, inexact_numbers::refused})
        CHECK(parse_json(broken, policy).error().code == error_code::not_json); // not mended by standing between quotes
  }
}

TEST_CASE("Every double is read from its shortest text, spelled in any way; another digit that counts is not") {
  std::mt19937_64 random{test::seed_of_run()};
  for (int round = 0; round < 20'000; ++round) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value) || std::abs(value) < 1e-300)
      continue;
    std::array<char, 40> buffer{};
    auto* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    const std::string shortest{buffer.data(), end};
    const auto e = shortest.find('e');
    const auto digits = shortest.substr(0, e), exponent = shortest.substr(e);
    INFO(shortest);
    const std::string point = digits.find('.') == std::string::npos ? "." : "";
    for (const auto& text : {shortest, json::serialize(json::value(value)), digits + point + "000" + exponent})
      REQUIRE(parse_json(text, inexact_numbers::refused).value() == json::value(value));
    const auto longer = digits + point + "00000000000000000001" + exponent;
    REQUIRE(parse_json(longer).value() == json::value(longer));
    REQUIRE_FALSE(parse_json(longer, inexact_numbers::refused).has_value());
  }
}

TEST_CASE("Of members with one name the last counts, for what is stored and for what is looked at") {
  const auto text = R"({"a":1,"b":{"x":1},"a":"two","b":[3],"a":4})";
  const auto stored = parse_json(text).value().as_object();
  CHECK(stored == json::object{{"a", 4}, {"b", json::array{3}}});
  const auto parsed = parsed_json::read(text).value();
  CHECK(int_at(parsed.root(), "a") == 4);
  CHECK(string_at(parsed.root(), "a").empty());
  CHECK_FALSE(object_at(parsed.root(), "b"));
  CHECK(id_of(*items_at(parsed.root(), "b").begin()) == "3");
}

TEST_CASE("A view of nothing gives nothing") {
  const json_view nothing;
  CHECK_FALSE(nothing);
  CHECK_FALSE(nothing.is_object());
  CHECK_FALSE(member_at(nothing, "a"));
  CHECK(string_at(nothing, "a").empty());
  CHECK(id_at(nothing, "a").empty());
  CHECK(id_of(nothing).empty());
  CHECK_FALSE(int_at(nothing, "a"));
  CHECK_FALSE(bool_at(nothing, "a"));
  CHECK_FALSE(object_at(nothing, "a"));
  CHECK(items_at(nothing, "a").begin() == items_at(nothing, "a").end());
  CHECK(value_of(nothing).is_null());
}

TEST_CASE("Texts that are looked at at one time do not disturb each other, whatever their size") {
  const std::string large = R"({"id":")" + std::string(300'000, 'x') + R"("})";
  for (int round = 0; round < 3; ++round) {
    const auto first = parsed_json::read(R"({"id":"first"})").value();
    const auto second = parsed_json::read(large).value();
    const auto third = parse_json(R"({"id":"third"})").value();
    CHECK(string_at(first.root(), "id") == "first");
    CHECK(string_at(second.root(), "id").size() == 300'000);
    CHECK(string_at(third.as_object(), "id") == "third");
  }
}

TEST_CASE("A zero escape becomes the replacement character, in values and in keys") {
  CHECK(text_of(R"("a\u0000b")") == std::string{"a"} + replacement + "b");
  const auto parsed = parse_json(R"({"k\u0000":1})");
  REQUIRE(parsed.has_value());
  CHECK(parsed->as_object().contains(std::string{"k"} + replacement));
}

TEST_CASE("Lone surrogates become the replacement character, pairs stay") {
  CHECK(text_of(R"("\ud83d\ude00")") == "\xf0\x9f\x98\x80");
  CHECK(text_of(R"("\ud83d")") == replacement);
  CHECK(text_of(R"("\ude00")") == replacement);
  CHECK(text_of(R"("\ud83dx")") == std::string{replacement} + "x");
  CHECK(text_of(R"("\ude00\ud83d")") == std::string{replacement} + replacement);
  CHECK(text_of(R"("\ud83d\ud83d\ude00")") == std::string{replacement} + "\xf0\x9f\x98\x80");
  CHECK(text_of(R"("\uD83D\u0041")") == std::string{replacement} + "A");
}

TEST_CASE("An escaped backslash before a u is no escape of a character") {
  CHECK(text_of(R"("\\u0000")") == "\\u0000");
  CHECK(text_of(R"("\\\u0000")") == std::string{"\\"} + replacement);
  CHECK(text_of(R"("\\\\ud83d")") == "\\\\ud83d");
}

TEST_CASE("Ids above 2^53 stay exact, as numbers and as text") {
  const auto parsed = parse_json(R"({"number":576461413038785752,"text":"576461413038785752","max":18446744073709551615,
                                     "small":7,"float":1.5,"negative":-3,"null":null,"list":[],"flag":true,"words":"12x"})");
  REQUIRE(parsed.has_value());
  const auto& object = parsed->as_object();
  CHECK(id_at(object, "number") == "576461413038785752");
  CHECK(id_at(object, "text") == "576461413038785752");
  CHECK(id_at(object, "max") == "18446744073709551615");
  CHECK(id_at(object, "float").empty());
  CHECK(id_at(object, "null").empty());
  CHECK(id_at(object, "absent").empty());
  CHECK(int_at(object, "number") == 576461413038785752);
  CHECK(int_at(object, "text") == 576461413038785752);
  CHECK(int_at(object, "negative") == -3);
  for (const auto* key : {"max", "float", "null", "list", "flag", "words", "absent"}) {
    INFO(key);
    CHECK_FALSE(int_at(object, key).has_value());
  }
  CHECK(canonical_json(object.at("number")) == "576461413038785752");
}

TEST_CASE("Readers give nothing for what is absent, null or of another type") {
  const auto parsed = parse_json(R"({"text":"t","number":1,"flag":false,"list":[1],"object":{"a":1},"null":null})");
  REQUIRE(parsed.has_value());
  const auto& object = parsed->as_object();
  CHECK(string_at(object, "text") == "t");
  CHECK(bool_at(object, "flag") == false);
  REQUIRE(array_at(object, "list"));
  CHECK(array_at(object, "list")->size() == 1);
  REQUIRE(object_at(object, "object"));
  for (const auto* key : {"number", "null", "absent"}) {
    INFO(key);
    CHECK(string_at(object, key).empty());
    CHECK_FALSE(bool_at(object, key).has_value());
    CHECK(array_at(object, key) == nullptr);
    CHECK(object_at(object, key) == nullptr);
  }
}

TEST_CASE("The canonical form sorts keys by bytes and has no blanks") {
  const auto parsed = parse_json(R"( {"b" : [1, 2.5, {"z":null,"a":true}], "B":"x\u00e9", "a":{}, "":0} )");
  REQUIRE(parsed.has_value());
  CHECK(canonical_json(*parsed) == "{\"\":0,\"B\":\"x\xc3\xa9\",\"a\":{},\"b\":[1,2.5E0,{\"a\":true,\"z\":null}]}");
}

TEST_CASE("Equal values have one canonical form, and it reads back as the value") {
  std::mt19937_64 random{test::seed_of_run()};
  for (int round = 0; round < 500; ++round) {
    const auto value = random_value(random, 4);
    const auto canonical = canonical_json(value);
    INFO(canonical);
    REQUIRE(canonical_json(shuffled(value, random)) == canonical);
    const auto again = parse_json(canonical);
    REQUIRE(again.has_value());
    REQUIRE(*again == value);
    REQUIRE(canonical_json(*again) == canonical);
  }
}
