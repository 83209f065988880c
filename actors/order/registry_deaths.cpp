// Deaths of order actors: whose fault they are, and what becomes of the inputs.

#include "actors/engine/ask_store.hpp"
#include "actors/order/registry.hpp"
#include "actors/plumbing/counted_read.hpp"
#include "actors/plumbing/reply_guard.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "domain/order/attention.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace orderly {
namespace {

constexpr auto quarantine_believed = std::chrono::seconds{5};

answer turned_away(const input& in, error_code code, std::string why) {
  answer a;
  a.outcome = is_command(in) ? input_outcome::refused : input_outcome::ignored;
  a.refusal = error{code, std::move(why), {}};
  return a;
}

answer not_known(const input& in) {
  return turned_away(in, error_code::outcome_unknown, "what became of this input cannot be read now");
}

answer stored_answer(const input& in, const result<loaded_order>& found) {
  if (!found || !found->settled.contains(in.dedupe_key)) // stored all the same; its letter may have been re-driven meanwhile
    return is_command(in) ? not_known(in) : kept_as_pending();
  const auto& stored = found->settled.at(in.dedupe_key);
  if (stored.raw_hash == sha256(*in.raw))
    return stored.answer;
  return turned_away(in, error_code::idempotency_conflict, "this Idempotency-Key was used with another body; use a new key");
}

/// What is stored of a buried input need not be its death: the actor may have died between the commit and the answer.
void tell_stored(const order_services& services, const input_ptr& what, const std::shared_ptr<answer_slot>& slot) {
  const auto then = [what](const auto& to, const result<loaded_order>& found) { to->complete(stored_answer(*what, found)); };
  services.reader->load({.order = what->order, .keys = {what->dedupe_key}, .with_document = false},
                        reader_callback{services.reads_under_way, slot, then});
}

/// Has a dead letter kept and answers for its input. One a burial: what goes wrong here takes no shard along.
caf::behavior keep_dead(caf::event_based_actor* self, const writer_actor& writer,
                        const std::shared_ptr<const order_services>& services, const std::shared_ptr<const input_record>& record,
                        const std::shared_ptr<answer_slot>& slot) {
  const auto lost = [record, slot] { // a unit of the dead actor may still be on its way to the store
    if (slot)
      slot->complete(not_known(*record->what));
  };
  ask(self, writer, atom::record::value, record)
      .then(
          [services, record, slot, lost](const commit_reply& r) {
            if (r.fate != commit_fate::committed)
              lost();
            else if (slot)
              tell_stored(*services, record->what, slot);
          },
          [lost](const caf::error&) { lost(); });
  return {};
}

} // namespace

void registry_state::died(order_entry& e) {
  e.now = standing::passive;
  const auto in_hand = std::min(e.hand->inputs.load(), e.unanswered.size());
  for (std::size_t i = 0; i < in_hand; ++i)
    ++e.unanswered[i].deaths;
  if (in_hand > 0) {
    e.deaths.add(self->clock().now(), e.unanswered.front().routed.what->id);
    deaths_.emplace_back(self->clock().now(), e.id);
  }
  file(e);
  if (e.deaths.calls_for_quarantine())
    return quarantine(e, false);
  if (in_hand > 0 && e.unanswered.front().deaths >= 2)
    dead_letter_front(e);
  if (e.unanswered.empty())
    return forget_if_done(e);
  activate(e, e.unanswered.size());
}

void registry_state::age_deaths(actor_time now) {
  for (; !deaths_.empty() && now - deaths_.front().first > std::chrono::minutes{1}; deaths_.pop_front())
    if (const auto found = orders_.find(deaths_.front().second); found != orders_.end()) {
      found->second.deaths.age(now);
      forget_if_done(found->second);
    }
}

/// The first in line was in hand at two deaths: it is kept as a dead letter, and what stood behind it goes on.
void registry_state::dead_letter_front(order_entry& e) {
  const auto routed = e.unanswered.front().routed;
  let_go(e, e.unanswered.begin());
  file(e);
  measured->killed_twice.add();
  log(log_level::error, "input.killed_twice", "an input ended its order's actor twice; it is kept as a dead letter",
      {{"order", e.id.str()}, {"input", to_string(routed.what->id)}});
  auto record = std::make_shared<input_record>();
  record->what = routed.what;
  record->decided_at = services->time->now();
  record->outcome = input_outcome::dead;
  record->dead = dead_letter_cause::killed_twice;
  record->answer =
      turned_away(*routed.what, error_code::killed_twice, "handling this input failed twice; it is a dead letter now");
  record->answer.outcome = input_outcome::dead;
  self->home_system().spawn(keep_dead, services->writer->get(), services, std::shared_ptr<const input_record>{record},
                            routed.slot);
}

