#pragma once
// TikTok Shop: the truth about every order, webhooks until they are answered 200, and calls that are answered late, wrongly or
// after having had their effect. It checks what it is asked for: no call without a durable cause, no write outside its lease, no
// write repeated blindly.

#include "domain/ports/tiktok_port.hpp"
#include "tests/sim/listing.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly::sim {

struct held_leases;

class fake_tiktok {
public:
  fake_tiktok(stage& on, const orderly::test::memory_tables& stored) : on_(on), stored_(stored) {}

  // --- the shop
  void open_order();
  /// Something happens to some order.
  void live();
  [[nodiscard]] const std::map<std::string, listing>& orders() const { return orders_; }

  // --- webhooks
  struct push {
    std::string raw;
    int tries = 0;
    std::chrono::milliseconds next{0}; ///< not sent before, on the actors' clock
    bool under_way = false, done = false;
  };
  /// One that may be sent now, in any order; null when there is none.
  push* next_push();
  /// @param answered_200 false: it comes again later
  void heard(push& of, bool answered_200);
  [[nodiscard]] bool has_unanswered() const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> next_push_at() const;

  // --- calls
  void fetch(int engine, timestamp now, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done);
  void ship(int engine, timestamp now, const held_leases& leases, shipment parcel, std::function<void(shipment_reply)> done);
  [[nodiscard]] bool has_call() const { return !calls_.empty(); }
  /// Some call goes on: it takes effect, or its answer arrives.
  void work();
  /// The engine is gone: what it sent may still have its effect, its answers reach nobody.
  void cut_off(int engine);

  /// For every order whose detail a fetch was finally refused: it is heard of once more.
  void remind();

private:
  struct call {
    int engine = 0;
    std::uint64_t number = 0;
    std::vector<tiktok_order_id> ids;
    std::optional<shipment> parcel; ///< none: a fetch
    std::function<void(detail_reply)> fetched;
    std::function<void(shipment_reply)> shipped;
    timestamp requested_at{};
    bool hangs = false, has_reply = false, effect_comes_late = false;
    detail_reply details;
    shipment_reply outcome;
  };
  void announce(int type, json::object data);
  void announce_status(const listing& of);
  void change_address(listing& order);
  void garble();
  std::string of_another_shop();
  void take_in(call& c);
  void take_fetch(call& c);
  void take_shipment(call& c);
  /// What TikTok says to the parcel, having taken it if it may.
  shipment_reply arranged(const shipment& parcel);
  void audit_cause(const tiktok_order_id& id, bool is_write);
  void audit_shipment(timestamp now, const held_leases& leases, const shipment& parcel);
  std::int64_t now() const { return to_micros(on_.time.now()) / 1'000'000; }

  stage& on_;
  const orderly::test::memory_tables& stored_;
  std::map<std::string, listing> orders_;
  std::vector<std::unique_ptr<push>> pushes_;
  std::vector<std::unique_ptr<call>> calls_;
  std::uint64_t next_call_ = 1;
  std::int64_t next_notification_ = 7'327'112'393'057'371'000;
  /// By order: when a write of a parcel began, and when a read of the order that was answered was made.
  std::map<std::pair<std::string, std::string>, std::uint64_t> last_write_;
  std::map<std::string, std::uint64_t> last_read_;
  std::map<std::string, bool> refused_details_;
};

/// One engine's wire to it.
class tiktok_wire final : public tiktok_port {
public:
  tiktok_wire(fake_tiktok& to, int engine, const clock& time, const held_leases& leases, const bool& alive)
      : to_(to), engine_(engine), time_(time), leases_(leases), alive_(alive) {}
  void fetch_orders(const shop_id&, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) override {
    if (alive_)
      to_.fetch(engine_, time_.now(), std::move(ids), std::move(done));
  }
  void mark_shipped(const shop_id&, shipment parcel, std::function<void(shipment_reply)> done) override {
    if (alive_)
      to_.ship(engine_, time_.now(), leases_, std::move(parcel), std::move(done));
  }

private:
  fake_tiktok& to_;
  int engine_;
  const clock& time_;
  const held_leases& leases_;
  const bool& alive_;
};

} // namespace orderly::sim
