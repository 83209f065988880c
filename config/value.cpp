#include "config/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace orderly {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::string_view hidden = "***";
constexpr unit units[]{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

bool fits(const key_spec& spec, std::int64_t number) { return number >= spec.min && number <= spec.max; }

std::optional<milliseconds> duration_of(const key_spec& spec, const config_value& value) {
  const auto* text = std::get_if<std::string>(&value);
  const auto duration = text ? parse_duration(*text) : std::nullopt;
  return duration && fits(spec, duration->count()) ? duration : std::nullopt;
}

struct assigner {
  const key_spec& spec;
  const config_value& value;

  bool operator()(bool* field) const {
    const auto* given = std::get_if<bool>(&value);
    if (given)
      *field = *given;
    return given != nullptr;
  }
  bool operator()(std::int64_t* field) const {
    const auto* given = std::get_if<std::int64_t>(&value);
    if (!given || !fits(spec, *given))
      return false;
    *field = *given;
    return true;
  }
  bool operator()(std::string* field) const {
    const auto* given = std::get_if<std::string>(&value);
    if (!given || (spec.rule && !spec.rule->accepts(*given)))
      return false;
    *field = *given;
    return true;
  }
  bool operator()(std::vector<std::string>* field) const {
    const auto* given = std::get_if<std::vector<std::string>>(&value);
    if (!given || (spec.rule && !std::all_of(given->begin(), given->end(), spec.rule->accepts)))
      return false;
    *field = *given;
    return true;
  }
  bool operator()(milliseconds* field) const {
    const auto given = duration_of(spec, value);
    if (given)
      *field = *given;
    return given.has_value();
  }
  bool operator()(seconds* field) const {
    const auto given = duration_of(spec, value);
    if (!given || given->count() % 1000 != 0)
      return false;
    *field = std::chrono::duration_cast<seconds>(*given);
    return true;
  }
};

/// One line of at most 80 characters, whatever was written.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text.substr(0, 80))
    out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  return out + (text.size() > 80 ? "...\"" : "\"");
}

// A URL is read as libpq does: the userinfo ends at an '@' before the first '/', and what stands in it needs no escaping, not
// even a '?'; a parameter's name may be escaped. Where a URL can be read in several ways, rather too much is hidden.

/// Where the authority begins; nothing for what is no URL.
std::optional<std::size_t> authority_of(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == std::string_view::npos ? std::nullopt : std::optional{scheme + 3};
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool names_a_secret(std::string_view escaped_name) {
  const auto name = percent_decoded(escaped_name);
  constexpr std::string_view pieces[]{"password", "secret", "scram_"}; // sslpassword, oauth_client_secret, scram_client_key
  return std::any_of(std::begin(pieces), std::end(pieces), [&](auto piece) { return name.find(piece) != std::string::npos; });
}

/// Everything behind the '?' that ends host and path.
void hide_parameters(std::string& url, std::size_t authority) {
  const auto slash = url.find('/', authority), at = url.find('@', authority);
  const auto question = url.find('?', at < slash ? at : authority); // the "none" of find() is the largest number
  if (question == std::string::npos)
    return;
  for (auto begin = question + 1; begin < url.size();) {
    auto end = std::min(url.find('&', begin), url.size());
    const auto equals = url.find('=', begin);
    if (equals < end && names_a_secret(std::string_view{url}.substr(begin, equals - begin))) {
      url.replace(equals + 1, end - equals - 1, hidden);
      end = equals + 1 + hidden.size();
    }
    begin = end + 1;
  }
}

/// Between the first ':' and the last '@' before the first '/': an '@' may stand unescaped in a password.
void hide_userinfo(std::string& url, std::size_t authority) {
  const auto at = std::string_view{url}.substr(0, url.find('/', authority)).rfind('@');
  const auto colon = url.find(':', authority);
  if (at != std::string_view::npos && at > authority && colon < at)
    url.replace(colon + 1, at - colon - 1, hidden);
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  double amount = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (ec != std::errc{} || !(amount >= 0 && amount <= 1e9))
    return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& unit : units) {
    if (unit.name != name)
      continue;
    const double millis = amount * static_cast<double>(unit.millis);
    if (std::abs(millis - std::round(millis)) > 1e-6)
      return std::nullopt;
    return milliseconds{std::llround(millis)};
  }
  return std::nullopt;
}

std::string format_duration(milliseconds value) {
  for (const auto& unit : {units[3], units[2], units[1]})
    if (value.count() != 0 && value.count() % unit.millis == 0)
      return std::to_string(value.count() / unit.millis) + std::string{unit.name};
  return std::to_string(value.count()) + "ms";
}

config_value value_from_text(const key_spec& spec, const std::string& text) {
  struct visitor {
    const std::string& text;
    config_value operator()(bool*) const {
      if (text == "true" || text == "false")
        return text == "true";
      return text;
    }
    config_value operator()(std::int64_t*) const {
      std::int64_t number = 0;
      const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (ec == std::errc{} && end == text.data() + text.size())
        return number;
      return text;
    }
    config_value operator()(std::vector<std::string>*) const { return split_at_commas(text); }
    config_value operator()(std::string*) const { return text; }
    config_value operator()(milliseconds*) const { return text; }
    config_value operator()(seconds*) const { return text; }
  };
  config any;
  return std::visit(visitor{text}, spec.at(any));
}

bool assign(const key_spec& spec, const config_value& value, config& into) {
  return std::visit(assigner{spec, value}, spec.at(into));
}

std::string describe(const config_value& value, bool secret) {
  struct visitor {
    bool secret;
    std::string operator()(bool given) const { return given ? "true" : "false"; }
    std::string operator()(std::int64_t given) const { return secret ? "a number" : std::to_string(given); }
    std::string operator()(double given) const {
      char text[32];
      std::snprintf(text, sizeof text, "%g", given);
      return secret ? "a number" : text;
    }
    std::string operator()(const std::string& given) const { return secret ? "a text" : quoted(without_password(given)); }
    std::string operator()(const std::vector<std::string>&) const { return "an array of texts"; }
    std::string operator()(const other_value& given) const { return given.kind; }
  };
  return std::visit(visitor{secret}, value);
}

/// A password with an unescaped '/' ends the authority in its middle: what stands behind the colon is no port, and the '@' comes
/// only in what looks like the path. Where the password ends cannot be told, so nothing is shown.
bool is_ambiguous(std::string_view url, std::size_t authority) {
  const auto end = std::min(url.find('/', authority), url.size());
  const auto host = url.substr(authority, end - authority);
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.find('@') != std::string_view::npos || host.ends_with(']'))
    return false;
  const auto port = host.substr(colon + 1);
  const bool is_port = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !is_port && url.find('@', end) != std::string_view::npos;
}

std::string without_password(const std::string& url) {
  auto shown = url;
  if (const auto authority = authority_of(shown)) {
    if (is_ambiguous(shown, *authority))
      return shown.substr(0, *authority).append(hidden);
    hide_parameters(shown, *authority); // first: an '@' in a value must not look like the end of the userinfo
    hide_userinfo(shown, *authority);
  }
  for (auto at = shown.find("password="); at != std::string::npos; at = shown.find("password=", at + 1)) { // what is no URL
    const auto begin = at + 9;
    shown.replace(begin, std::min(shown.find('&', begin), shown.size()) - begin, hidden);
  }
  return shown;
}

bool has_password(const std::string& url) { return without_password(url) != url; }

} // namespace orderly
