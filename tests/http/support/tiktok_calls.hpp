#pragma once
// The TikTok client of a shop, its calls, and what a scripted server saw and answers of them.

#include "net/tiktok/client.hpp"
#include "net/tiktok/shop_table.hpp"
#include "net/tiktok/signing.hpp"
#include "tests/http/support/scripted_server.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/url/parse.hpp>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderly::test {

inline const std::string secret = "0123456789abcdef0123456789abcdef01234567";
inline const shop test_shop{shop_id{"7494049642642441621"}, "US", "ROW_TESTCIPHER", "TTP_token", "6kx9test1app2"};
inline const std::string no_orders = R"({"code":0,"message":"Success","request_id":"R1","data":{"orders":[]}})";
inline const std::string accepted =
    R"({"code":0,"message":"Success","request_id":"R2","data":{"order_id":"1","package_id":"1153132168123859123",)"
    R"("warning":{"message":"odd"}}})";

struct client_of {
  explicit client_of(const std::string& base, std::chrono::milliseconds timeout = std::chrono::seconds{5},
                     std::size_t connections = 8, std::size_t queue = 1024)
      : port(std::move(make_tiktok_client({base, secret, timeout, connections, queue}, shops, clock, measured).value())) {}

  std::future<detail_reply> fetch(std::vector<std::string> ids) {
    std::vector<tiktok_order_id> wanted;
    for (auto& id : ids)
      wanted.emplace_back(std::move(id));
    auto promise = std::make_shared<std::promise<detail_reply>>();
    port->fetch_orders(test_shop.id, std::move(wanted), [promise](detail_reply reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
  }
  std::future<shipment_reply> ship(std::vector<line_item_id> lines = {}) {
    auto promise = std::make_shared<std::promise<shipment_reply>>();
    port->mark_shipped(test_shop.id, {tiktok_order_id{"576461413038785752"}, std::move(lines), "1Z999", "7117"},
                       [promise](shipment_reply reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
  }

  manual_clock clock;
  metrics measured;
  shop_table shops{{test_shop}};
  std::unique_ptr<tiktok_client> port;
};

inline scripted_server::script always(std::string bytes, bool close = false, int stall_ms = 0) {
  return [=](const seen_request&, std::size_t) { return scripted_server::reply{bytes, close, stall_ms}; };
}

inline std::map<std::string, std::string> query_of(const seen_request& request) {
  std::map<std::string, std::string> out;
  const auto target = boost::urls::parse_origin_form(request.target).value();
  for (const auto& p : target.params())
    out[p.key] = p.value;
  return out;
}

inline bool is_signed(const seen_request& request, const std::string& with = secret) {
  const auto query = query_of(request);
  const auto path = request.target.substr(0, request.target.find('?'));
  return query.count("sign") == 1 && query.at("sign") == sign_request(with, path, query, request.body);
}

} // namespace orderly::test
