#include "tools/orderly/answered.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace orderly::audit {
namespace {

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line.substr(0, line.find('#'));
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r,;";
  std::vector<std::string_view> words;
  for (auto at = line.find_first_not_of(blanks); at != std::string_view::npos; at = line.find_first_not_of(blanks)) {
    line.remove_prefix(at);
    words.push_back(line.substr(0, line.find_first_of(blanks)));
    line.remove_prefix(words.back().size());
  }
  return words;
}

std::optional<sha256_digest> digest_from(std::string_view hex) {
  sha256_digest digest{};
  if (hex.size() != 2 * digest.size())
    return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto* end = hex.data() + 2 * i + 2;
    if (const auto [at, ec] = std::from_chars(end - 2, end, digest[i], 16); ec != std::errc{} || at != end)
      return std::nullopt;
  }
  return digest;
}

std::optional<answered_webhook> webhook_from(const std::vector<std::string_view>& words) {
  if (words.size() < 2 || words.size() > 3)
    return std::nullopt;
  answered_webhook one{words[0], words[1], std::nullopt};
  if (words.size() == 3 && !(one.hash = digest_from(words[2])))
    return std::nullopt;
  return one;
}

} // namespace

result<answered_list> answered_list::read(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return error{error_code::not_found, path + " cannot be read", {}};
  answered_list list;
  list.text_.assign(std::istreambuf_iterator<char>{in}, {});
  std::string_view left{list.text_.data(), list.text_.size()};
  for (std::int64_t number = 1; !left.empty(); ++number) {
    const auto words = words_of(take_line(left));
    if (words.empty())
      continue;
    const auto one = webhook_from(words);
    if (!one)
      return error{error_code::invalid_field,
                   path + ":" + std::to_string(number) +
                       ": a line is an order's id, a notification's id and, if known, the body's SHA-256 in hex",
                   {}};
    list.all_.push_back(*one);
  }
  std::stable_sort(list.all_.begin(), list.all_.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  return list;
}

std::span<const answered_webhook> answered_list::take_before(const std::optional<tiktok_order_id>& limit) {
  if (next_ == all_.size() || (limit && all_[next_].order >= limit->str()))
    return {};
  return take(all_[next_].order);
}

std::span<const answered_webhook> answered_list::take(std::string_view order) {
  const auto first = next_;
  while (next_ < all_.size() && all_[next_].order == order)
    ++next_;
  return std::span{all_}.subspan(first, next_ - first);
}

} // namespace orderly::audit
