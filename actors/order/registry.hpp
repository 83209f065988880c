#pragma once
// A shard of the registry: activates, finds, passivates and supervises the orders whose id hashes to it. It keeps each input
// until it is answered, because CAF drops the messages of a dead actor silently.
//   registry.cpp            routing, answers, places of residents
//   registry_deaths.cpp     deaths, dead letters, quarantine
//   registry_slow_lane.cpp  webhooks that are answered before they are decided
//   registry_look.cpp       what it shows of its orders

#include "actors/engine/protocol.hpp"
#include "actors/order/order_actor.hpp"
#include "actors/order/order_choice.hpp"
#include "actors/order/order_entry.hpp"
#include "actors/plumbing/rate_meter.hpp"
#include "actors/plumbing/reply_guard.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace orderly {

struct registry_metrics {
  explicit registry_metrics(metrics& m);
  gauge residents, inputs_in_hand, waiting, parked_now, turning_away;
  counter restarts, passivations, refused, parked;
  histogram input_age;
  counter killed_twice;
};

/// Of one shard.
struct registry_options {
  std::size_t max_residents = 25'000;
  std::size_t max_waiting = 1'000; ///< orders that wait for a place
  std::size_t max_parked = 2'000;  ///< inputs in memory that were answered `pending`: admission no longer counts them
  std::chrono::milliseconds idle_after{std::chrono::minutes{5}}; ///< without an input an order leaves memory
  std::chrono::milliseconds park_after{2'000};                   ///< TikTok waits 3 s for an answer
  std::chrono::milliseconds tick{200};
};

struct registry_state {
  explicit registry_state(registry_actor::pointer self);
  ~registry_state();

  void post(const routed_input& in);
  void answered(const answered_inputs& done);
  void changed(const std::vector<changed_order>& orders);
  void busy(const tiktok_order_id& order);
  void unfit(const unfit_order& what);
  caf::result<restart_reply> restart(const tiktok_order_id& order);
  void on_down(const caf::down_msg& msg);
  void lift(const tiktok_order_id& order);
  caf::result<shard_seen_ptr> look(const shard_request& what);
  void walk();
  void tick();

  registry_actor::pointer self;
  std::shared_ptr<const order_services> services;
  std::shared_ptr<registry_metrics> measured;
  registry_options options;
  static constexpr const char* name = kind_name<registry_actor>;

private:
  using entries = std::unordered_map<tiktok_order_id, order_entry>;
  using place_of_input = std::vector<kept_input>::iterator;

  // registry.cpp
  order_entry& entry_of(const tiktok_order_id& id);
  [[nodiscard]] actor_time posted_at(const input& in) const;
  void find_place(order_entry& e);
  void activate(order_entry& e, std::size_t one_at_a_time = 0);
  void route(order_entry& e);
  void passivate(order_entry& e);
  void make_room();
  void admit_waiting();
  void refuse_all(order_entry& e, const error& why);
  void file(order_entry& e);
  void forget_if_done(order_entry& e);
  void let_go(order_entry& e, place_of_input which);
  static void doubt_in_hand(order_entry& e);
  static void complete(const kept_input& which, answer a);
  void left(order_entry& e);

  // registry_deaths.cpp
  void died(order_entry& e);
  void age_deaths(actor_time now);
  void dead_letter_front(order_entry& e);
  void quarantine(order_entry& e, bool stored);
  void store_quarantine(order_entry& e);
  void note_quarantine(const tiktok_order_id& order, bool raised, std::function<void(const result<void>&)> done);
  void turn_away(order_entry& e);
  void ask_whether_lifted(order_entry& e);

  // registry_slow_lane.cpp
  void park_late(order_entry& e, actor_time now);
  void park(order_entry& e, kept_input& which);
  void parked(const tiktok_order_id& order, const input_id& id, commit_fate fate);
  void store_unread(const kept_input& which, const answer& otherwise);
  void count_parked(kept_input& which, kept_input::reply_path path);

  // registry_look.cpp
  /// Of somebody who looks, through all orders.
  struct order_walk {
    order_choice choice;
    reply_guard<shard_seen_ptr> asker;
    shard_seen seen;
    std::size_t next = 0, buckets = 0; ///< of `orders_`
  };
  void show(const order_entry& e, actor_time now, order_walk& into) const;
  void finish_walk(actor_time now);

  entries orders_;
  std::unordered_map<caf::actor_addr, tiktok_order_id> by_address_;
  order_entry::list busy_; ///< with unanswered inputs
  order_entry::list idle_; ///< residents with nothing to do, the longest idle first
  std::deque<tiktok_order_id> waiting_;
  std::deque<std::pair<actor_time, tiktok_order_id>> deaths_; ///< of the last minute: their orders are not forgotten
  std::size_t residents_ = 0, leaving_ = 0;
  std::size_t parked_ = 0;       ///< inputs here that are stored as `pending`, or about to be
  std::deque<order_walk> walks_; ///< the first one is under way
  std::uint64_t handled_ = 0, restarts_ = 0;
  rate_meter rate_; ///< of all answers
};

registry_actor::behavior_type registry(registry_actor::stateful_pointer<registry_state> self,
                                       std::shared_ptr<const order_services> services, registry_options options,
                                       std::shared_ptr<registry_metrics> measured);

} // namespace orderly
