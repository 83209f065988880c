#include "actors/calls/outbox_worker.hpp"

#include "actors/calls/call_outcome.hpp"
#include "actors/engine/ask_store.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {
namespace {

/// A call to TikTok for one row, on TikTok's client's threads: read first when an earlier attempt may have worked, write, and
/// read again when the answer does not tell. At most one write is made, and none once the lease has ended: a process that stood
/// still comes back here.
class shipping_call : public std::enable_shared_from_this<shipping_call> {
public:
  shipping_call(claimed_write what, std::shared_ptr<const call_services> services, ref_of<outbox_actor> ref)
      : row_(std::move(what.row)), lease_until_(what.lease_until), services_(std::move(services)), ref_(std::move(ref)) {}

  void start() { row_.attempt > 1 ? read(true) : write(); }

private:
  void write() {
    if (services_->time->now() >= lease_until_) {
      ref_->tell(atom::called::value, write_reply{row_.id, nullptr});
      return;
    }
    services_->tiktok->mark_shipped(row_.shop, shipment_of(row_), [self = shared_from_this()](shipment_reply reply) {
      self->written_ = reply.outcome;
      if (const auto outcome = outcome_of(self->row_, reply))
        self->finish(*outcome);
      else
        self->read(false);
    });
  }

  void read(bool may_write) {
    services_->measured->rereads.add();
    services_->tiktok->fetch_orders(row_.shop, {row_.tiktok_order}, [self = shared_from_this(), may_write](detail_reply reply) {
      self->on_read(reply, may_write);
    });
  }

  void on_read(const detail_reply& reply, bool may_write) {
    const auto found = std::find_if(reply.orders.begin(), reply.orders.end(),
                                    [&](const json::object& o) { return id_at(o, "id") == row_.tiktok_order.str(); });
    if (reply.outcome.result != call_class::ok || found == reply.orders.end())
      finish(unreadable(row_, reply.outcome));
    else if (const auto outcome = outcome_by_reading(row_, *found))
      finish(*outcome);
    else if (may_write)
      write();
    else
      finish(unreadable(row_, written_)); // the order is unchanged: what the write was told is why
  }

  void finish(const report_answered& outcome) {
    ref_->tell(atom::called::value, write_reply{row_.id, std::make_shared<const report_answered>(outcome)});
  }

  outbox_row row_;
  timestamp lease_until_;
  std::shared_ptr<const call_services> services_;
  ref_of<outbox_actor> ref_;
  call_outcome written_; ///< what the write was told
};

/// Of a call whose lease has ended: nothing that would touch a row on which another engine may be at work.
bool counts_late(report_result result) { return result != report_result::try_again && result != report_result::on_hold; }

} // namespace

static_assert(actor_state<outbox_state, outbox_actor::pointer>);

call_metrics::call_metrics(metrics& m)
    : claimed(m.counter("orderly_outbox_claimed_total", "Rows of the outbox that were claimed")),
      fetches(m.counter("orderly_outbox_fetches_total", "Details that were asked of TikTok")),
      writes(m.counter("orderly_outbox_writes_total", "Writes to TikTok that were begun")),
      rereads(m.counter("orderly_outbox_rereads_total", "Orders that were read again to settle a write")),
      fetches_under_way(m.gauge("orderly_outbox_fetches_under_way", "Claimed fetches without an answer")),
      writes_under_way(m.gauge("orderly_outbox_writes_under_way", "Claimed writes without an answer")) {}

outbox_state::outbox_state(outbox_actor::pointer p) : self(p) {}

outbox_state::~outbox_state() {
  if (ref)
    ref->close();
}

void outbox_state::claim() {
  if (claiming_) {
    claim_again_ = true;
    return;
  }
  const auto under_way = fetches + writes.size();
  if (under_way >= options.max_calls)
    return; // whatever ends next claims again
  const auto room = options.max_calls - under_way;
  claiming_ = true;
  claim_again_ = false;
  const auto now = services->time->now(), until = now + options.lease;
  ask_store(
      self, services->writer->get(),
      [what = claim_request{now, room, options.owner, until}](store_writer& on) { return on.claim(what); },
      [this, until](const result<claimed_rows>& claimed) { on_claimed(claimed, until); });
}

