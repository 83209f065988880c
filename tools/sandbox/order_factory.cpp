#include "tools/sandbox/order_factory.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace orderly::sandbox {
namespace {

struct product {
  const char *id, *sku_id, *name, *variant, *seller_sku;
  std::int64_t price; // cents
};
constexpr std::array<product, 8> products{{
    {"1729582718312380123", "1729386416015578024", "T-shirt", "Red, L", "TS-RED-L", 1500},
    {"1729582718312380123", "1729386416015578025", "T-shirt", "Blue, M", "TS-BLU-M", 1500},
    {"1729582718312380456", "1729386416015578099", "Cap", "Black", "CAP-BLK", 1000},
    {"1729582718312380789", "1729386416015578131", "Ceramic mug", "White, 350 ml", "MUG-WHT-350", 1299},
    {"1729582718312380812", "1729386416015578147", "Phone stand", "Walnut", "PST-WAL", 2450},
    {"1729582718312380834", "1729386416015578152", "Yoga mat", "Green, 6 mm", "YGM-GRN-6", 3199},
    {"1729582718312380855", "1729386416015578168", "Desk lamp", "Café crème", "LMP-CRM", 4275},
    {"1729582718312380871", "1729386416015578174", "Socks, 3 pairs", "Grey, 42-44", "SCK-GRY-3", 899},
}};

struct place {
  const char *city, *county, *state, *code, *postal;
};
constexpr std::array<place, 5> places{{{"San Jose", "Santa Clara", "California", "CA", "95110"},
                                       {"Austin", "Travis", "Texas", "TX", "78701"},
                                       {"Portland", "Multnomah", "Oregon", "OR", "97205"},
                                       {"Raleigh", "Wake", "North Carolina", "NC", "27601"},
                                       {"Madison", "Dane", "Wisconsin", "WI", "53703"}}};
constexpr std::array first_names{"Alex", "Zoë", "Sam", "María", "Kim", "Jordan", "Noa", "Łukasz"};
constexpr std::array last_names{"Example", "Sample", "Muñoz", "Tester", "O'Demo", "Placeholder"};
constexpr std::array streets{"Example Ave", "Sample St", "Placeholder Rd", "Test Pine Blvd"};
constexpr std::array messages{"", "Please leave at the door", "Gift, no receipt please", "Thank you! \xF0\x9F\x98\x8A"};

constexpr std::int64_t tax_per_10000 = 825; // 8.25 %

std::int64_t tax_on(std::int64_t cents) { return (cents * tax_per_10000 + 5000) / 10000; }

} // namespace

order_factory::order_factory(std::uint64_t seed) : random_(seed) {
  // Different seeds get ranges of their own, so that two runs against one engine do not reuse an order's id.
  const auto range = static_cast<std::int64_t>(random_() % 400'000'000) * 1'000'000;
  orders_ = 576'000'000'000'000'000 + range;
  lines_ = 577'000'000'000'000'000 + range;
  packages_ = 1'153'000'000'000'000'000 + range;
  notifications_ = 7'640'000'000'000'000'000 + range;
}

std::int64_t order_factory::between(std::int64_t low, std::int64_t high) {
  // Not std::uniform_int_distribution: its results differ between standard libraries.
  return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

std::int64_t order_factory::next_id(std::int64_t& counter) { return counter += between(1, 97); }

std::string order_factory::next_package_id() { return std::to_string(next_id(packages_)); }
std::string order_factory::next_notification_id() { return std::to_string(next_id(notifications_)); }

std::string order_factory::next_request_id(std::int64_t now) {
  const std::time_t time = now;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc);
  std::snprintf(text + length, sizeof text - length, "%016llX", static_cast<unsigned long long>(random_()));
  return text;
}

line order_factory::next_line(std::size_t product) {
  const auto& from = products[product];
  line made{.id = std::to_string(next_id(lines_)),
            .sku_id = from.sku_id,
            .product_id = from.id,
            .product_name = from.name,
            .sku_name = from.variant,
            .seller_sku = from.seller_sku,
            .package_id = {}};
  made.original_price = from.price;
  made.seller_discount = chance(40) ? from.price / 10 : 0;
  made.platform_discount = chance(25) ? between(50, from.price / 5) : 0;
  made.tax = tax_on(made.original_price - made.seller_discount - made.platform_discount);
  return made;
}

order order_factory::next_order(std::int64_t now, std::int64_t age) {
  order made;
  made.id = std::to_string(next_id(orders_));
  made.user_id = std::to_string(7'021'436'810'000'000'000 + between(0, 999'999'999'999));
  made.buyer_nickname = "buyer_" + std::to_string(between(1000, 999999));
  made.buyer_email = "v2" + std::to_string(between(100000, 999999)) + "@chat.seller.tiktok.com";
  made.buyer_message = messages[static_cast<std::size_t>(between(0, messages.size() - 1))];
  made.create_time = made.update_time = now - age;

  const auto& where = places[static_cast<std::size_t>(between(0, places.size() - 1))];
  made.to = {.first_name = first_names[static_cast<std::size_t>(between(0, first_names.size() - 1))],
             .last_name = last_names[static_cast<std::size_t>(between(0, last_names.size() - 1))],
             .phone = "(+1)213555" + std::to_string(between(1000, 9999)),
             .line1 = std::to_string(between(1, 9999)) + " " + streets[static_cast<std::size_t>(between(0, streets.size() - 1))],
             .line2 = chance(30) ? "Apt " + std::to_string(between(1, 40)) : std::string{},
             .city = where.city,
             .county = where.county,
             .state = where.state,
             .state_code = where.code,
             .postal_code = where.postal};

  for (auto skus = between(1, 3); skus > 0; --skus) {
    const auto product = static_cast<std::size_t>(between(0, products.size() - 1));
    for (auto units = chance(25) ? between(2, 3) : 1; units > 0; --units)
      made.lines.push_back(next_line(product));
  }
  made.original_shipping_fee = chance(20) ? 0 : between(299, 899);
  made.shipping_fee_platform_discount = chance(50) ? made.original_shipping_fee / 3 : 0;
  made.shipping_fee_tax = tax_on(made.original_shipping_fee - made.shipping_fee_platform_discount);
  return made;
}

} // namespace orderly::sandbox
