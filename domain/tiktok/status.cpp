#include "domain/tiktok/status.hpp"

#include "base/names.hpp"

#include <algorithm>

namespace orderly {
namespace {

using name_tables::name_in;
using name_tables::value_in;

constexpr std::array<std::string_view, 9> order_words{
    "UNPAID",     "ON_HOLD",   "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
    "IN_TRANSIT", "DELIVERED", "CANCELLED",         "COMPLETED"};
constexpr std::array<std::string_view, 4> cancellation_words{"CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_SUCCESS",
                                                             "CANCELLATION_REQUEST_CANCELLED", "CANCELLATION_REQUEST_COMPLETE"};
constexpr std::array<std::string_view, 5> package_words{"TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"};
constexpr std::array<std::string_view, 4> shipping_words{"", "SELLER", "TIKTOK", "TIKTOK_DIGITAL"};
constexpr std::array<std::string_view, 4> fulfillment_words{"", "FULFILLMENT_BY_SELLER", "FULFILLMENT_BY_TIKTOK",
                                                            "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"};

bool is_separator(char c) { return c == '_' || c == '-' || c == ' ' || c == '\t'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Upper case; each run of blanks, dashes and underscores is one underscore, none at the ends.
std::string normal(std::string_view text) {
  std::string word;
  for (char c : text) {
    if (!is_separator(c))
      word += upper(c);
    else if (!word.empty() && word.back() != '_')
      word += '_';
  }
  if (!word.empty() && word.back() == '_')
    word.pop_back();
  return word;
}

/// TikTok writes the end of a request in three ways (sheet 10.1).
constexpr std::array<std::string_view, 3> cancel_endings{"CANCELLED", "CANCELED", "CANCEL"};

/// "..._CANCELLED" and "..._CANCELED" become "..._CANCEL".
std::string with_short_cancel(std::string word) {
  for (auto ending : cancel_endings)
    if (word.ends_with(ending)) {
      word.resize(word.size() - ending.size());
      return word += "CANCEL";
    }
  return word;
}

} // namespace

std::optional<tiktok_status> tiktok_status_from(std::string_view text) {
  const auto word = normal(text);
  if (std::find(cancel_endings.begin(), cancel_endings.end(), word) != cancel_endings.end())
    return tiktok_status::cancelled;
  return value_in<tiktok_status>(order_words, word);
}
std::string_view name_of(tiktok_status status) { return name_in(order_words, status); }

std::optional<cancellation_status> cancellation_status_from(std::string_view text) {
  const auto word = normal(text);
  if (with_short_cancel(word) == "CANCELLATION_REQUEST_CANCEL")
    return cancellation_status::cancelled;
  return value_in<cancellation_status>(cancellation_words, word);
}
std::string_view name_of(cancellation_status status) { return name_in(cancellation_words, status); }

std::string normal_return_status(std::string_view text) { return with_short_cancel(normal(text)); }

std::optional<package_status> package_status_from(std::string_view text) {
  const auto word = normal(text);
  if (with_short_cancel(word) == "CANCEL")
    return package_status::cancelled;
  return value_in<package_status>(package_words, word);
}
std::string_view name_of(package_status status) { return name_in(package_words, status); }

shipping_type shipping_type_from(std::string_view text) {
  return value_in<shipping_type>(shipping_words, normal(text)).value_or(shipping_type::unknown);
}
std::string_view name_of(shipping_type type) { return name_in(shipping_words, type); }

fulfillment_type fulfillment_type_from(std::string_view text) {
  return value_in<fulfillment_type>(fulfillment_words, normal(text)).value_or(fulfillment_type::unknown);
}
std::string_view name_of(fulfillment_type type) { return name_in(fulfillment_words, type); }

} // namespace orderly
