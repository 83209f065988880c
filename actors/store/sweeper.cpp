#include "actors/store/sweeper.hpp"

#include "actors/plumbing/counted_read.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace orderly {
namespace {

using std::chrono::milliseconds;

/// A store in which much stands in the way is asked less often: a fifth of one reader's time at most.
constexpr int rest_for_each_read = 4;
constexpr milliseconds longest_rest{10'000};

} // namespace

static_assert(actor_state<sweeper_state, sweeper_actor::pointer>);

sweeper_metrics::sweeper_metrics(metrics& m)
    : swept(m.counter("orderly_sweeper_swept_total", "Pending inputs brought back to their orders")),
      under_way(m.gauge("orderly_sweeper_under_way", "Pending inputs brought back and not answered yet")),
      quarantined(m.gauge("orderly_quarantined_orders", "Orders that the database says are quarantined, by any engine")) {}

sweeper_state::sweeper_state(sweeper_actor::pointer p) : self(p) {}

sweeper_state::~sweeper_state() {
  if (services)
    services->measured->under_way.add(-static_cast<double>(under_way_.size()));
}

void sweeper_state::look() {
  if (reading_)
    return;
  if (cursor_.empty())
    count_quarantined();
  if (under_way_.size() + services->page > services->at_most)
    return look_again_after(services->every);
  reading_ = true;
  asked_ = self->clock().now();
  const pending_request what{
      .order = {}, .received_before = services->time->now() - services->older_than, .limit = services->page, .cursor = cursor_};
  const auto then = [](const ref_of<sweeper_actor>& to, result<pending_page> found) {
    to->tell(atom::swept::value, std::make_shared<const result<pending_page>>(std::move(found)));
  };
  services->reader->run<pending_page>(
      read_class::pages, [what](order_queries& from) { return from.pending(what); },
      reader_callback{services->reads_under_way, services->sweeper, then});
}

void sweeper_state::look_from_the_oldest() {
  cursor_.clear();
  restarted_ = reading_;
  look();
}

void sweeper_state::look_again_after(milliseconds wait) {
  if (std::exchange(armed, true))
    return;
  remind(self, wait, atom::tick::value);
}

void sweeper_state::on_page(const result<pending_page>& page) {
  reading_ = false;
  if (!page) {
    log(log_level::warn, "sweeper.failed", "pending inputs could not be read", {{"why", to_string(page.error())}});
    return look_again_after(services->every);
  }
  const bool over = page->next_cursor.empty() && !restarted_;
  cursor_ = std::exchange(restarted_, false) ? std::string{} : page->next_cursor;
  for (const auto& in : page->inputs) {
    if (!under_way_.insert(in.id).second)
      continue;
    delivery one;
    one.inputs.push_back(in);
    one.stored = true;
    services->measured->swept.add();
    services->measured->under_way.add(1);
    // What becomes of it is in the store: decided, or still pending and met again on the next round.
    services->orders->post(
        std::move(one), [ref = services->sweeper, id = in.id](const std::vector<answer>&) { ref->tell(atom::swept::value, id); });
  }
  const auto took = std::chrono::duration_cast<milliseconds>(self->clock().now() - asked_);
  const auto rest = std::min(rest_for_each_read * took, longest_rest);
  look_again_after(std::max(over ? services->every : services->pause, rest));
}

void sweeper_state::on_swept(const input_id& which) {
  const auto count = under_way_.erase(which); // none: an earlier incarnation's
  services->measured->under_way.add(-static_cast<double>(count));
}

void sweeper_state::count_quarantined() {
  services->reader->run<std::size_t>(
      read_class::pages, [](order_queries& from) { return from.quarantined_orders(); },
      [measured = services->measured](result<std::size_t> found) {
        if (found)
          measured->quarantined.set(static_cast<double>(*found));
      });
}

sweeper_actor::behavior_type sweeper(sweeper_actor::stateful_pointer<sweeper_state> self,
                                     std::shared_ptr<const sweeper_services> services) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.services = std::move(services);
  state.count_quarantined();
  state.armed = true;
  remind(self, state.services->every, atom::tick::value);
  return handlers<sweeper_actor>(
      [self](atom::tick) {
        self->state.armed = false;
        self->state.look();
      },
      [self](atom::lift) { self->state.look_from_the_oldest(); },
      [self](atom::swept, const std::shared_ptr<const result<pending_page>>& page) { self->state.on_page(*page); },
      [self](atom::swept, const input_id& which) { self->state.on_swept(which); });
}

} // namespace orderly
