#include "actors/engine/supervisor.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {
namespace {

constexpr std::chrono::milliseconds look_again{2}; // while what was accepted is being finished

void exit_all(const std::vector<caf::actor>& members) {
  for (const auto& member : members)
    caf::anon_send_exit(member, caf::exit_reason::user_shutdown);
}

counter restarts_of(const part& what, metrics& measured) {
  return measured.counter("orderly_engine_restarts_total", "Parts of the engine that died and were started again",
                          {{"part", what.name}});
}

} // namespace

static_assert(actor_state<supervisor_state, supervisor_actor::pointer>);

supervisor_state::supervisor_state(supervisor_actor::pointer p) : self(p) {}

/// Nothing runs unsupervised: whatever ends this ends all.
supervisor_state::~supervisor_state() {
  if (running.empty())
    return;
  for (const auto& each : running)
    exit_all(each.members);
  fail("the root supervisor was ended");
}

void supervisor_state::on_down(const caf::down_msg& msg) {
  for (auto& each : running) {
    const auto member = std::find_if(each.members.begin(), each.members.end(),
                                     [&](const caf::actor& one) { return one.address() == msg.source; });
    if (member == each.members.end())
      continue;
    each.members.erase(member);
    if (each.stopping)
      stop_next();
    else
      mend(each, words_of(msg.reason));
    return;
  }
  // Another member of a part that has been started anew: it is no longer known here.
}

void supervisor_state::mend(running_part& dead, const std::string& why) {
  exit_all(dead.members);
  dead.members.clear();
  log(log_level::error, "engine.part_died", "a part of the engine died", {{"part", dead.what.name}, {"why", why}});
  if (!failed_ && deaths.allows_another(options.time->now())) {
    restarts_of(dead.what, *options.measured).add();
    ++dead.restarts;
    dead.members = dead.what.start(self->home_system());
    for (const auto& member : dead.members)
      self->monitor(member);
    return;
  }
  dead.what.close(); // whoever needs it is told so, instead of waiting for what does not come
  fail("more than " + std::to_string(options.restarts.deaths) + " parts of the engine died within " +
       std::to_string(options.restarts.within.count()) + " s, the last one was the " + dead.what.name + ": " + why);
}

parts_seen_ptr supervisor_state::look() const {
  auto seen = std::make_shared<std::vector<part_seen>>();
  for (const auto& each : running)
    seen->push_back({each.what.kinds, each.what.number, each.members.size(), each.restarts});
  return seen;
}

void supervisor_state::fail(const std::string& why) {
  if (failed_)
    return;
  failed_ = true;
  log(log_level::error, "engine.failed", "the engine cannot mend itself", {{"why", why}});
  options.on_failure(why);
}

void supervisor_state::stop(std::chrono::milliseconds grace) {
  out_of_time_ = stopping_ || grace.count() <= 0;
  if (stopping_)
    return;
  stopping_ = true;
  if (!out_of_time_)
    remind(self, grace, atom::stop::value, std::chrono::milliseconds{0});
  stop_next();
}

void supervisor_state::stop_next() {
  while (!running.empty()) {
    auto& last = running.back();
    if (!last.stopping) {
      last.stopping = true;
      last.what.close();
      exit_all(last.members);
    }
    if (!last.members.empty())
      return; // their deaths lead here again
    const bool wait = last.what.last_source;
    running.pop_back();
    if (wait) {
      drain();
      return;
    }
  }
  self->quit();
}

void supervisor_state::drain() {
  if (!out_of_time_ && options.orders->under_way() > 0) {
    remind(self, look_again, atom::tick::value);
    return;
  }
  options.orders->close();
  stop_next();
}

namespace {

supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self, supervisor_options options,
                                           std::vector<supervisor_state::running_part> running) {
  auto& state = self->state;
  state.deaths = restart_budget{options.restarts};
  state.options = std::move(options);
  state.running = std::move(running);
  self->set_exception_handler([self](std::exception_ptr& thrown) {
    const auto fault = fault_of(thrown);
    self->state.fail("the root supervisor died: " + words_of(fault));
    return fault;
  });
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.on_down(msg); });
  for (const auto& each : state.running) {
    restarts_of(each.what, *state.options.measured); // from the start, so that the first one is seen as an increase
    for (const auto& member : each.members)
      self->monitor(member);
  }
  return handlers<supervisor_actor>([self](atom::stop, std::chrono::milliseconds grace) { self->state.stop(grace); },
                                    [self](atom::look) { return self->state.look(); },
                                    [self](atom::tick) { self->state.drain(); });
}

} // namespace

supervisor_actor start_supervisor(caf::actor_system& in, supervisor_options options) {
  std::vector<supervisor_state::running_part> running;
  try {
    for (auto& each : options.parts)
      running.push_back({each, each.start(in), false, 0});
  } catch (...) {
    for (const auto& each : running) {
      each.what.close();
      exit_all(each.members);
    }
    throw;
  }
  options.parts.clear();
  return in.spawn(supervisor, std::move(options), std::move(running));
}

} // namespace orderly
