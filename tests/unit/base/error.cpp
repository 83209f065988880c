// Errors are values; their catalogue is documented, completely and in its order.
#include "base/error.hpp"

#include "base/exit_code.hpp"
#include "base/result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace orderly;

namespace {

struct documented {
  std::string name;
  int http;
  std::string input, title;
  friend bool operator==(const documented&, const documented&) = default;
};

std::vector<documented> catalogue() {
  return {
#define ORDERLY_ERROR(name, http, input, message, exit, text) {#name, http, #input, text},
#include "base/error_codes.def"
#undef ORDERLY_ERROR
  };
}

/// The rows of the table in docs/errors.md: | `name` | status | input | sentence. More. |
std::vector<documented> documentation() {
  std::ifstream file(source_file("docs/errors.md"));
  const std::regex row{R"(\| `(\w+)` \| (\d+) \| (\w+) \| ([^|.]+)\..*\|)"};
  std::vector<documented> rows;
  std::smatch match;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, match, row))
      rows.push_back({match[1], std::stoi(match[2]), match[3], match[4]});
  return rows;
}

result<int> half(int number) {
  if (number % 2 != 0)
    return error{error_code::invalid_field, "odd", {}};
  return number / 2;
}

} // namespace

TEST_CASE("docs/errors.md lists every error with its status and meaning, in the order of the catalogue") {
  const auto rows = documentation(), codes = catalogue();
  for (std::size_t i = 0; i < std::min(rows.size(), codes.size()); ++i) {
    INFO("row " << i << ": documented " << rows[i].name << ", catalogue " << codes[i].name);
    CHECK(rows[i] == codes[i]);
  }
  CHECK(rows.size() == codes.size());
}

TEST_CASE("A name leads to its code and back, and is used once") {
  std::set<std::string> names;
  for (const auto& entry : catalogue()) {
    INFO(entry.name);
    const auto code = error_code_from(entry.name);
    REQUIRE(code.has_value());
    CHECK(name_of(*code) == entry.name);
    CHECK(title_of(*code) == entry.title);
    CHECK(http_status_of(*code) == entry.http);
    CHECK(http_status_of(*code) >= 400);
    CHECK(name_of(input_fate_of(*code)) == entry.input);
    CHECK(names.insert(entry.name).second);
  }
  CHECK_FALSE(error_code_from("no_such_error").has_value());
  CHECK_FALSE(error_code_from("").has_value());
}

TEST_CASE("The catalogue says what an input has become, what a client may read and how a program ends") {
  const auto all = [](auto is) {
    std::set<std::string> names;
    for (const auto& entry : catalogue())
      if (is(*error_code_from(entry.name)))
        names.insert(entry.name);
    return names;
  };
  using names = std::set<std::string>;
  const auto with = [&](input_fate fate) { return all([fate](error_code c) { return input_fate_of(c) == fate; }); };
  CHECK(with(input_fate::decided) == names{"order_exists", "illegal_transition", "guard_refused", "held", "version_conflict"});
  CHECK(with(input_fate::dead) == names{"shop_mismatch", "killed_twice", "refused_by_store"});
  CHECK(with(input_fate::untried) == names{"quarantined", "order_unreadable", "storage_unavailable", "storage_newer",
                                           "overloaded", "shutting_down", "too_many_requests"});
  CHECK(with(input_fate::unknown) ==
        names{"internal", "storage_outcome_unknown", "outcome_unknown", "bad_config", "bad_backup", "tiktok_unreachable"});
  CHECK(all([](error_code c) { return is_stored(input_fate_of(c)); }).size() == 8);
  CHECK(all(is_message_hidden) == names{"internal", "killed_twice", "refused_by_store", "bad_config", "bad_backup",
                                        "storage_unavailable", "storage_outcome_unknown", "storage_newer"});
  CHECK(all([](error_code c) { return exit_code_of(c) == exit_code::unavailable; }) ==
        names{"storage_unavailable", "storage_outcome_unknown", "storage_newer", "tiktok_unreachable"});
  CHECK(all([](error_code c) { return exit_code_of(c) == exit_code::bad_config; }) == names{"bad_config"});
  CHECK(all([](error_code c) { return exit_code_of(c) == exit_code::internal; }).size() == catalogue().size() - 6);
}

TEST_CASE("An error says its name and what was wrong") {
  CHECK(to_string({error_code::held, "since noon", {}}) == "held: since noon");
  CHECK(to_string({error_code::held, "", {}}) == "held");
}

TEST_CASE("A result is a value or an error") {
  REQUIRE(half(4).has_value());
  CHECK(*half(4) == 2);
  REQUIRE_FALSE(half(3).has_value());
  CHECK(half(3).error().code == error_code::invalid_field);
  CHECK_THROWS_AS(half(3).value(), std::logic_error);
}
