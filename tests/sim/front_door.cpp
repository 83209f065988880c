#include "tests/sim/front_door.hpp"

#include "domain/order/delivery.hpp"
#include "net/edge/webhooks.hpp"

#include <utility>

namespace orderly::sim {
namespace {

constexpr std::chrono::milliseconds webhook_deadline{2'500}, command_deadline{10'000};

std::string text_of(const answer& a) {
  if (a.refusal)
    return std::string{name_of(a.refusal->code)};
  return std::string{name_of(a.outcome)} + " v" + std::to_string(a.version);
}

} // namespace

bool is_durable_answer(const std::vector<answer>& answers) { return is_durable(answers); }

void front_door::webhook(int engine, order_port& at, id_source& ids, timestamp now, const std::string& raw, heard done) {
  post(engine, at, delivery_of(parse_webhook(raw), std::make_shared<const std::string>(raw), now, ids.next(), ids), true,
       std::move(done));
}

void front_door::command(int engine, order_port& at, input what, heard done) {
  delivery one;
  one.inputs.push_back(std::move(what));
  post(engine, at, std::move(one), false, std::move(done));
}

void front_door::post(int engine, order_port& at, delivery what, bool is_webhook, heard done) {
  const auto made = std::make_shared<ticket>();
  made->number = next_++;
  made->engine = engine;
  made->is_webhook = is_webhook;
  for (const auto& in : what.inputs)
    made->inputs.push_back({in.dedupe_key, in.order, in.id});
  made->posted = on_.passed;
  made->deadline = on_.passed + (is_webhook ? webhook_deadline : command_deadline);
  made->deaths = on_.deaths;
  made->misreads = on_.misreads;
  if (!is_mending(engine))
    made->faults = on_.faults;
  waiting_.emplace(made->number, waiting{made, std::move(done)});
  for (const auto& in : what.inputs)
    on_.note("#", made->number, " engine ", engine, " <- ", in.type, " of ", in.order.str(), " ", in.dedupe_key);
  on_post(*made, what);
  at.post(std::move(what), [this, made](std::vector<answer> answers) {
    if (made->cut_off)
      return; // nobody is there any more
    for (const auto& each : answers)
      on_.note("#", made->number, " engine ", made->engine, " -> ", text_of(each), made->too_late ? " (too late)" : "");
    on_.mark(made->number);
    if (made->answered)
      return on_.violate("answered once", made->inputs.front().order.str(), "request ", made->number, " got a second answer");
    made->answered = true;
    on_answer(*made, answers);
    const auto found = waiting_.find(made->number);
    const auto tell = std::move(found->second.done);
    waiting_.erase(found);
    if (!made->too_late)
      tell(&answers);
  });
}

void front_door::look_at_deadlines() {
  std::vector<heard> late;
  for (auto& [number, each] : waiting_)
    if (!each.at->too_late && on_.passed >= each.at->deadline) {
      each.at->too_late = true;
      on_.note("#", number, " has waited too long: 503");
      late.push_back(each.done);
    }
  for (const auto& tell : late)
    tell(nullptr);
}

void front_door::cut_off(int engine) {
  std::vector<waiting> gone;
  for (auto at = waiting_.begin(); at != waiting_.end();)
    if (at->second.at->engine == engine) {
      at->second.at->cut_off = true;
      gone.push_back(std::move(at->second));
      at = waiting_.erase(at);
    } else {
      ++at;
    }
  for (const auto& each : gone)
    if (!each.at->too_late)
      each.done(nullptr);
}

std::vector<ticket_ptr> front_door::open() const {
  std::vector<ticket_ptr> all;
  for (const auto& [number, each] : waiting_)
    all.push_back(each.at);
  return all;
}

bool front_door::has_open(int engine) const {
  for (const auto& [number, each] : waiting_)
    if (each.at->engine == engine)
      return true;
  return false;
}

} // namespace orderly::sim
