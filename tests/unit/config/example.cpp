// config/orderly.example.toml documents every key with its default and its legal values, and cannot rot.
#include "config/config.hpp"
#include "config/schema.hpp"
#include "config/value.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace orderly;

namespace {

const std::string example_path = source_file("config/orderly.example.toml");

struct documented_key {
  std::string comment; ///< the block above, joined by blanks
  bool set = false;    ///< false: "#key = ..."
};

/// The example as a reader sees it: each key with the comment above it.
std::map<std::string, documented_key> documented_keys() {
  std::map<std::string, documented_key> keys;
  std::ifstream file(example_path);
  std::string line, table, comment;
  while (std::getline(file, line)) {
    if (line.starts_with("# ")) {
      comment += line.substr(2) + " ";
      continue;
    }
    const bool set = !line.starts_with('#');
    const auto text = set ? line : line.substr(1);
    if (text.starts_with('['))
      table = text.substr(text.find_first_not_of('['), text.find(']') - text.find_first_not_of('[')) + ".";
    else if (const auto equals = text.find(" = "); equals != std::string::npos)
      keys[table + text.substr(0, equals)] = {comment, set};
    comment.clear();
  }
  return keys;
}

/// What the value's legal values are, as the example puts it: without the examples of a duration.
std::string allowed_in_example(const key_spec& spec) {
  const auto allowed = allowed_of(spec);
  return allowed.starts_with("a duration") ? allowed.substr(0, allowed.find(',')) : allowed;
}

} // namespace

TEST_CASE("The example file is valid and holds the defaults") {
  const auto example = load_config({example_path, {}, {}});
  for (const auto& problem : example.problems)
    UNSCOPED_INFO(to_string(problem));
  REQUIRE(example.problems.empty());
  CHECK(print_config(example.values) == print_config(load_config({}).values));
}

TEST_CASE("The example file documents each key, its meaning, legal values and default") {
  const auto keys = documented_keys();
  for (const auto& spec : config_schema()) {
    INFO(spec.key);
    REQUIRE(keys.contains(std::string{spec.key}));
    const auto& documented = keys.at(std::string{spec.key});
    CHECK(documented.comment.starts_with(std::string{spec.doc} + " "));
    CHECK(documented.comment.find("Allowed: " + allowed_in_example(spec)) != std::string::npos);
    CHECK(documented.set == !spec.by_default.empty());
    if (documented.set)
      CHECK(documented.comment.find(std::string{spec.by_default}, documented.comment.find("Default: ")) != std::string::npos);
  }
  for (const auto& spec : shop_schema()) {
    INFO(spec.key);
    REQUIRE(keys.contains("tiktok.shops." + std::string{spec.key}));
    const auto& comment = keys.at("tiktok.shops." + std::string{spec.key}).comment;
    CHECK(comment.starts_with(std::string{spec.doc} + " Allowed: " + std::string{spec.rule->allowed}));
  }
  CHECK(keys.size() == config_schema().size() + shop_schema().size());
}

TEST_CASE("The keys that the example leaves commented out are valid too") {
  const test::temp_dir in;
  std::ifstream file(example_path);
  std::ostringstream all;
  for (std::string line; std::getline(file, line);) {
    const bool commented_key = line.starts_with('#') && !line.starts_with("# ") && line.size() > 1;
    if (line.find("app_secret_file") != std::string::npos)
      continue; // not beside app_secret
    const auto token = line.find("/etc/orderly/access-token");
    if (token != std::string::npos)
      line.replace(token, 25, in.file("token"));
    all << (commented_key ? line.substr(1) : line) << '\n';
  }
  std::ofstream{in.file("token")} << "token";
  std::ofstream{in.file("orderly.toml")} << all.str();
  for (const auto* name : {"token", "orderly.toml"})
    std::filesystem::permissions(in.file(name), std::filesystem::perms{0600});

  const auto loaded = load_config({in.file("orderly.toml"), {}, {}});
  for (const auto& problem : loaded.problems)
    UNSCOPED_INFO(to_string(problem));
  REQUIRE(loaded.problems.empty());
  CHECK(loaded.values.tiktok.shops.size() == 1);
  CHECK(loaded.values.tiktok.previous_app_secrets.size() == 1);
}