void outbox_state::on_claimed(const result<claimed_rows>& what, timestamp lease_until) {
  claiming_ = false;
  if (!what)
    return; // the next scan tries again
  services->measured->claimed.add(static_cast<double>(what->rows.size()));
  for (const auto& row : what->rows)
    if (row.kind == promise_kind::fetch_detail) {
      ++fetches;
      tell(self, fetcher, atom::fetch::value, std::make_shared<const outbox_row>(row));
    } else if (!writes.contains(row.id)) {
      ship({row, lease_until});
    }
  services->measured->fetches_under_way.set(static_cast<double>(fetches));
  services->measured->writes_under_way.set(static_cast<double>(writes.size()));
  const auto now = services->time->now();
  if (claim_again_ || (what->next_due && *what->next_due <= now && !what->rows.empty()))
    claim();
  else if (what->next_due && *what->next_due > now && *what->next_due < now + options.scan)
    remind(self, *what->next_due - now, atom::wake::value);
}

void outbox_state::ship(const claimed_write& what) {
  const auto& row = what.row;
  writes.emplace(row.id, what);
  if (const auto obstacle = services->shops->obstacle_to(row.shop)) {
    on_written({row.id, std::make_shared<const report_answered>(unreadable(row, not_called(*obstacle)))});
    return;
  }
  if (const auto shop = services->shops->find(row.shop); shop && !marks_packages_as_shipped(shop->region)) {
    on_written({row.id, std::make_shared<const report_answered>(unsupported(row, shop->region))});
    return;
  }
  services->measured->writes.add();
  std::make_shared<shipping_call>(what, services, ref)->start();
}

void outbox_state::on_written(const write_reply& reply) {
  const auto ended = writes.find(reply.row);
  if (ended == writes.end())
    return;
  const auto& write = ended->second;
  const auto now = services->time->now();
  if (!reply.what || (now >= write.lease_until && !counts_late(reply.what->result)))
    return forget(reply.row);
  delivery outcome;
  outcome.inputs.push_back(outcome_input(write.row, written_body{*reply.what}, services->ids->next(), now));
  // Not answered durable: the lease ends, the row is claimed again, the order is read first. Nothing to do here.
  services->orders->post(std::move(outcome),
                         [to = ref, row = reply.row](const std::vector<answer>&) { to->tell(atom::answered::value, row); });
}

void outbox_state::forget(std::int64_t row) {
  writes.erase(row);
  services->measured->writes_under_way.set(static_cast<double>(writes.size()));
  claim();
}

void outbox_state::on_fetched() {
  fetches -= std::min<std::size_t>(fetches, 1);
  services->measured->fetches_under_way.set(static_cast<double>(fetches));
  claim();
}

outbox_actor::behavior_type outbox_worker(outbox_actor::stateful_pointer<outbox_state> self, fetcher_actor fetcher,
                                          std::shared_ptr<const call_services> services, outbox_options options,
                                          ref_of<outbox_actor> ref) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.fetcher = std::move(fetcher);
  state.services = std::move(services);
  state.options = std::move(options);
  state.ref = std::move(ref);
  state.ref->open(outbox_actor{self});
  state.services->measured->fetches_under_way.set(0); // what a predecessor had under way comes back by its leases
  state.services->measured->writes_under_way.set(0);
  remind(self, state.options.scan, atom::tick::value);
  tell_self(self, atom::wake::value); // what was promised before this start
  return handlers<outbox_actor>([self](atom::wake) { self->state.claim(); },
                                [self](atom::tick) {
                                  remind(self, self->state.options.scan, atom::tick::value);
                                  self->state.claim();
                                },
                                [self](atom::called, const write_reply& reply) { self->state.on_written(reply); },
                                [self](atom::answered, std::int64_t row) { self->state.forget(row); },
                                [self](atom::settled) { self->state.on_fetched(); });
}

} // namespace orderly
