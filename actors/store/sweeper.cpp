#include "actors/store/sweeper.hpp"

#include "actors/plumbing/counted_read.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace orderly {

static_assert(actor_state<sweeper_state, sweeper_actor::pointer>);

sweeper_metrics::sweeper_metrics(metrics& m)
    : swept(m.counter("orderly_sweeper_swept_total", "Pending inputs brought back to their orders")),
      under_way(m.gauge("orderly_sweeper_under_way", "Pending inputs brought back and not answered yet")) {}

sweeper_state::sweeper_state(sweeper_actor::pointer p) : self(p) {}

sweeper_state::~sweeper_state() {
  if (services)
    services->measured->under_way.add(-static_cast<double>(under_way_.size()));
}

void sweeper_state::look() {
  if (reading_ || under_way_.size() + services->page > services->at_most)
    return;
  reading_ = true;
  const pending_request what{
      .order = {}, .received_before = services->time->now() - services->older_than, .limit = services->page, .cursor = cursor_};
  const auto tell = [](const ref_of<sweeper_actor>& to, result<pending_page> found) {
    to->send(atom::swept::value, std::make_shared<const result<pending_page>>(std::move(found)));
  };
  services->reader->pending(what, reader_callback{services->reads_under_way, services->self, tell});
}

void sweeper_state::on_page(const result<pending_page>& page) {
  reading_ = false;
  if (!page) {
    log(log_level::warn, "sweeper.failed", "pending inputs could not be read", {{"why", to_string(page.error())}});
    return;
  }
  cursor_ = page->next_cursor;
  for (const auto& in : page->inputs) {
    if (!under_way_.insert(in.id).second)
      continue;
    delivery one;
    one.inputs.push_back(in);
    one.stored = true;
    services->measured->swept.add();
    services->measured->under_way.add(1);
    // What becomes of it is in the store: decided, or still pending and met again on the next round.
    services->orders->post(std::move(one),
                           [ref = services->self, id = in.id](const std::vector<answer>&) { ref->send(atom::swept::value, id); });
  }
  if (!cursor_.empty())
    look();
}

void sweeper_state::on_swept(const input_id& which) {
  const auto count = under_way_.erase(which); // none: an earlier incarnation's
  services->measured->under_way.add(-static_cast<double>(count));
}

sweeper_actor::behavior_type sweeper(sweeper_actor::stateful_pointer<sweeper_state> self,
                                     std::shared_ptr<const sweeper_services> services) {
  keep_words_of_faults(self);
  self->state.services = std::move(services);
  self->delayed_send(self, self->state.services->every, atom::tick::value);
  return {
      [self](atom::tick) {
        self->state.look();
        self->delayed_send(self, self->state.services->every, atom::tick::value);
      },
      [self](atom::swept, const std::shared_ptr<const result<pending_page>>& page) { self->state.on_page(*page); },
      [self](atom::swept, const input_id& which) { self->state.on_swept(which); },
  };
}

} // namespace orderly
