#include "actors/store/redriver.hpp"

#include "actors/engine/ask_store.hpp"
#include "actors/plumbing/counted_read.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace orderly {
namespace {

constexpr std::size_t group = 20; // small: a cause that is not mended costs a few more deaths, not hundreds

bool was_handled(const answer& a) {
  const auto fate = a.refusal ? input_fate_of(a.refusal->code) : input_fate::decided;
  return (fate == input_fate::decided || fate == input_fate::rejected) && a.outcome != input_outcome::dead &&
         a.outcome != input_outcome::pending;
}

/// Collects the answers of a group on whatever threads they come, and tells the redriver once.
struct group_answers {
  std::mutex mutex;
  std::size_t left = 0, good = 0;
  std::string why;
  redriver_actor to;

  void take(const answer& a) {
    const std::lock_guard lock{mutex};
    if (was_handled(a))
      ++good;
    else if (why.empty())
      why = a.refusal ? to_string(*a.refusal) : std::string{name_of(a.outcome)};
    if (--left == 0)
      tell_from_outside(std::exchange(to, nullptr), atom::redriven::value, good, why);
  }
};

} // namespace

static_assert(actor_state<redriver_state, redriver_actor::pointer>);

redriver_state::redriver_state(redriver_actor::pointer p) : self(p) {}

redriver_state::~redriver_state() {
  if (done)
    done(error{error_code::outcome_unknown, "the engine ended meanwhile; what was tried is pending or handled", {}});
}

void redriver_state::look() {
  using letter_ids = std::vector<std::int64_t>;
  const auto then = [](const redriver_actor& to, result<letter_ids> found) {
    tell_from_outside(to, atom::found::value, std::make_shared<const result<letter_ids>>(std::move(found)));
  };
  services->reader->run<letter_ids>(
      read_class::pages, [what = request](order_queries& from) { return from.dead_letter_ids(what.cause, what.limit); },
      reader_callback{services->reads_under_way, redriver_actor{self}, then});
}

void redriver_state::on_found(const result<std::vector<std::int64_t>>& letters) {
  if (!letters)
    return finish(letters.error());
  letters_ = *letters; // the newest first: the oldest is tried first
  next_group();
}

void redriver_state::next_group() {
  if (letters_.empty() || report_.failed > 0)
    return finish(report_);
  const auto count = report_.redriven == 0 ? std::size_t{1} : std::min(group, letters_.size());
  std::vector<std::int64_t> ids(letters_.end() - static_cast<std::ptrdiff_t>(count), letters_.end());
  letters_.resize(letters_.size() - count);
  ask_store(
      self, services->writer->get(),
      [ids = std::move(ids), now = services->time->now()](store_writer& on) { return on.redrive(ids, now); },
      [this](const result<std::vector<input>>& reopened) { on_reopened(reopened); });
}

void redriver_state::on_reopened(const result<std::vector<input>>& inputs) {
  if (!inputs)
    return finish(inputs.error());
  if (inputs->empty()) // somebody else has taken them up meanwhile, and whether that helps is not known yet
    return next_group();
  group_ = inputs->size();
  const auto answers = std::make_shared<group_answers>();
  answers->left = group_;
  answers->to = redriver_actor{self};
  for (const auto& in : *inputs) {
    delivery one;
    one.inputs.push_back(in);
    one.stored = true;
    services->orders->post(std::move(one), [answers](const std::vector<answer>& got) { answers->take(got.front()); });
  }
}

void redriver_state::on_group_answered(std::size_t good, const std::string& why) {
  report_.redriven += good;
  report_.failed += group_ - good;
  report_.why = why;
  next_group();
}

void redriver_state::finish(result<redrive_report> with) {
  if (with)
    with->left = letters_.size();
  log(log_level::info, "dead_letters.redriven", "dead letters were handled again",
      {{"cause", name_of(request.cause)}, {"redriven", report_.redriven}, {"failed", report_.failed}, {"left", letters_.size()}});
  std::exchange(done, nullptr)(std::move(with));
  self->quit();
}

redriver_actor::behavior_type redriver(redriver_actor::stateful_pointer<redriver_state> self,
                                       std::shared_ptr<const redrive_services> services, redrive_request request,
                                       std::function<void(result<redrive_report>)> done) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.services = std::move(services);
  state.request = request;
  state.done = std::move(done);
  state.look();
  return handlers<redriver_actor>(
      [self](atom::found, const std::shared_ptr<const result<std::vector<std::int64_t>>>& found) {
        self->state.on_found(*found);
      },
      [self](atom::redriven, std::size_t good, const std::string& why) { self->state.on_group_answered(good, why); });
}

} // namespace orderly