void registry_state::quarantine(order_entry& e, bool stored) {
  log(log_level::error, "order.quarantined", "an order is not served until somebody restarts its actor",
      {{"order", e.id.str()}, {"unanswered", e.unanswered.size()}});
  e.now = standing::quarantined;
  e.quarantine_stored = stored;
  e.quarantine_asked = self->clock().now();
  measured->turning_away.add(1);
  if (e.handle)
    caf::anon_send_exit(e.handle, caf::exit_reason::user_shutdown);
  file(e);
  if (!stored)
    store_quarantine(e);
  turn_away(e);
}

/// Durable, so that other engines and the next start know it. An order without a row has nothing to mark: there the pending
/// inputs alone tell.
void registry_state::store_quarantine(order_entry& e) {
  note_quarantine(e.id, true, [this, id = e.id](const result<void>& done) {
    if (!done)
      log(log_level::error, "order.quarantine_not_stored", "the quarantine of an order could not be stored",
          {{"order", id.str()}, {"why", to_string(done.error())}});
    if (const auto found = orders_.find(id); found != orders_.end()) {
      found->second.quarantine_stored = done.has_value();
      found->second.quarantine_asked = self->clock().now();
    }
  });
}

/// Behind the order's unit that may be under way, whose commit may create the row that the note is for.
void registry_state::note_quarantine(const tiktok_order_id& order, bool raised, std::function<void(const result<void>&)> done) {
  attention_note note;
  note.order = order;
  note.kind = attention::quarantined;
  note.raised = raised;
  note.at = services->time->now();
  ask_store(
      self, services->writer->get(),
      [note = std::move(note)](store_writer& on) {
        return on.note({&note, 1});
      },
      std::move(done), order);
}

/// A webhook of a quarantined order is stored as `pending` and waits there; whoever else asks is told.
void registry_state::turn_away(order_entry& e) {
  for (auto at = e.unanswered.begin(); at != e.unanswered.end();) {
    if (at->routed.what->source == input_source::webhook && at->path != kept_input::reply_path::pending &&
        !at->cannot_be_parked) {
      park(e, *at);
      ++at;
      continue;
    }
    complete(*at, turned_away(*at->routed.what, error_code::quarantined,
                              "the order is quarantined; POST /actors/{id}/restart serves it again"));
    const auto index = at - e.unanswered.begin();
    let_go(e, at);
    at = e.unanswered.begin() + index;
  }
  file(e);
  if (self->clock().now() - e.quarantine_asked < quarantine_believed)
    return;
  e.quarantine_asked = self->clock().now();
  if (e.quarantine_stored)
    ask_whether_lifted(e);
  else
    store_quarantine(e); // the store could not, the last time
}

/// Several engines may know of a quarantine; `restart` reaches one of them.
void registry_state::ask_whether_lifted(order_entry& e) {
  const auto then = [id = e.id](const registry_actor& to, const result<loaded_order>& found) {
    if (found && found->exists && !found->quarantined)
      tell_from_outside(to, atom::lift::value, id);
  };
  services->reader->load({.order = e.id, .keys = {}, .with_document = false},
                         reader_callback{services->reads_under_way, registry_actor{self}, then});
}

/// From an order that has read that it is quarantined, or that cannot be read.
void registry_state::unfit(const unfit_order& what) {
  const auto found = orders_.find(what.order);
  if (found == orders_.end() || !found->second.handle || found->second.now == standing::quarantined)
    return;
  if (found->second.now == standing::leaving)
    --leaving_;
  log(log_level::error, "order.unfit", "an order cannot be served", {{"order", what.order.str()}, {"why", what.why}});
  if (what.in_doubt)
    doubt_in_hand(found->second);
  quarantine(found->second, what.stored);
  if (what.stored) // it may have read that before a restart that has been done since
    ask_whether_lifted(found->second);
}

caf::result<restart_reply> registry_state::restart(const tiktok_order_id& order) {
  if (const auto found = orders_.find(order); found != orders_.end())
    found->second.quarantine_asked = self->clock().now(); // what raises it again must not come behind this note
  auto promised = self->make_response_promise<restart_reply>();
  const auto asker = std::make_shared<reply_guard<restart_reply>>(promised, restart_reply{});
  note_quarantine(order, false, [this, asker, order](const result<void>& stored) {
    const bool known = orders_.contains(order);
    if (stored)
      lift(order);
    asker->deliver({stored.has_value(), known});
  });
  return promised;
}

void registry_state::lift(const tiktok_order_id& order) {
  services->sweeper->tell(atom::lift::value); // it left the order's inputs where they are
  const auto found = orders_.find(order);
  if (found == orders_.end())
    return;
  auto& e = found->second;
  e.deaths.clear();
  for (auto& kept : e.unanswered)
    kept.deaths = 0;
  if (e.now != standing::quarantined) {
    if (e.handle)
      caf::anon_send_exit(e.handle, caf::exit_reason::user_shutdown);
    return;
  }
  measured->turning_away.add(-1);
  if (e.handle) { // its end is under way; on_down goes on from there
    e.now = standing::leaving;
    ++leaving_;
    return file(e);
  }
  e.now = standing::passive;
  if (e.unanswered.empty())
    forget_if_done(e);
  else
    find_place(e);
}

} // namespace orderly
