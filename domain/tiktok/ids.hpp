#pragma once
// TikTok's ids are text: 18-19 digits, above 2^53 (sheet 4.3).

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace orderly {

template <class Tag>
class text_id {
public:
  text_id() = default;
  explicit text_id(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend auto operator<=>(const text_id&, const text_id&) = default;

private:
  std::string text_;
};

using tiktok_order_id = text_id<struct tiktok_order_id_tag>;
using shop_id = text_id<struct shop_id_tag>;
using line_item_id = text_id<struct line_item_id_tag>;
using package_id = text_id<struct package_id_tag>;

/// Can be an order id of TikTok: 1 to 32 digits.
inline bool is_usable_order_id(std::string_view text) {
  if (text.empty() || text.size() > 32)
    return false;
  for (char c : text)
    if (c < '0' || c > '9')
      return false;
  return true;
}

} // namespace orderly

template <class Tag>
struct std::hash<orderly::text_id<Tag>> {
  std::size_t operator()(const orderly::text_id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
