#pragma once
// A shard of the registry: activates, finds and supervises the orders whose id hashes to it. It keeps each input until it is
// answered, because CAF drops the messages of a dead actor silently.

#include "actors/order_actor.hpp"
#include "actors/protocol.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace orderly {

struct registry_metrics {
  explicit registry_metrics(metrics& m);
  gauge residents, inputs_in_hand;
  counter restarts;
};

struct registry_state {
  explicit registry_state(registry_actor::pointer self);
  ~registry_state();

  void post(const routed_input& in);
  void answered(const answered_inputs& done);
  void changed(const std::vector<changed_order>& orders);
  void on_down(const caf::down_msg& msg);

  registry_actor::pointer self;
  std::shared_ptr<const order_services> services;
  std::shared_ptr<registry_metrics> measured;
  static constexpr const char* name = "registry";

private:
  struct kept_input {
    routed_input routed;
    int deaths = 0; ///< of the order's actor while this input was unanswered
  };
  struct entry {
    order_actor handle;
    std::deque<kept_input> unanswered; ///< in the order of arrival
  };
  void activate(const tiktok_order_id& id, entry& e);
  void give_up(entry& e);

  std::unordered_map<tiktok_order_id, entry> orders_;
  std::unordered_map<caf::actor_addr, tiktok_order_id> by_address_;
};

registry_actor::behavior_type registry(registry_actor::stateful_pointer<registry_state> self,
                                       std::shared_ptr<const order_services> services,
                                       std::shared_ptr<registry_metrics> measured);

} // namespace orderly
