#pragma once
// The list of webhooks that were answered 200: a line each, "ORDER NOTIFICATION [SHA256]", the last one in hex, of the body.

#include "base/digest.hpp"
#include "base/result.hpp"
#include "domain/order/ids.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::audit {

struct answered_webhook {
  std::string_view order, notification;
  std::optional<sha256_digest> hash;
};

/// All of it is in memory: some 100 bytes a line.
class answered_list {
public:
  /// Empty lines and what follows a '#' are left out. Errors: invalid_field, with the line; not_found when it cannot be read.
  static result<answered_list> read(const std::string& path);

  /// Those of the next order, unless it is `limit` or beyond it: nobody has taken them. Orders must be asked for in rising order.
  std::span<const answered_webhook> take_before(const std::optional<tiktok_order_id>& limit);
  /// Those of `order`, which is the next one or has none.
  std::span<const answered_webhook> take(std::string_view order);

private:
  std::vector<char> text_;            ///< what the views point into; keeps its place when the list is moved
  std::vector<answered_webhook> all_; ///< by order
  std::size_t next_ = 0;
};

} // namespace orderly::audit
