// JSON at the edges: limits, what stores cannot hold, exact numbers, one canonical form.
#include "base/json.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

using namespace orderly;

namespace {

constexpr const char* replacement = "\xef\xbf\xbd"; // U+FFFD

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

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
  CHECK(parse_json(nested(64)).has_value());
  for (const std::size_t depth : {65, 1000, 100'000}) {
    const auto parsed = parse_json(nested(depth));
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == error_code::not_json);
  }
}

TEST_CASE("What is not JSON is refused") {
  const auto text =
      GENERATE(as<std::string>{}, "", " ", "{", "{\"a\":}", "[1,]", "nul", "{} {}", "'a'", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
               "\"a\nb\"", "NaN", "01", "+1", "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\\");
  INFO(text);
  const auto parsed = parse_json(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().code == error_code::not_json);
}

TEST_CASE("A number that no double holds is refused by name, wherever it stands; the largest and the smallest are read") {
  const std::string digits(400, '9');
  for (const auto& number :
       {std::string{"1e400"}, std::string{"-1e400"}, std::string{"1.8e308"}, std::string{"1e99999999999"}, digits, "-" + digits})
    for (const auto& text : {number, "[1," + number + "]", R"({"a":[{"b":)" + number + "}]}"}) {
      INFO(text);
      const auto parsed = parse_json(text);
      REQUIRE_FALSE(parsed.has_value());
      CHECK(parsed.error().code == error_code::not_json);
      if (number.find("999999") == std::string::npos) // the parser has its own words for an exponent of so many digits
        CHECK(parsed.error().message.find("1.797e308") != std::string::npos);
    }
  for (const auto* text : {"1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "1e-400", R"("1e400")"})
    CHECK(parse_json(text).has_value());
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
