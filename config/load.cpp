#include "config/config.hpp"
#include "config/environment_names.hpp"
#include "config/nearest.hpp"
#include "config/schema.hpp"
#include "config/secret_file.hpp"
#include "config/text_rules.hpp"
#include "config/toml_file.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace orderly {
namespace {

constexpr std::string_view environment_prefix = "ORDERLY_";
constexpr std::string_view shops_key = "tiktok.shops";

/// Where a value was given; later sources win.
struct origin {
  int rank = 0; ///< 0 default, 1 file, 2 environment, 3 flags
  std::string file;
  int line = 0;
};

class loader {
public:
  loaded_config load(const config_sources& from) {
    for (const auto& spec : config_schema())
      take(spec, value_from_text(spec, std::string{spec.by_default}), origin{});
    if (from.file)
      take_file(*from.file);
    take_environment(from.environment);
    for (const auto& [key, text] : from.flags)
      take_text(key, key, text, origin{3, "flags", 0});
    settle_app_secret();
    settle_shops();
    settle_lease();
    if (values().storage.url.empty())
      values().storage.url = "sqlite:" + values().data_dir + "/orderly.db";
    return std::move(out_);
  }

private:
  config& values() { return out_.values; }

  void problem(const origin& at, std::string key, std::string found, std::string allowed, std::string nearest = {}) {
    out_.problems.push_back({at.file, at.line, std::move(key), std::move(found), std::move(allowed), std::move(nearest)});
  }

  void take(const key_spec& spec, const config_value& value, const origin& at) {
    if (assign(spec, value, values()))
      given_[std::string{spec.key}] = at;
    else
      problem(at, std::string{spec.key}, "found " + found_instead(spec, value), allowed_of(spec));
  }

  static std::string found_instead(const key_spec& spec, const config_value& value) {
    const auto* text = std::get_if<std::string>(&value);
    const auto wrong = spec.secret && text ? wrong_byte_of_secret(*text) : std::string{};
    return wrong.empty() ? describe(value, spec.secret) : "a secret with " + wrong;
  }

  void take_text(const std::string& shown_key, const std::string& key, const std::string& text, const origin& at) {
    if (const auto* spec = spec_of(key))
      take(*spec, value_from_text(*spec, text), at);
    else
      problem(at, shown_key, "unknown key", "", nearest_name(key, known_keys()));
  }

  static std::vector<std::string> known_keys() {
    std::vector<std::string> keys{std::string{shops_key}};
    for (const auto& spec : config_schema())
      keys.emplace_back(spec.key);
    return keys;
  }

  static std::vector<std::string> known_tables() {
    std::vector<std::string> tables{std::string{shops_key}};
    for (const auto& spec : config_schema())
      if (const auto dot = spec.key.rfind('.'); dot != std::string_view::npos && tables.back() != spec.key.substr(0, dot))
        tables.emplace_back(spec.key.substr(0, dot));
    return tables;
  }

  void take_file(const std::string& path) {
    std::string why;
    const auto read = read_file(path, why);
    if (!read)
      return problem({1, path, 0}, "", "cannot be read: " + why, "a TOML file that this user can read");
    auto document = parse_toml(read->text);
    for (const auto& error : document.errors)
      problem({1, path, error.line}, "", "not TOML: " + error.what, "TOML 1.0");
    std::string unknown_table;
    for (const auto& entry : document.entries) {
      if (!unknown_table.empty() && entry.key.starts_with(unknown_table + "."))
        continue; // said once, for the table
      const origin at{1, path, entry.line};
      if (entry.key.starts_with(std::string{shops_key} + "["))
        take_shop_entry(entry, at);
      else if (entry.is_table && !is_known_table(entry.key)) {
        unknown_table = entry.key;
        take_unknown_table(entry, at);
      } else if (!entry.is_table)
        take_file_entry(entry, at, *read);
    }
  }

