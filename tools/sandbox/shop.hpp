#pragma once
// The shop: its orders, the moves that TikTok makes with them, and the one that the seller makes (mark as shipped).
// One thread; time and the sending of webhooks are given to it.

#include "tools/sandbox/envelope.hpp"
#include "tools/sandbox/ledger.hpp"
#include "tools/sandbox/order.hpp"
#include "tools/sandbox/order_factory.hpp"
#include "tools/sandbox/settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace orderly::sandbox {

struct surroundings {
  std::function<std::int64_t()> now; ///< Unix seconds
  std::function<void(std::chrono::milliseconds, std::function<void()>)> after;
  std::function<void(webhook)> send;
};

struct shipping_request {
  std::string order_id, tracking_number, provider_id;
  std::vector<std::string> lines; ///< empty: the whole order
};
struct shipping_answer {
  std::string package_id, warning;
  std::vector<std::string> lines;
};

class shop {
public:
  shop(const settings& with, surroundings around, ledger& book);

  /// The new orders' ids. Each begins UNPAID, announces it and moves on by itself until it waits for the seller.
  /// @param age seconds since they were placed, usual_age to oldest_age; from two days on their ship-by time is over
  std::vector<std::string> create_orders(std::size_t count, std::int64_t age = usual_age);
  [[nodiscard]] const order* find(const std::string& id) const;
  [[nodiscard]] const std::map<std::string, order>& orders() const { return orders_; }

  /// Sheet 5.4. Takes effect once; the carrier collects and delivers only afterwards.
  std::variant<shipping_answer, refusal> mark_shipped(const shipping_request& wanted, const std::string& request_id);
  /// Moves the order on at once, as it would have by itself a step later. False: unknown, or nothing moves it but the seller.
  bool step(const std::string& id);
  /// By the buyer or the seller, before everything is shipped. False when it is too late or unknown.
  bool cancel(const std::string& id, const std::string& by, const std::string& reason);

  [[nodiscard]] const settings& config() const { return settings_; }
  [[nodiscard]] std::int64_t now() const { return around_.now(); }
  std::string next_request_id() { return factory_.next_request_id(now()); }

private:
  void enter(order& which, tiktok_status status, std::int64_t at);
  void advance(const std::string& id, tiktok_status from);
  void change_address(const std::string& id);
  void schedule_advance(const order& which);
  void announce(int type, const order& which, boost::json::object data, std::int64_t at);
  std::chrono::milliseconds about_a_step();
  std::variant<std::vector<line*>, refusal> lines_to_ship(order& of, const shipping_request& wanted);

  const settings settings_;
  surroundings around_;
  ledger& ledger_;
  order_factory factory_;
  std::map<std::string, order> orders_;
  std::map<std::string, std::string> tracking_numbers_; ///< -> order id
};

} // namespace orderly::sandbox
