#include "actors/calls/detail_fetcher.hpp"

#include "actors/calls/call_outcome.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace orderly {

static_assert(actor_state<fetcher_state, fetcher_actor::pointer>);

fetcher_state::fetcher_state(fetcher_actor::pointer p) : self(p) {}

fetcher_state::~fetcher_state() { ref->close(); }

void fetcher_state::post_outcome(const outbox_row& row, written_body what) {
  delivery outcome;
  outcome.inputs.push_back(outcome_input(row, std::move(what), services->ids->next(), services->time->now()));
  // Not answered durable: the lease ends and it is fetched again.
  services->orders->post(std::move(outcome), [to = worker](const std::vector<answer>&) { to->tell(atom::settled::value); });
}

void fetcher_state::add(const std::shared_ptr<const outbox_row>& row) {
  if (const auto obstacle = services->shops->obstacle_to(row->shop))
    return post_outcome(*row, written_body{uncalled_fetch(*row, *obstacle)});
  auto& queue = shops_[row->shop];
  queue.waiting.push_back(row);
  call(row->shop, queue);
}

void fetcher_state::call(const shop_id& id, shop_queue& queue) {
  if (queue.calls >= calls_per_shop || (queue.waiting.empty() && queue.alone.empty()))
    return;
  auto rows = std::make_shared<std::vector<outbox_row>>();
  std::vector<tiktok_order_id> ids;
  auto& from = queue.alone.empty() ? queue.waiting : queue.alone;
  const auto most = queue.alone.empty() ? tiktok_port::max_ids_per_call : std::size_t{1};
  for (; !from.empty() && rows->size() < most; from.pop_front()) {
    rows->push_back(*from.front());
    ids.push_back(rows->back().tiktok_order);
  }
  ++queue.calls;
  services->measured->fetches.add(static_cast<double>(ids.size()));
  const auto asked = services->shops->find(id);
  services->tiktok->fetch_orders(id, std::move(ids),
                                 [to = ref, id, region = asked ? asked->region : std::string{},
                                  kept = std::shared_ptr<const std::vector<outbox_row>>{rows}](const detail_reply& reply) {
                                   // On the port's thread: details are written here, and only posted by the actor.
                                   to->tell(atom::called::value, fetch_reply{id, kept, is_about_the_order(reply.outcome.result),
                                                                             std::make_shared<std::vector<written_body>>(
                                                                                 outcomes_of_fetch(*kept, reply, region))});
                                 });
}

void fetcher_state::on_fetched(const fetch_reply& reply) {
  auto& queue = shops_[reply.shop];
  --queue.calls;
  if (reply.refused && reply.rows->size() > 1)
    take_apart(reply);
  else
    settle(reply);
  while (queue.calls < calls_per_shop && !(queue.waiting.empty() && queue.alone.empty()))
    call(reply.shop, queue);
}

/// Whether one id that TikTok refuses takes the whole call along is not documented (sheet 4.2). So each is asked for by itself.
void fetcher_state::take_apart(const fetch_reply& refused) {
  for (const auto& row : *refused.rows)
    shops_[refused.shop].alone.push_back(std::make_shared<const outbox_row>(row));
}

void fetcher_state::settle(const fetch_reply& reply) {
  for (std::size_t i = 0; i < reply.rows->size(); ++i)
    post_outcome((*reply.rows)[i], std::move((*reply.outcomes)[i]));
}

fetcher_actor::behavior_type detail_fetcher(fetcher_actor::stateful_pointer<fetcher_state> self,
                                            std::shared_ptr<const call_services> services, ref_of<outbox_actor> worker) {
  keep_words_of_faults(self);
  self->state.services = std::move(services);
  self->state.worker = std::move(worker);
  self->state.ref->open(fetcher_actor{self});
  return handlers<fetcher_actor>([self](atom::fetch, const std::shared_ptr<const outbox_row>& row) { self->state.add(row); },
                                 [self](atom::called, const fetch_reply& reply) { self->state.on_fetched(reply); });
}

} // namespace orderly