  static bool is_known_table(const std::string& key) {
    const auto tables = known_tables();
    return std::find(tables.begin(), tables.end(), key) != tables.end() && key != shops_key;
  }

  void take_unknown_table(const toml_entry& entry, const origin& at) {
    if (const auto* spec = spec_of(entry.key))
      problem(at, entry.key, "found a table", allowed_of(*spec));
    else if (entry.key == shops_key)
      problem(at, entry.key, "found a table", "an array of tables: [[tiktok.shops]]");
    else
      problem(at, entry.key, "unknown table", "", nearest_name(entry.key, known_tables()));
  }

  void take_file_entry(const toml_entry& entry, const origin& at, const file_text& file) {
    const auto* spec = spec_of(entry.key);
    if (!spec) {
      if (entry.key == shops_key)
        problem(at, entry.key, "found " + describe(entry.value, false), "an array of tables: [[tiktok.shops]]");
      else
        problem(at, entry.key, "unknown key", "", nearest_name(entry.key, known_keys()));
      return;
    }
    const auto* text = std::get_if<std::string>(&entry.value);
    const auto* list = std::get_if<std::vector<std::string>>(&entry.value);
    const bool holds_secret = spec->secret ? (text && !text->empty()) || (list && !list->empty()) : text && has_password(*text);
    if (holds_secret && file.readable_by_others)
      return problem(at, entry.key, "found a secret in a file that group or others can read (mode " + file.mode + ")",
                     "mode 0600, or " + environment_name_of(entry.key) +
                         (entry.key == "tiktok.app_secret" ? ", or tiktok.app_secret_file" : ""));
    take(*spec, entry.value, at);
  }

