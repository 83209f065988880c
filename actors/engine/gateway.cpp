#include "actors/engine/gateway.hpp"

#include "actors/order/order_entry.hpp"
#include "actors/plumbing/spawn.hpp"
#include "actors/store/change_watcher.hpp"
#include "actors/store/redriver.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/delivery.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <mutex>

namespace orderly {
namespace {

answer unanswerable(error_code code, std::string why) {
  answer a;
  a.outcome = input_outcome::ignored;
  a.refusal = error{code, std::move(why), {}};
  return a;
}

/// The answers of one delivery; the last one to come calls back. Shards complete it from several threads. What is dropped with a
/// mailbox, because its actor died or the engine ends, gets the answer that stands here from the beginning: whether it was
/// committed must be asked again.
class joined_answers {
public:
  joined_answers(std::size_t count, delivery_answered done, std::shared_ptr<std::atomic<std::size_t>> under_way)
      : answers_(count, unanswerable(error_code::outcome_unknown, "a part of the engine ended before it answered")), left_(count),
        done_(std::move(done)), under_way_(std::move(under_way)) {
    under_way_->fetch_add(1);
  }
  ~joined_answers() {
    if (left_.load() > 0)
      call_back();
  }
  joined_answers(const joined_answers&) = delete;
  joined_answers& operator=(const joined_answers&) = delete;

  void complete(std::size_t at, answer a) {
    answers_[at] = std::move(a);
    if (left_.fetch_sub(1) == 1)
      call_back();
  }

private:
  void call_back() {
    done_(std::move(answers_));
    under_way_->fetch_sub(1);
  }

  std::vector<answer> answers_;
  std::atomic<std::size_t> left_;
  delivery_answered done_;
  std::shared_ptr<std::atomic<std::size_t>> under_way_;
};

class joined_slot final : public answer_slot {
public:
  joined_slot(std::shared_ptr<joined_answers> all, std::size_t at) : all_(std::move(all)), at_(at) {}
  void complete(answer a) override {
    if (auto all = std::move(all_))
      all->complete(at_, std::move(a));
  }

private:
  std::shared_ptr<joined_answers> all_;
  std::size_t at_;
};

answer not_kept(std::string why) { return unanswerable(error_code::storage_unavailable, std::move(why)); }
answer outcome_unknown() { return unanswerable(error_code::outcome_unknown, "the store did not say whether this is kept"); }

/// Asks the writer to keep an input that no order has seen, and answers for it. One an input: short-lived, cheap (caf-0.17, 4.3).
caf::behavior keep(caf::event_based_actor* self, const writer_actor& writer, const std::shared_ptr<const input_record>& record,
                   const std::shared_ptr<answer_slot>& slot) {
  ask(self, writer, atom::record::value, record)
      .then(
          [record, slot](const commit_reply& reply) {
            switch (reply.fate) {
            case commit_fate::committed: return slot->complete(record->answer);
            case commit_fate::unavailable: return slot->complete(not_kept("the store cannot commit now"));
            case commit_fate::refused: return slot->complete(not_kept("the store cannot hold this input: " + reply.why));
            case commit_fate::conflict:
            case commit_fate::unknown: return slot->complete(outcome_unknown());
            }
          },
          [slot](const caf::error&) { slot->complete(outcome_unknown()); });
  return {};
}

error draining() { return {error_code::shutting_down, "the engine is draining", {}}; }

/// One a task.
caf::behavior ask_to_run(caf::event_based_actor* self, const writer_actor& writer, const task_ptr& task,
                         const std::function<void(std::optional<error>)>& done) {
  ask(self, writer, atom::run::value, task)
      .then([done](const task_reply& reply) { done(reply.ran ? std::nullopt : reply.failure); },
            [done](const caf::error&) {
              done(error{error_code::storage_outcome_unknown, "the storage writer ended", {}});
            });
  return {};
}

/// One a wish.
caf::behavior ask_for_restart(caf::event_based_actor* self, const registry_actor& shard, const tiktok_order_id& order,
                              const std::function<void(result<restarted>)>& done) {
  ask_within(std::chrono::seconds{95}, self, shard, atom::restart::value, order)
      .then(
          [done](const restart_reply& reply) {
            if (reply.stored)
              done(restarted{reply.known});
            else
              done(error{error_code::storage_unavailable, "the store cannot commit now", {}});
          },
          [done](const caf::error&) {
            done(error{error_code::outcome_unknown, "the registry did not answer", {}});
          });
  return {};
}

} // namespace

gateway::gateway(const clock& time, id_source& ids, reads& reader, const shop_directory& shops, engine_options options,
                 std::shared_ptr<std::atomic<int>> reading)
    : time_(time), ids_(ids), reader_(reader), shops_(shops), reading_(std::move(reading)),
      options_(std::make_shared<const engine_options>(std::move(options))) {}

void gateway::open(look_sources parts) {
  std::unique_lock lock(mutex_);
  shards_ = std::move(parts.shards);
  writer_ = std::move(parts.writer);
  supervisor_ = std::move(parts.supervisor);
}

void gateway::close() {
  std::unique_lock lock(mutex_);
  shards_.clear();
  writer_ = nullptr;
  supervisor_ = nullptr;
}

void gateway::post(delivery what, delivery_answered done) {
  if (what.inputs.empty())
    return done({});
  const auto all = std::make_shared<joined_answers>(what.inputs.size(), std::move(done), under_way_);
  if (what.stored && what.inputs.front().order.empty())
    return reread(what.inputs.front(), std::make_shared<joined_slot>(all, 0));
  const bool at_once = what.stored || what.inputs.size() <= most_orders_at_once;
  std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < what.inputs.size(); ++i) {
    const auto slot = std::make_shared<joined_slot>(all, i);
    if (shards_.empty()) {
      slot->complete(unanswerable(error_code::shutting_down, draining().message));
      continue;
    }
    if (what.inputs[i].order.empty()) {
      record(what.inputs[i], what.dead, slot);
      continue;
    }
    if (!at_once) {
      record(as_pending(std::make_shared<const input>(std::move(what.inputs[i]))), slot);
      continue;
    }
    const auto& shard = shards_[shard_of(what.inputs[i].order, shards_.size())];
    shard->tell(atom::post::value, routed_input{std::make_shared<const input>(std::move(what.inputs[i])), slot, what.stored});
  }
}

