#pragma once
// Joins the fetches of one shop into calls of up to 50 ids: while calls of a shop are under way the next one gathers.

#include "actors/calls/outbox_worker.hpp"
#include "actors/engine/protocol.hpp"
#include "actors/plumbing/actor_ref.hpp"
#include "domain/order/wire.hpp"

#include <deque>
#include <map>
#include <memory>

namespace orderly {

struct fetcher_state {
  explicit fetcher_state(fetcher_actor::pointer self);
  ~fetcher_state();

  void add(const std::shared_ptr<const outbox_row>& row);
  void on_fetched(const fetch_reply& reply);

  fetcher_actor::pointer self;
  std::shared_ptr<const call_services> services;
  std::size_t calls_per_shop = 2;
  ref_of<outbox_actor> worker;                                                    ///< told when a fetch is over
  const ref_of<fetcher_actor> ref = std::make_shared<actor_ref<fetcher_actor>>(); ///< where calls bring their answers; its own
  static constexpr const char* name = kind_name<fetcher_actor>;

private:
  struct shop_queue {
    std::deque<std::shared_ptr<const outbox_row>> waiting;
    std::deque<std::shared_ptr<const outbox_row>> alone; ///< of a call that was refused: one id a call
    std::size_t calls = 0;                               ///< under way
  };
  void call(const shop_id& id, shop_queue& queue);
  void take_apart(const fetch_reply& refused);
  void settle(const fetch_reply& reply);
  void post_outcome(const outbox_row& row, written_body what);

  std::map<shop_id, shop_queue> shops_;
};

fetcher_actor::behavior_type detail_fetcher(fetcher_actor::stateful_pointer<fetcher_state> self,
                                            std::shared_ptr<const call_services> services, ref_of<outbox_actor> worker);

} // namespace orderly
