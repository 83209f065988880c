#include "config/config.hpp"
#include "config/schema.hpp"
#include "config/toml_file.hpp"
#include "config/value.hpp"

namespace orderly {
namespace {

constexpr std::string_view redacted = "(redacted)";

struct printer {
  bool secret;
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const std::int64_t* value) const { return std::to_string(*value); }
  std::string operator()(const std::chrono::milliseconds* value) const { return toml_text(format_duration(*value)); }
  std::string operator()(const std::chrono::seconds* value) const { return toml_text(format_duration(*value)); }
  std::string operator()(const std::string* value) const {
    return toml_text(secret && !value->empty() ? std::string{redacted} : without_password(*value));
  }
  std::string operator()(const std::vector<std::string>* value) const {
    std::string out;
    for (const auto& text : *value)
      out += (out.empty() ? "" : ", ") + toml_text(secret ? redacted : std::string_view{text});
    return "[" + out + "]";
  }
};

} // namespace

std::string print_config(const config& values) {
  config copy = values;
  std::string out, table;
  for (const auto& spec : config_schema()) {
    const auto dot = spec.key.find('.');
    const auto own = dot == std::string_view::npos ? std::string_view{} : spec.key.substr(0, dot);
    if (own != table)
      out += "\n[" + std::string{own} + "]\n";
    table = own;
    if (spec.key == "tiktok.app_secret" && !values.tiktok.app_secret_file.empty())
      continue; // it came from the file: only one of the two may be set
    out += std::string{spec.key.substr(dot + 1)} + " = " + std::visit(printer{spec.secret}, spec.at(copy)) + "\n";
  }
  for (const auto& shop : values.tiktok.shops) {
    out += "\n[[tiktok.shops]]\n";
    for (const auto& spec : shop_schema())
      out += std::string{spec.key} + " = " + toml_text(shop.*(spec.at)) + "\n";
  }
  return out;
}

} // namespace orderly
