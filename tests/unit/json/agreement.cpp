// One parser, one opinion: the engine's parser against the one before it, and its two surfaces against each other.

#include "base/json_view.hpp"
#include "domain/order/wire.hpp"
#include "tests/support/boost_parser.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tests/unit/json/corpus.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

using namespace orderly;
using namespace orderly::test;

namespace {

/// ORDERLY_MUTATIONS bodies, or a number that takes a few seconds.
std::size_t mutations() {
  const char* wanted = std::getenv("ORDERLY_MUTATIONS");
  return wanted ? std::strtoull(wanted, nullptr, 10) : 5'000;
}

/// What the whole text says as a number; NaN if it is none.
double number_in(std::string_view text) {
  const std::string copy{text};
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  return !copy.empty() && end == copy.c_str() + copy.size() ? value : std::nan("");
}

/// The differences from the parser before that were decided (DECISIONS "Numbers"), and how often each was met.
struct differences {
  std::size_t bodies = 0, accepted = 0, refused = 0;
  std::size_t rounded_right = 0; ///< the parser before took a neighbour of the nearest double
  std::size_t kept_as_text = 0;  ///< it took a double that does not give the digits back
  std::size_t beyond_double = 0; ///< it refused the body because of a number that no double holds, or the number's exponent
};

/// True where `now` is `before` but for decided differences.
bool is_alike(const json::value& before, const json::value& now, differences& met) {
  if (before == now)
    return true;
  if (before.is_double() && now.is_double()) {
    ++met.rounded_right;
    const double a = before.get_double(), b = now.get_double();
    return std::abs(a - b) <= std::abs(b) * 1e-14 + 1e-322;
  }
  if (before.is_double() && now.is_string()) {
    ++met.kept_as_text;
    const double a = before.get_double(), b = number_in(now.get_string());
    return std::abs(a - b) <= std::abs(b) * 1e-14 + 1e-322;
  }
  if (before.is_array() && now.is_array()) {
    const auto &a = before.get_array(), &b = now.get_array();
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](const auto& x, const auto& y) { return is_alike(x, y, met); });
  }
  if (!before.is_object() || !now.is_object() || before.get_object().size() != now.get_object().size())
    return false;
  for (const auto& member : before.get_object())
    if (const auto* other = now.get_object().if_contains(member.key()); !other || !is_alike(member.value(), *other, met))
      return false;
  return true;
}

/// A text in it is a number that no double holds, or has an exponent that the parser before did not take.
bool has_number_beyond(const json::value& value) {
  if (const auto* text = value.if_string()) {
    const double number = number_in(*text);
    return std::isinf(number) || (number == 0 && text->find_first_of("eE") != json::string::npos);
  }
  if (const auto* array = value.if_array())
    return std::any_of(array->begin(), array->end(), has_number_beyond);
  const auto* object = value.if_object();
  return object &&
         std::any_of(object->begin(), object->end(), [](const auto& member) { return has_number_beyond(member.value()); });
}

/// Also of a zero, 0e400, which the parser before took for a number beyond a double.
bool has_exponent_beyond(const std::string& text) {
  constexpr int largest = 308;
  for (auto at = text.find_first_of("eE"); at != std::string::npos; at = text.find_first_of("eE", at + 1)) {
    const auto begin = text.find_first_not_of("+-", at + 1);
    int exponent = 0;
    for (auto digit = begin; digit < text.size() && text[digit] >= '0' && text[digit] <= '9' && exponent <= largest; ++digit)
      exponent = exponent * 10 + (text[digit] - '0');
    if (exponent > largest)
      return true;
  }
  return false;
}

void check_against_the_parser_before(const std::string& body, differences& met) {
  const auto before = parse_with_boost(body);
  const auto now = parse_json(body);
  const auto strict = parse_json(body, inexact_numbers::refused);
  ++met.bodies;
  ++(now ? met.accepted : met.refused);
  if (!now) {
    REQUIRE_FALSE(before);
    REQUIRE(now.error().code == error_code::not_json);
    REQUIRE(strict.error().code == error_code::not_json);
    return;
  }
  const auto kept_before = met.kept_as_text;
  if (before) {
    REQUIRE(is_alike(*before, *now, met));
    if (*before == *now)
      REQUIRE(canonical_json(*before) == canonical_json(*now));
  } else {
    ++met.beyond_double;
    REQUIRE((has_number_beyond(*now) || has_exponent_beyond(body)));
  }
  if (strict) {
    REQUIRE(*strict == *now);
    REQUIRE(met.kept_as_text == kept_before);
  } else { // or in a member that a later one of the same name hides
    REQUIRE(strict.error().code == error_code::invalid_field);
    REQUIRE(body.find(string_at(strict.error().details, "found").substr(0, 200)) != std::string::npos);
    REQUIRE_FALSE(string_at(strict.error().details, "field").empty());
  }
}