void gateway::record(const input& what, std::optional<dead_letter_cause> dead, const std::shared_ptr<answer_slot>& slot) const {
  auto kept = std::make_shared<input_record>();
  kept->what = std::make_shared<const input>(what);
  kept->decided_at = time_.now();
  kept->dead = dead;
  kept->outcome = dead ? input_outcome::dead : input_outcome::ignored;
  kept->answer.outcome = kept->outcome;
  record(std::move(kept), slot);
}

/// Under the lock. Drops the slot, which answers, when the gateway is closed or the writer is being replaced.
void gateway::record(std::shared_ptr<const input_record> what, const std::shared_ptr<answer_slot>& slot) const {
  if (const auto writer = writer_ ? writer_->get() : writer_actor{})
    spawn_from_outside(writer->home_system(), keep, writer, std::move(what), slot);
}

/// A re-driven input that was for no order is read anew, by a program that may understand it by now.
void gateway::reread(const input& what, const std::shared_ptr<answer_slot>& slot) {
  auto parsed = parse_webhook(*what.raw);
  if (parsed.kind != webhook_kind::for_orders) {
    const std::shared_lock lock(mutex_);
    std::optional<dead_letter_cause> dead;
    if (parsed.kind != webhook_kind::ignored)
      dead = parsed.kind == webhook_kind::unparsable ? dead_letter_cause::unparsable : dead_letter_cause::no_order_id;
    return record(what, dead, slot);
  }
  post(delivery_of(std::move(parsed), what.raw, what.received_at, ids_.next(), ids_),
       [this, what, slot](const std::vector<answer>& answers) {
         const auto failed = std::find_if(answers.begin(), answers.end(), [](const answer& a) {
           return a.refusal && !is_stored(input_fate_of(a.refusal->code));
         });
         if (failed != answers.end())
           return slot->complete(*failed);
         const std::shared_lock lock(mutex_);
         record(what, std::nullopt, slot);
       });
}

void gateway::restart(tiktok_order_id order, std::function<void(result<restarted>)> done) {
  const std::shared_lock lock(mutex_);
  const auto shard = shards_.empty() ? registry_actor{} : shards_[shard_of(order, shards_.size())]->get();
  if (!shard)
    return done(draining());
  spawn_from_outside(shard->home_system(), ask_for_restart, shard, std::move(order), std::move(done));
}

void gateway::signature_failed(const shop_id& shop) {
  if (!shops_.find(shop))
    return;
  const auto now = time_.now();
  {
    const std::lock_guard lock(alarms_mutex_);
    auto& last = alarms_[shop];
    if (now - last < std::chrono::minutes{1})
      return;
    last = now;
  }
  attention_note note;
  note.shop = shop;
  note.kind = attention::signature_failing;
  note.at = now;
  // Nobody waits for it; the next one comes in a minute.
  write_on(
      *this,
      [note = std::move(note)](store_writer& on) {
        return on.note({&note, 1});
      },
      [](const result<void>&) {});
}

void gateway::run(task_ptr what, std::function<void(std::optional<error> lost)> done) {
  const std::shared_lock lock(mutex_);
  const auto writer = writer_ ? writer_->get() : writer_actor{};
  if (!writer)
    return done(draining());
  spawn_from_outside(writer->home_system(), ask_to_run, writer, std::move(what), std::move(done));
}

void gateway::redrive(redrive_request what, std::function<void(result<redrive_report>)> done) {
  const std::shared_lock lock(mutex_);
  const auto writer = writer_ ? writer_->get() : writer_actor{};
  if (!writer)
    return done(draining());
  auto services = std::make_shared<redrive_services>();
  services->reader = &reader_;
  services->orders = this;
  services->time = &time_;
  services->writer = writer_;
  services->reads_under_way = reading_;
  spawn_from_outside(writer->home_system(), redriver, std::shared_ptr<const redrive_services>{std::move(services)}, what,
                     std::move(done));
}

} // namespace orderly