  /// `tiktok.shops[2].region`; the table's own entry comes first.
  void take_shop_entry(const toml_entry& entry, const origin& at) {
    const auto close = entry.key.find(']');
    const auto index = static_cast<std::size_t>(std::stoul(entry.key.substr(shops_key.size() + 1, close)));
    while (shops_given_.size() <= index) {
      shops_given_.push_back(at);
      values().tiktok.shops.emplace_back();
    }
    if (entry.is_table && close + 1 == entry.key.size())
      return;
    const auto name = entry.key.substr(close + 2);
    const auto keys = shop_schema();
    const auto spec = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.key == name; });
    if (spec == keys.end()) {
      std::vector<std::string> known;
      for (const auto& key : keys)
        known.emplace_back(key.key);
      return problem(at, entry.key, "unknown key", "", nearest_name(name, known));
    }
    const auto* text = std::get_if<std::string>(&entry.value);
    if (text && spec->rule->accepts(*text))
      values().tiktok.shops[index].*(spec->at) = *text;
    else
      problem(at, entry.key, "found " + describe(entry.value, false), std::string{spec->rule->allowed});
    shop_keys_given_.insert(entry.key);
  }

  void take_environment(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> names;
    for (const auto& spec : config_schema())
      names.push_back(environment_name_of(spec.key));
    for (const auto& [name, text] : environment) {
      if (!name.starts_with(environment_prefix) || is_name_of_our_tools(name) || is_name_of_kubernetes(name))
        continue;
      const origin at{2, "environment", 0};
      const auto known = std::find(names.begin(), names.end(), name);
      if (known == names.end())
        problem(at, name, "unknown name", "", nearest_name(name, names));
      else
        take_named(name, config_schema()[static_cast<std::size_t>(known - names.begin())], text, at);
    }
  }

  void take_named(const std::string& name, const key_spec& spec, const std::string& text, const origin& at) {
    const auto before = out_.problems.size();
    take(spec, value_from_text(spec, text), at);
    if (out_.problems.size() > before)
      out_.problems.back().key = name; // as the person wrote it
  }

  /// app_secret and app_secret_file are two ways for one value: the later source wins, both in one source is
  /// a contradiction.
  void settle_app_secret() {
    auto& tiktok = values().tiktok;
    const auto inline_at = given_["tiktok.app_secret"], file_at = given_["tiktok.app_secret_file"];
    if (tiktok.app_secret_file.empty())
      return;
    if (!tiktok.app_secret.empty() && inline_at.rank > file_at.rank) {
      tiktok.app_secret_file.clear();
      return;
    }
    if (!tiktok.app_secret.empty() && inline_at.rank == file_at.rank)
      return problem(file_at, "tiktok.app_secret_file", "found beside tiktok.app_secret", "one of the two");
    std::string why;
    auto secret = read_secret(tiktok.app_secret_file, why);
    if (!secret)
      return problem(file_at, "tiktok.app_secret_file", "found " + tiktok.app_secret_file + ": " + why,
                     "a file with one secret and mode 0600");
    tiktok.app_secret = std::move(*secret);
  }

  void settle_shops() {
    std::set<std::string> ids;
    auto& shops = values().tiktok.shops;
    for (std::size_t i = 0; i < shops.size(); ++i) {
      auto& shop = shops[i];
      const auto table = std::string{shops_key} + "[" + std::to_string(i) + "]";
      for (const auto& spec : shop_schema())
        if (!shop_keys_given_.contains(table + "." + std::string{spec.key}))
          problem(shops_given_[i], table + "." + std::string{spec.key}, "missing", std::string{spec.rule->allowed});
      if (!shop.id.empty() && !ids.insert(shop.id).second)
        problem(shops_given_[i], table + ".id", "found \"" + shop.id + "\" a second time", "each shop once");
      if (shop.access_token_file.empty())
        continue;
      std::string why;
      if (auto token = read_secret(shop.access_token_file, why))
        shop.access_token = std::move(*token);
      else
        problem(shops_given_[i], table + ".access_token_file", "found " + shop.access_token_file + ": " + why,
                "a file with one access token and mode 0600");
    }
    if (!shops.empty() && (values().tiktok.app_key.empty() || values().tiktok.app_secret.empty()))
      if (out_.problems.empty())
        problem(shops_given_[0], values().tiktok.app_key.empty() ? "tiktok.app_key" : "tiktok.app_secret", "missing",
                "tiktok.app_key and tiktok.app_secret, since a shop is configured");
  }

  /// A promise may take two calls: the order is read, then written. A write that outlives its lease may be made a second time,
  /// by the engine that claims it next.
  void settle_lease() {
    constexpr std::chrono::milliseconds margin{1000};
    const auto least = std::chrono::ceil<std::chrono::seconds>(2 * values().tiktok.timeout + margin);
    if (values().engine.lease >= least)
      return;
    const auto &lease_at = given_["engine.lease"], &timeout_at = given_["tiktok.timeout"];
    problem(lease_at.rank > 0 ? lease_at : timeout_at, "engine.lease",
            "found \"" + format_duration(values().engine.lease) + "\" beside a tiktok.timeout of \"" +
                format_duration(values().tiktok.timeout) + "\"",
            "at least twice tiktok.timeout and 1s: here \"" + format_duration(least) + "\"");
  }

  loaded_config out_;
  std::map<std::string, origin> given_;
  std::vector<origin> shops_given_;
  std::set<std::string> shop_keys_given_;
};

} // namespace

loaded_config load_config(const config_sources& from) { return loader{}.load(from); }

std::string to_string(const config_problem& p) {
  std::string text = p.file;
  if (p.line > 0)
    text += ":" + std::to_string(p.line);
  if (!p.key.empty())
    text += ": " + p.key;
  text += ": " + p.found;
  if (!p.allowed.empty())
    text += "; allowed: " + p.allowed;
  if (!p.nearest.empty())
    text += "; did you mean " + p.nearest + "?";
  return text;
}

log_level log_level_of(const config& values) {
  if (values.log_level == "debug")
    return log_level::debug;
  if (values.log_level == "warn")
    return log_level::warn;
  return values.log_level == "error" ? log_level::error : log_level::info;
}

} // namespace orderly
