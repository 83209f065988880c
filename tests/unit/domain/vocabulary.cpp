#include "domain/tiktok/status.hpp"
#include "domain/tiktok/webhook_topic.hpp"
#include "tests/support/catch.hpp"

namespace orderly::test {

TEST_CASE("every order status is known in every spelling") {
  const std::vector<std::pair<tiktok_status, std::vector<std::string>>> spellings{
      {tiktok_status::unpaid, {"UNPAID", "unpaid", " UNPAID "}},
      {tiktok_status::on_hold, {"ON_HOLD", "ON HOLD", "On-Hold", "ON__HOLD"}},
      {tiktok_status::awaiting_shipment, {"AWAITING_SHIPMENT", "awaiting shipment", "AWAITING-SHIPMENT"}},
      {tiktok_status::partially_shipping, {"PARTIALLY_SHIPPING", "PARTIALLY SHIPPING"}},
      {tiktok_status::awaiting_collection, {"AWAITING_COLLECTION", "AWAITING__COLLECTION"}},
      {tiktok_status::in_transit, {"IN_TRANSIT", "IN TRANSIT", "in-transit"}},
      {tiktok_status::delivered, {"DELIVERED", "Delivered"}},
      {tiktok_status::cancelled, {"CANCELLED", "CANCEL", "CANCELED", "cancel"}},
      {tiktok_status::completed, {"COMPLETED", "completed"}},
  };
  for (const auto& [status, words] : spellings)
    for (const auto& word : words) {
      INFO(word);
      CHECK(tiktok_status_from(word) == status);
    }
  for (const auto* unknown : {"", "GIFT_WRAPPING", "100", "CANCELLING", "_", "DELIVERED!", "UN_PAID"}) {
    INFO(unknown);
    CHECK_FALSE(tiktok_status_from(unknown));
  }
}

TEST_CASE("order statuses are ranked as an order passes through them") {
  const std::vector<std::string> rising{
      "UNPAID",     "ON_HOLD",   "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
      "IN_TRANSIT", "DELIVERED", "CANCELLED",         "COMPLETED"};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    CHECK(name_of(*tiktok_status_from(rising[i])) == rising[i]);
    if (i > 0)
      CHECK(*tiktok_status_from(rising[i - 1]) < *tiktok_status_from(rising[i]));
  }
}

TEST_CASE("cancellation statuses are known with both endings") {
  CHECK(cancellation_status_from("CANCELLATION_REQUEST_PENDING") == cancellation_status::pending);
  CHECK(cancellation_status_from("CANCELLATION_REQUEST_SUCCESS") == cancellation_status::success);
  CHECK(cancellation_status_from("CANCELLATION_REQUEST_CANCEL") == cancellation_status::cancelled);
  CHECK(cancellation_status_from("CANCELLATION_REQUEST_CANCELLED") == cancellation_status::cancelled);
  CHECK(cancellation_status_from("cancellation request complete") == cancellation_status::complete);
  CHECK_FALSE(cancellation_status_from("CANCELLATION_REQUEST"));
  for (auto status : {cancellation_status::pending, cancellation_status::success, cancellation_status::cancelled,
                      cancellation_status::complete})
    CHECK(cancellation_status_from(name_of(status)) == status);
}

TEST_CASE("return statuses get one spelling") {
  CHECK(normal_return_status("RETURN_OR_REFUND_REQUEST_CANCEL") == "RETURN_OR_REFUND_REQUEST_CANCEL");
  CHECK(normal_return_status("RETURN_OR_REFUND__REQUEST_CANCELLED") == "RETURN_OR_REFUND_REQUEST_CANCEL");
  CHECK(normal_return_status("REPLACEMENT_REQUEST_CANCEL") == "REPLACEMENT_REQUEST_CANCEL");
  CHECK(normal_return_status("awaiting buyer ship") == "AWAITING_BUYER_SHIP");
  CHECK(normal_return_status("something-new") == "SOMETHING_NEW");
}

TEST_CASE("package statuses are known with blank and underscore") {
  CHECK(package_status_from("TO FULFILL") == package_status::to_fulfill);
  CHECK(package_status_from("TO_FULFILL") == package_status::to_fulfill);
  CHECK(package_status_from("PROCESSING") == package_status::processing);
  CHECK(package_status_from("FULFILLING") == package_status::fulfilling);
  CHECK(package_status_from("COMPLETED") == package_status::completed);
  CHECK(package_status_from("CANCELLED") == package_status::cancelled);
  CHECK(package_status_from("CANCEL") == package_status::cancelled);
  CHECK_FALSE(package_status_from("LOST"));
  CHECK(name_of(package_status::to_fulfill) == "TO_FULFILL");
}

TEST_CASE("who ships and who fulfils, or unknown") {
  for (auto type : {shipping_type::seller, shipping_type::tiktok, shipping_type::tiktok_digital})
    CHECK(shipping_type_from(name_of(type)) == type);
  CHECK(shipping_type_from("DRONE") == shipping_type::unknown);
  CHECK(shipping_type_from("") == shipping_type::unknown);
  for (auto type : {fulfillment_type::by_seller, fulfillment_type::by_tiktok, fulfillment_type::by_dilayani_tokopedia})
    CHECK(fulfillment_type_from(name_of(type)) == type);
  CHECK(fulfillment_type_from("FULFILLMENT_BY_NOBODY") == fulfillment_type::unknown);
}

TEST_CASE("topics have the names that TikTok registers them by") {
  CHECK(topic_name(1) == "ORDER_STATUS_CHANGE");
  CHECK(topic_name(4) == "PACKAGE_UPDATE");
  CHECK(topic_name(33) == "NEW_MESSAGE_LISTENER");
  CHECK(topic_name(67) == "REFUND_SUCCESS");
  CHECK(topic_name(71) == "INVENTORY_CHANGED_BY_SHOP");
  for (auto gap : {0, 8, 10, 26, 32, 99, -1})
    CHECK(topic_name(gap) == "UNKNOWN");
  for (auto number = 0; number < 100; ++number)
    CHECK(is_chat_topic(number) == (number == 13 || number == 14 || number == 33));
}

} // namespace orderly::test
