#include "tests/sim/world.hpp"

#include <algorithm>
#include <array>

namespace orderly::sim {

using namespace std::chrono_literals;
using orderly::test::memory_store;

world::world(const plan& with, bool keep_journal, bool every_message)
    : on_(with), store_(with.shared_store ? memory_store::kind::shared : memory_store::kind::embedded),
      tiktok_(on_, store_.look()), persons_(on_, store_.look()), door_(on_), auditor_(on_, store_) {
  on_.log.on = keep_journal;
  on_.log.every_message = every_message;
  on_.note(to_string(with));
  const auto admin = std::move(*store_.open_admin());
  rules_ = *admin->remember_policy(with.rules);
  const shop ours{shop_id{std::string{shop_of_all}}, "US", "CIPHER", "TOKEN"};
  static_cast<void>((*store_.open_writer())->upsert_shops({&ours, 1}));
  door_.is_mending = [this](int engine) { return seats_[static_cast<std::size_t>(engine)].host->is_mending(); };
  door_.on_post = [this](const ticket& at, const delivery& what) { auditor_.posted(at, what); };
  door_.on_answer = [this](const ticket& at, const std::vector<answer>& answers) { auditor_.answered(at, answers); };
  seats_.resize(static_cast<std::size_t>(with.engines));
}

void world::play() {
  for (std::size_t i = 0; i < seats_.size(); ++i)
    start(i);
  for (int i = 0; i < on_.with.turns && !on_.broken; ++i)
    turn();
  if (!on_.broken)
    heal();
  if (!on_.broken)
    settle();
  if (!on_.broken)
    auditor_.look_at_the_end(tiktok_, persons_);
  if (!on_.broken)
    check_idle_engines();
  if (!on_.broken)
    stop_engines();
  for (auto& each : seats_) {
    if (each.host)
      count(*each.host);
    each.host.reset();
  }
  for (const auto& [id, order] : tiktok_.orders()) {
    seen_["orders"] += 1;
    seen_["orders " + order.status] += 1;
    seen_["parcels taken from us"] += order.tracking.starts_with("1Z");
  }
  seen_["dead letters"] += static_cast<double>(store_.look().dead_letters.size());
}

void world::count(const engine_host& host) {
  for (const auto* name :
       {"orderly_registry_passivations_total", "orderly_registry_restarts_total", "orderly_registry_killed_twice_total",
        "orderly_registry_parked_total", "orderly_registry_refused_total", "orderly_sweeper_swept_total",
        "orderly_storage_conflicts_total", "orderly_storage_refused_total", "orderly_storage_lane_restarts_total",
        "orderly_orders_redecided_total", "orderly_outbox_writes_total", "orderly_outbox_rereads_total"})
    seen_[name] += host.counter(name);
}

void world::start(std::size_t which) {
  auto& seat = seats_[which];
  if (!on_.with.shared_store)
    store_.void_leases();
  on_.note("engine ", which, " starts");
  seat.host = std::make_unique<engine_host>(on_, store_, tiktok_, rules_, static_cast<int>(which), seat.lives++);
}

/// As by kill -9: whoever waits for it sees a broken connection.
void world::take_down(std::size_t which) {
  auto& seat = seats_[which];
  count(*seat.host);
  seen_["engines that ended"] += 1;
  door_.cut_off(seat.host->number);
  tiktok_.cut_off(seat.host->number);
  seat.host.reset();
  seat.returns_in = on_.random.below(30);
}

engine_host* world::any_engine() {
  std::vector<engine_host*> up;
  for (const auto& each : seats_)
    if (each.host && !each.host->is_stopping())
      up.push_back(each.host.get());
  return up.empty() ? nullptr : on_.random.one_of(up);
}

void world::advance(std::chrono::milliseconds by) {
  on_.time.advance(by);
  on_.passed += by;
  for (auto& each : seats_)
    if (each.host)
      each.host->advance(by);
  door_.look_at_deadlines();
}

void world::after_message(const engine_host& host) {
  if (const auto residents = host.residents(); residents > static_cast<double>(on_.with.residents))
    on_.violate("residents stay within their limit", "", static_cast<int>(residents), " of ", on_.with.residents, " in engine ",
                host.number);
}

// --- the storm

void world::turn() {
  look_after_engines();
  strike();
  const int what = on_.random.below(100);
  if (what < 55)
    run_messages();
  else if (what < 65)
    post_webhook();
  else if (what < 71)
    post_command();
  else if (what < 78)
    tiktok_.live();
  else if (what < 86)
    tiktok_.work();
  else if (what < 92) {
    if (auto& seat = on_.random.one_of(seats_); seat.host && seat.host->reads().has_waiting())
      seat.host->reads().answer_one();
  } else {
    pass_time();
  }
}

void world::run_messages() {
  for (int left = 1 + on_.random.below(30); left > 0 && !on_.broken; --left) {
    auto& seat = on_.random.one_of(seats_);
    if (!seat.host)
      continue;
    auto jobs = seat.host->jobs();
    if (jobs.empty())
      continue;
    const auto chosen = next_of(jobs);
    const bool throws = chosen.name != "supervisor" && on_.strikes(on_.with.chances.handler_throws);
    if (throws)
      ++(chosen.name == "order" ? on_.deaths : on_.faults);
    seat.host->run(chosen, throws);
    after_message(*seat.host);
  }
}

/// By chance, or, when the seed is unfair, whoever is in favour for now: an actor out of favour waits while all the others run.
engine_host::job world::next_of(const std::vector<engine_host::job>& jobs) {
  if (!on_.with.unfair || on_.random.in_100(15))
    return on_.random.one_of(jobs);
  if (on_.random.in_100(2))
    ++favour_;
  const auto rank = [this](const engine_host::job& job) {
    return (job.id + 1) * 0x9e3779b97f4a7c15ull * (2 * favour_ + 1) >> 20;
  };
  return *std::max_element(jobs.begin(), jobs.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

void world::pass_time() {
  static constexpr std::array steps{1ms, 5ms, 20ms, 100ms, 100ms, 250ms, 250ms, 600ms, 1000ms, 2000ms};
  advance(on_.random.one_of(steps));
}

void world::post_webhook() {
  auto* host = any_engine();
  auto* push = host ? tiktok_.next_push() : nullptr;
  if (push)
    send(*push, *host);
}

void world::send(fake_tiktok::push& what, engine_host& to) {
  door_.webhook(to.number, to.port(), to.ids(), to.now(), what.raw,
                [this, &what](const std::vector<answer>* told) { tiktok_.heard(what, told && is_durable_answer(*told)); });
}

void world::post_command() {
  auto* host = any_engine();
  if (!host)
    return;
  const auto chosen = persons_.next(tiktok_.orders());
  if (!chosen)
    return;
  if (chosen->told && on_.random.in_100(10)) {
    door_.command(host->number, host->port(), persons_.spoilt(*chosen, host->ids(), host->now()),
                  [this, key = chosen->key](const std::vector<answer>* told) {
                    if (told && !told->front().refusal)
                      on_.violate("a key stands for one body", "", key);
                  });
    return;
  }
  send(chosen, *host);
}

void world::send(const std::shared_ptr<wish>& what, engine_host& to) {
  what->under_way = true;
  ++what->tries;
  door_.command(to.number, to.port(), persons_.input_of(*what, to.ids(), to.now()),
                [this, what](const std::vector<answer>* told) { persons_.heard(*what, told ? &told->front() : nullptr); });
}

void world::look_after_engines() {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    auto& seat = seats_[i];
    if (!seat.host) {
      if (--seat.returns_in <= 0)
        start(i);
    } else if (seat.host->has_failed() || seat.host->has_stopped()) {
      if (seat.host->has_stopped() && door_.has_open(seat.host->number))
        on_.violate("a stop answers what was accepted", "", "engine ", i, " has ended");
      on_.note("engine ", i, " ends");
      ++on_.faults;
      take_down(i);
    }
  }
}

void world::strike() {
  const auto& with = on_.with.chances;
  auto& seat = on_.random.one_of(seats_);
  if (!seat.host)
    return;
  if (on_.strikes(with.actor_killed)) {
    const auto kinds = seat.host->operations().kinds();
    auto jobs = seat.host->jobs();
    std::erase_if(jobs, [&](const auto& job) { // nobody starts a supervisor again, and what is no kind lives for a moment
      return job.name == "supervisor" || std::find(kinds.begin(), kinds.end(), job.name) == kinds.end();
    });
    const bool orders_only = on_.random.in_100(70);
    if (orders_only)
      std::erase_if(jobs, [](const auto& job) { return job.name != "order"; });
    if (!jobs.empty()) {
      const auto& victim = on_.random.one_of(jobs);
      ++(victim.name == "order" ? on_.deaths : on_.faults);
      seat.host->kill(victim);
    }
  }
  const auto which = static_cast<std::size_t>(&seat - seats_.data());
  if (on_.strikes(with.crash)) {
    on_.fault("engine ", which, " crashes");
    take_down(which);
    return;
  }
  if (!seat.host->is_stopping() && on_.strikes(with.stop)) {
    on_.fault("engine ", which, " is told to stop");
    seat.host->begin_stop(10s);
  }
  if (!seat.host->is_stopping() && on_.strikes(with.operations))
    operate(*seat.host);
  if (on_.strikes(with.clock_back)) {
    static constexpr std::array<std::chrono::milliseconds, 3> steps{1ms, 500ms, 3s};
    const auto back = on_.random.one_of(steps);
    on_.note("  FAULT the wall clock is set back by ", back.count(), " ms");
    on_.time.advance(-back);
    on_.set_back = true;
  }
  if (on_.strikes(with.long_pause)) {
    static constexpr std::array<std::chrono::milliseconds, 6> pauses{5s, 10s, 31s, 61s, 95s, 20min};
    const auto pause = on_.random.one_of(pauses);
    on_.fault("everything stands still for ", pause.count(), " ms");
    advance(pause);
  }
}

void world::operate(engine_host& at) {
  if (on_.random.in_100(10)) {
    const bool connected = !at.is_shop_connected();
    on_.fault("the shop is ", connected ? "connected to" : "disconnected from", " engine ", at.number);
    return at.connect_shop(connected);
  }
  if (tiktok_.orders().empty())
    return;
  if (on_.random.in_100(70)) {
    auto order = tiktok_.orders().begin();
    std::advance(order, on_.random.below(static_cast<int>(tiktok_.orders().size())));
    for (auto at_one = tiktok_.orders().begin(); at_one != tiktok_.orders().end(); ++at_one)
      if (is_quarantined(at_one->first))
        order = at_one;
    on_.note("somebody restarts the actor of ", order->first, " at engine ", at.number);
    ++on_.deaths;
    at.operations().restart(tiktok_order_id{order->first}, [](const result<restarted>&) {});
  } else {
    static constexpr std::array causes{dead_letter_cause::killed_twice, dead_letter_cause::refused_by_store,
                                       dead_letter_cause::unparsable, dead_letter_cause::shop_mismatch};
    redrive(at, on_.random.one_of(causes), static_cast<std::size_t>(1 + on_.random.below(30)));
  }
}

bool world::is_quarantined(const std::string& order) const {
  const auto row = store_.look().orders.find(tiktok_order_id{order});
  if (row == store_.look().orders.end())
    return false;
  const auto mark = row->second.attention.find("quarantined");
  return mark != row->second.attention.end() && !mark->second.until;
}

void world::redrive(engine_host& at, dead_letter_cause cause, std::size_t limit) {
  on_.note("somebody re-drives ", name_of(cause), " at engine ", at.number);
  auditor_.redrives();
  at.operations().redrive({cause, limit}, [this, engine = at.number](const result<redrive_report>& told) {
    on_.note("  re-driven at engine ", engine, ": ",
             told ? std::to_string(told->redriven) + " handled, " + std::to_string(told->failed) + " failed, " + told->why
                  : to_string(told.error()));
  });
}

} // namespace orderly::sim
