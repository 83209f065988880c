#include "net/console/console_site.hpp"

#include <algorithm>
#include <cctype>

namespace orderly {
namespace {

constexpr std::string_view index_path = "/index.html";
/// Scripts and styles from here only, no text becomes code, and nobody frames the page.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// Takes the next part off a list.
std::string_view next_of(std::string_view& list, char separator) {
  const auto end = std::min(list.find(separator), list.size());
  const auto part = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return part;
}

/// "q=0", "q=0.000": not wanted (RFC 9110, 12.4.2).
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    auto value = next_of(parameters, ';');
    const auto name = next_of(value, '=');
    if (same_word(name, "q"))
      return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

/// Whether the list of Accept or Accept-Encoding names the word, and wants it.
bool wants(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    auto parameters = next_of(list, ',');
    if (same_word(next_of(parameters, ';'), word))
      return !is_refused(parameters);
  }
  return false;
}

/// A representation: its bytes, its coding, and its own entity tag.
struct form {
  std::string_view bytes, coding;
  std::string etag;
};

form form_for(const console_asset& asset, std::string_view accept_encoding) {
  const auto tag = [&](std::string_view suffix) { return std::string{"\""}.append(asset.sha256).append(suffix).append("\""); };
  if (!asset.br.empty() && wants(accept_encoding, "br"))
    return {asset.br, "br", tag("-br")};
  if (!asset.gzip.empty() && wants(accept_encoding, "gzip"))
    return {asset.gzip, "gzip", tag("-gzip")};
  return {asset.identity, {}, tag({})};
}

/// Weak comparison (RFC 9110, 13.1.2). No tag of ours holds a comma.
bool is_known(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    auto tag = next_of(if_none_match, ',');
    if (tag.starts_with("W/"))
      tag.remove_prefix(2);
    if (tag == etag || tag == "*")
      return true;
  }
  return false;
}

const console_asset* find_asset(std::span<const console_asset> assets, std::string_view path) {
  const auto found = std::find_if(assets.begin(), assets.end(), [&](const auto& each) { return each.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

const console_asset* asset_for(const console_question& asked, std::span<const console_asset> assets) {
  if (asked.method != "GET" && asked.method != "HEAD")
    return nullptr;
  if (asked.path == "/")
    return find_asset(assets, index_path);
  if (const auto* file = find_asset(assets, asked.path))
    return file;
  for (const auto folder : {"/api", "/metrics", "/assets"})
    if (is_below(asked.path, folder))
      return nullptr;
  return wants(asked.accept, "text/html") ? find_asset(assets, index_path) : nullptr;
}

} // namespace

std::optional<console_answer> answer_console(const console_question& asked, std::span<const console_asset> assets) {
  const auto* asset = asset_for(asked, assets);
  if (!asset)
    return std::nullopt;
  auto chosen = form_for(*asset, asked.accept_encoding);
  console_answer out;
  out.headers = {{"Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache"},
                 {"ETag", chosen.etag},
                 {"Vary", "Accept-Encoding"},
                 {"Content-Security-Policy", std::string{policy}},
                 {"Referrer-Policy", "no-referrer"},
                 {"Cross-Origin-Opener-Policy", "same-origin"}};
  if (is_known(asked.if_none_match, chosen.etag)) {
    out.status = 304;
    return out;
  }
  out.content_type = asset->content_type;
  out.body = chosen.bytes;
  if (!chosen.coding.empty())
    out.headers.emplace_back("Content-Encoding", chosen.coding);
  return out;
}

} // namespace orderly
