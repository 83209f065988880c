#pragma once
// TikTok's port in the hands of a test: every call is kept until the test answers it.

#include "domain/ports/tiktok_port.hpp"

#include <deque>
#include <stdexcept>

namespace orderly::test {

class scripted_tiktok final : public tiktok_port {
public:
  struct fetch_call {
    shop_id from;
    std::vector<tiktok_order_id> ids;
    std::function<void(detail_reply)> answer;
  };
  struct ship_call {
    shop_id from;
    shipment parcel;
    std::function<void(shipment_reply)> answer;
  };

  void fetch_orders(const shop_id& from, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) override {
    throw_if_told();
    fetches.push_back({from, std::move(ids), std::move(done)});
  }
  void mark_shipped(const shop_id& of, shipment parcel, std::function<void(shipment_reply)> done) override {
    throw_if_told();
    ships.push_back({of, std::move(parcel), std::move(done)});
  }

  /// The oldest call, taken out.
  fetch_call next_fetch() {
    auto call = std::move(fetches.at(0));
    fetches.pop_front();
    return call;
  }
  ship_call next_ship() {
    auto call = std::move(ships.at(0));
    ships.pop_front();
    return call;
  }

  /// The next so many calls throw, which ends the actor that makes them: the stand-in for a defect.
  void throw_on_calls(int count) { throwing_ = count; }

  std::deque<fetch_call> fetches;
  std::deque<ship_call> ships;

private:
  void throw_if_told() {
    if (throwing_ > 0) {
      --throwing_;
      throw std::runtime_error("the test says so");
    }
  }
  int throwing_ = 0;
};

} // namespace orderly::test
