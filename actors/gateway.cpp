#include "actors/gateway.hpp"

#include "actors/change_watcher.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

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

/// Asks the writer to keep an input that is for no order, and answers for it. One a delivery: short-lived, cheap (caf-0.17, 4.3).
caf::behavior keep_orderless(caf::event_based_actor* self, const writer_actor& writer,
                             const std::shared_ptr<const input_record>& record, const std::shared_ptr<answer_slot>& slot) {
  self->request(writer, std::chrono::seconds{90}, atom::record::value, record)
      .then(
          [record, slot](const commit_reply& reply) {
            slot->complete(reply.fate == commit_fate::committed
                               ? record->answer
                               : unanswerable(error_code::storage_unavailable, "the store cannot commit now"));
          },
          [slot](const caf::error&) {
            slot->complete(unanswerable(error_code::storage_unavailable, "the store did not answer"));
          });
  return {};
}

} // namespace

void gateway::open(std::vector<box_of<registry_actor>> shards, box_of<writer_actor> writer) {
  std::unique_lock lock(mutex_);
  shards_ = std::move(shards);
  writer_ = std::move(writer);
}

void gateway::close() {
  std::unique_lock lock(mutex_);
  shards_.clear();
  writer_ = nullptr;
}

void gateway::post(delivery what, delivery_answered done) {
  const auto all = std::make_shared<joined_answers>(what.inputs.size(), std::move(done), under_way_);
  std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < what.inputs.size(); ++i) {
    const auto slot = std::make_shared<joined_slot>(all, i);
    if (shards_.empty()) {
      slot->complete(unanswerable(error_code::shutting_down, "the engine is draining"));
      continue;
    }
    if (what.inputs[i].order.empty()) {
      record(what, slot);
      continue;
    }
    const auto& shard = shards_[shard_of(what.inputs[i].order, shards_.size())];
    shard->send(atom::post::value,
                routed_input{std::make_shared<const input>(std::move(what.inputs[i])), slot, what.stored});
  }
}

void gateway::record(const delivery& what, const std::shared_ptr<answer_slot>& slot) {
  auto kept = std::make_shared<input_record>();
  kept->what = std::make_shared<const input>(what.inputs.front());
  kept->decided_at = time_.now();
  kept->dead = what.dead;
  kept->outcome = what.dead ? input_outcome::dead : input_outcome::ignored;
  kept->answer.outcome = kept->outcome;
  if (const auto writer = writer_->get())
    writer->home_system().spawn(keep_orderless, writer, std::shared_ptr<const input_record>{std::move(kept)}, slot);
}

} // namespace orderly