bool agree(const json::value& value, json_view view);

bool agree_on_member(const json::object& object, json_view view, std::string_view key) {
  const auto* items = array_at(object, key);
  std::size_t count = 0;
  for (const auto item : items_at(view, key))
    if (!items || count == items->size() || !agree(items->at(count++), item))
      return false;
  return count == (items ? items->size() : 0) && string_at(view, key) == string_at(object, key) &&
         id_at(view, key) == id_at(object, key) && int_at(view, key) == int_at(object, key) &&
         bool_at(view, key) == bool_at(object, key) &&
         static_cast<bool>(object_at(view, key)) == (object_at(object, key) != nullptr) &&
         agree(object.at(key), member_at(view, key));
}

/// The tolerant readers of both say the same of everything within.
bool agree(const json::value& value, json_view view) {
  const auto* object = value.if_object();
  return view && view.is_object() == (object != nullptr) && !member_at(view, "no such member") &&
         (!object || std::all_of(object->begin(), object->end(),
                                 [&](const auto& member) { return agree_on_member(*object, view, member.key()); }));
}

void check_surfaces(const std::string& body) {
  for (auto policy : {inexact_numbers::as_text, inexact_numbers::refused}) {
    const auto stored = parse_json(body, policy);
    const auto parsed = parsed_json::read(body, policy);
    REQUIRE(stored.has_value() == parsed.has_value());
    if (!stored) {
      REQUIRE(stored.error() == parsed.error());
      continue;
    }
    REQUIRE(value_of(parsed->root()) == *stored);
    REQUIRE(agree(*stored, parsed->root()));
  }
}

/// The body as TikTok sends it in a detail's place, or as a client posts it.
void check_what_is_stored(const std::string& body) {
  const auto answer = parse_json(R"({"code":0,"data":{"orders":[)" + body + "]}}");
  const auto* data = answer ? object_at(answer->as_object(), "data") : nullptr;
  const auto* orders = data ? array_at(*data, "orders") : nullptr;
  for (const auto& order : orders ? *orders : json::array{})
    if (const auto* object = order.if_object()) {
      const written_body written{fetched_detail{*object, from_micros(1789479000123457), outbox_ref{7, 3}}};
      const auto read = parse_body(input_source::tiktok, "order_detail", *written.raw, {});
      REQUIRE(read.has_value());
      REQUIRE(*read == written.body);
      REQUIRE(raw_of(*read) == *written.raw);
    }
  const auto posted = parse_json(R"({"order_data":)" + body + "}", inexact_numbers::refused);
  const auto* document = posted ? object_at(posted->as_object(), "order_data") : nullptr;
  if (!document)
    return;
  const written_body written{create_order{*document}};
  const auto read = parse_body(input_source::api, "create", *written.raw, {});
  REQUIRE(read.has_value());
  REQUIRE(*read == written.body);
}

template <class Check>
void for_each_body(Check check) {
  std::mt19937_64 random{seed_of_run()};
  for (const auto& body : json_corpus()) {
    INFO(body);
    check(body);
  }
  for (auto left = mutations(); left > 0; --left) {
    const auto body = mutated_body(random);
    INFO(body);
    check(body);
  }
}

} // namespace

TEST_CASE("every body gets the verdict and the value that the parser before gave it, but for numbers as decided") {
  differences met;
  for_each_body([&](const std::string& body) { check_against_the_parser_before(body, met); });
  std::cout << met.bodies << " bodies: " << met.accepted << " accepted, " << met.refused << " refused; numbers rounded right "
            << met.rounded_right << ", kept as text " << met.kept_as_text << ", bodies with a number beyond a double "
            << met.beyond_double << std::endl;
  CHECK(met.accepted > met.bodies / 10);
  CHECK(met.refused > met.bodies / 10);
}

TEST_CASE("the view of a text and the value that is stored of it say the same") {
  for_each_body([](const std::string& body) { check_surfaces(body); });
}

TEST_CASE("what is decided from a fetched or posted document is what its stored bytes say") {
  for_each_body([](const std::string& body) { check_what_is_stored(body); });
}
