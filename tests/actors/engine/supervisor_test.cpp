// The root supervisor: whatever part dies is started again, its inputs are answered, and what cannot be mended is said once.

#include "domain/tiktok/webhook.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"
#include "tests/support/seed.hpp"

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

const std::string id = "576461413038785752", another = "576461413038785799";
constexpr std::int64_t t0 = 1789479000;
const std::string writer = "storage writer", shard = "registry shard", calls = "outbox worker and detail fetcher",
                  watcher = "change watcher", sweeper_part = "sweeper";

void kill(const auto& box) { caf::anon_send_exit(box->get(), caf::exit_reason::kill); }

/// Without a word to anybody.
void kill_part(engine_fixture& f, const std::string& part) {
  if (part == writer)
    kill(f.now->whole.services.writer);
  else if (part == calls)
    kill(f.now->whole.services.outbox);
  else if (part == sweeper_part)
    kill(f.now->whole.services.sweeper);
  else
    for (const auto& one : f.now->whole.shards)
      kill(one);
}

double restarts(engine_fixture& f, const std::string& part) {
  return value_of(f.measured, "orderly_engine_restarts_total", {{"part", part}});
}

bool is_durable(const std::optional<answer>& a) { return a && !a->refusal; }

/// Posts and counts the answers.
struct counted {
  int answers = 0;
  answer last;
  static std::shared_ptr<counted> post(engine_fixture& f, input in) {
    auto place = std::make_shared<counted>();
    delivery one;
    one.inputs.push_back(std::move(in));
    f.now->orders.post(std::move(one), [place](std::vector<answer> answers) {
      ++place->answers;
      place->last = std::move(answers.front());
    });
    return place;
  }
};

} // namespace

TEST_CASE("a part that is killed is started again, for the orders that live already and for new ones") {
  engine_fixture f;
  const auto part = GENERATE(writer, shard, calls, sweeper_part);
  CAPTURE(part);
  f.ask(f.webhook(id, "UNPAID", t0));
  kill_part(f, part);
  f.drain();
  CHECK(restarts(f, part) == (part == shard ? 2 : 1));
  CHECK(f.failures.empty());
  CHECK(f.ask(f.webhook(id, "ON_HOLD", t0 + 10)).outcome == input_outcome::applied);
  CHECK(f.ask(f.webhook(another, "AWAITING_SHIPMENT", t0)).outcome == input_outcome::applied);
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::on_hold);
  f.advance(31s); // the leases of what a dead worker had under way
  while (!f.tiktok.fetches.empty()) {
    const auto asked = f.tiktok.fetches.front().ids;
    std::vector<json::object> found;
    for (const auto& order : asked)
      found.push_back(f.detail(order.str(), order.str() == another ? "AWAITING_SHIPMENT" : "ON_HOLD", t0 + 10));
    f.answer_fetch(std::move(found));
  }
  CHECK(f.stored(another).order.state == order_state::processing);
}

TEST_CASE("a part in which a handler throws is started again") {
  engine_fixture f;
  SECTION("the detail fetcher, and the outbox worker with it") {
    f.tiktok.throw_on_calls(1);
    CHECK(f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0)).outcome == input_outcome::applied);
    REQUIRE(f.tiktok.fetches.empty());
    CHECK(restarts(f, calls) == 1);
    f.advance(31s);
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    CHECK(f.stored(id).order.state == order_state::processing);
  }
  SECTION("a lane: its writer starts it again") {
    f.faults->plan->commits.push_back(commit_fault::thrown);
    const auto place = counted::post(f, f.webhook(id, "UNPAID", t0));
    f.drain();
    CHECK(place->answers == 1);
    CHECK(place->last.outcome == input_outcome::applied);
    CHECK(f.stored(id).exists);
    CHECK(value_of(f.measured, "orderly_storage_lane_restarts_total") == 1);
    CHECK(restarts(f, writer) == 0);
  }
  SECTION("the change watcher, which then opens a feed of its own") {
    int looks = 0;
    f.faults->plan->changes = [&looks]() -> result<std::vector<changed_order>> {
      if (++looks == 2)
        throw std::runtime_error("the test says so");
      return error{error_code::storage_unavailable, "nothing to see", {}};
    };
    f.restart();
    f.advance(1s);
    CHECK(looks == 3);
    CHECK(restarts(f, watcher) == 1);
    f.advance(1s);
    CHECK(looks == 4);
  }
  CHECK(f.failures.empty());
}

TEST_CASE("whatever dies at whatever moment, each input in flight gets one answer, and what is answered durable is stored") {
  const auto part = GENERATE(writer, shard, calls);
  std::mt19937_64 random{seed_of_run()};
  for (int round = 0; round < 40; ++round) {
    const auto seed = random() | 1;
    const auto moment = random() % 60;
    CAPTURE(part, seed, moment);
    engine_fixture f{seed};
    std::vector<std::shared_ptr<counted>> places;
    std::vector<input> sent;
    for (int i = 0; i < 12; ++i) {
      sent.push_back(f.webhook("57646141303878500" + std::to_string(i % 4), "UNPAID", t0 + i));
      places.push_back(counted::post(f, sent.back()));
    }
    for (std::uint64_t step = 0; step < moment; ++step)
      f.step();
    kill_part(f, part);
    f.drain();
    for (std::size_t i = 0; i < sent.size(); ++i) {
      CHECK(places[i]->answers == 1);
      const auto stored = f.stored(sent[i].order.str());
      const bool durable = !places[i]->last.refusal;
      if (durable) {
        REQUIRE(stored.exists);
        CHECK(stored.order.facts.status->update_time >= from_seconds(t0 + static_cast<int>(i)));
      }
      if (part != shard)
        CHECK(durable);
      const auto again = f.ask(sent[i]); // as TikTok does with a 503
      CHECK(is_durable(again));
      if (durable)
        CHECK(again == places[i]->last);
    }
    for (int i = 0; i < 4; ++i) {
      const auto history = f.history("57646141303878500" + std::to_string(i));
      for (std::size_t seq = 0; seq < history.size(); ++seq)
        CHECK(history[seq].seq == static_cast<std::int64_t>(seq) + 1);
    }
  }
}

TEST_CASE("a writer that dies under a unit: the order reads that it was committed and does not decide it twice") {
  engine_fixture f;
  f.faults->plan->before_commit = [&] { kill(f.now->whole.services.writer); };
  const auto place = counted::post(f, f.webhook(id, "UNPAID", t0));
  f.drain();
  CHECK(place->answers == 1);
  CHECK(place->last.outcome == input_outcome::applied);
  CHECK(f.stored(id).order.version == place->last.version);
  CHECK(value_of(f.measured, "orderly_orders_redecided_total") >= 1);
}

TEST_CASE("the orders of a shard that dies end with it") {
  engine_fixture f;
  const auto& actors = f.now->system.registry();
  const auto idle = actors.running();
  for (int i = 0; i < 10; ++i)
    f.ask(f.webhook("57646141303878500" + std::to_string(i), "UNPAID", t0));
  CHECK(actors.running() == idle + 10);
  f.faults->plan->before_commit = [&] { kill_part(f, shard); }; // one of them with a unit at the writer
  const auto hook = f.webhook(id, "UNPAID", t0);
  const auto place = counted::post(f, hook);
  f.drain();
  CHECK(actors.running() == idle);
  CHECK(value_of(f.measured, "orderly_registry_residents") == 0);
  CHECK(value_of(f.measured, "orderly_registry_inputs_in_hand") == 0);
  CHECK(place->answers == 1);
  REQUIRE(place->last.refusal);
  CHECK(place->last.refusal->code == error_code::outcome_unknown);
  const auto again = f.ask(hook); // it was committed all the same
  CHECK(again.outcome == input_outcome::applied);
  CHECK(f.stored(id).order.version == again.version);
}

TEST_CASE("calls under way at a worker that dies: late answers are dropped, the rows come again when their lease ends") {
  engine_options narrow;
  narrow.calls_in_flight = 1; // a row that leaked would block all others
  engine_fixture f{0, narrow};
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
  REQUIRE(f.tiktok.fetches.size() == 1);
  SECTION("a fetch") {
    kill_part(f, calls);
    f.drain();
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    CHECK(f.stored(id).order.state == order_state::received);
    f.advance(29s);
    CHECK(f.tiktok.fetches.empty());
    f.advance(2s);
    REQUIRE(f.tiktok.fetches.size() == 1);
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    CHECK(f.stored(id).order.state == order_state::processing);
  }
  SECTION("a shipment that TikTok took: it is read, and not made again") {
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    move_order move;
    move.to = order_state::shipped;
    move.tracking_number = "1Z999AA10123456784";
    move.shipping_provider_id = "7117858858072016686";
    f.ask(f.command(id, move));
    REQUIRE(f.tiktok.ships.size() == 1);
    kill_part(f, calls);
    f.drain();
    f.tiktok.next_ship().answer({});
    f.drain();
    CHECK(f.stored(id).order.state == order_state::processing);
    f.advance(31s);
    CHECK(f.tiktok.ships.empty());
    REQUIRE(f.tiktok.fetches.size() == 1);
    auto order = f.detail(id, "AWAITING_COLLECTION", t0 + 100);
    order["rts_time"] = t0 + 100;
    order["line_items"].as_array().front().as_object()["tracking_number"] = "1Z999AA10123456784";
    f.answer_fetch({order});
    CHECK(f.tiktok.ships.empty());
    CHECK(f.stored(id).order.state == order_state::shipped);
  }
  f.ask(f.webhook(another, "AWAITING_SHIPMENT", t0));
  CHECK(f.tiktok.fetches.size() == 1);
}

TEST_CASE("one death more than the limit within its time: the failure is said once, with its reason, and nothing hangs") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  for (int i = 0; i < 5; ++i) {
    kill_part(f, writer);
    f.drain();
    f.advance(11s);
  }
  CHECK(f.failures.empty());
  CHECK(f.ask(f.webhook(id, "ON_HOLD", t0 + 10)).outcome == input_outcome::applied);
  kill_part(f, writer);
  f.drain();
  REQUIRE(f.failures.size() == 1);
  CHECK(f.failures.front() == "more than 5 parts of the engine died within 60 s, the last one was the storage writer: kill");
  for (const auto& order : {id, another}) {
    const auto refused = f.ask(f.webhook(order, "ON_HOLD", t0 + 20));
    REQUIRE(refused.refusal);
    CHECK(refused.refusal->code == error_code::storage_unavailable);
  }
  kill_part(f, shard);
  f.drain();
  CHECK(restarts(f, shard) == 0);
  CHECK(f.ask(f.webhook(id, "ON_HOLD", t0 + 30)).refusal);
  CHECK(f.failures.size() == 1);
}

TEST_CASE("deaths with time between them are mended for ever") {
  engine_fixture f;
  for (int i = 0; i < 20; ++i) {
    kill_part(f, i % 2 == 0 ? writer : calls);
    f.drain();
    f.advance(12s);
  }
  CHECK(f.failures.empty());
  CHECK(is_durable(f.ask(f.webhook(id, "UNPAID", t0))));
}

TEST_CASE("lanes that keep dying end their writer, and writers that keep ending are a failure") {
  engine_fixture f;
  const auto place = counted::post(f, f.webhook(id, "UNPAID", t0));
  SECTION("for a while") {
    f.faults->plan->commits.assign(8, commit_fault::thrown);
    f.drain();
    CHECK(place->answers == 1);
    CHECK(place->last.outcome == input_outcome::applied);
    CHECK(restarts(f, writer) == 1);
    CHECK(f.failures.empty());
  }
  SECTION("for good") {
    f.faults->plan->all_thrown = true;
    f.drain();
    CHECK(place->answers == 1);
    CHECK(place->last.refusal);
    REQUIRE(f.failures.size() == 1);
    CHECK(f.failures.front().ends_with("the storage writer: its lanes keep dying: the test says so"));
  }
}

TEST_CASE("a stop finishes what was accepted, then every actor ends") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  std::vector<std::shared_ptr<counted>> places;
  for (int i = 0; i < 5; ++i)
    places.push_back(counted::post(f, f.webhook(i % 2 == 0 ? id : another, "ON_HOLD", t0 + i)));
  tell_from_outside(f.now->supervisor, atom::stop::value, std::chrono::milliseconds{5000});
  f.drain();
  for (const auto& place : places) {
    CHECK(place->answers == 1);
    CHECK_FALSE(place->last.refusal);
  }
  f.advance(2ms); // it looks again
  CHECK(f.now->system.registry().running() == 0);
  CHECK(f.ask(f.webhook(id, "ON_HOLD", t0 + 20)).refusal->code == error_code::shutting_down);
  CHECK(f.failures.empty());
}

TEST_CASE("a stop answers what its grace did not suffice for") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.restart();
  f.reader->hold_loads();
  const auto said = f.command(id, add_note{"wait for me"}); // a webhook would be answered by the slow lane
  const auto place = counted::post(f, said);
  f.drain();
  tell_from_outside(f.now->supervisor, atom::stop::value, std::chrono::milliseconds{5000});
  f.drain();
  f.advance(4999ms);
  CHECK(place->answers == 0);
  f.advance(1ms);
  f.advance(2ms);
  CHECK(place->answers == 1);
  REQUIRE(place->last.refusal);
  CHECK(place->last.refusal->code == error_code::outcome_unknown);
  CHECK(f.now->system.registry().running() == 0);
  f.reader->release(); // late, to an actor that is gone
  f.restart();
  CHECK(f.ask(said).outcome == input_outcome::applied);
}

TEST_CASE("a second stop ends the wait of the first, whatever its grace") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.restart();
  f.reader->hold_loads();
  const auto place = counted::post(f, f.command(id, add_note{"wait for me"}));
  f.drain();
  for (int i = 0; i < 2; ++i) {
    CHECK(place->answers == 0);
    tell_from_outside(f.now->supervisor, atom::stop::value, std::chrono::milliseconds{5000});
    f.drain();
    f.advance(10ms);
  }
  CHECK(place->answers == 1);
  CHECK(f.now->system.registry().running() == 0);
  f.reader->release();
}

TEST_CASE("a part that dies while the engine stops is mended as long as it is needed") {
  engine_fixture f;
  const auto place = counted::post(f, f.webhook(id, "UNPAID", t0));
  f.faults->plan->before_commit = [&] { kill(f.now->whole.services.writer); };
  tell_from_outside(f.now->supervisor, atom::stop::value, std::chrono::milliseconds{5000});
  f.drain();
  f.advance(2ms);
  CHECK(place->answers == 1);
  CHECK(place->last.outcome == input_outcome::applied);
  CHECK(f.now->system.registry().running() == 0);
}

TEST_CASE("without its supervisor no part goes on") {
  engine_fixture f;
  const auto place = counted::post(f, f.webhook(id, "UNPAID", t0));
  caf::anon_send_exit(f.now->supervisor, caf::exit_reason::kill);
  f.drain();
  CHECK(place->answers == 1);
  CHECK(f.now->system.registry().running() == 0);
  CHECK(f.failures == std::vector<std::string>{"the root supervisor was ended"});
}

TEST_CASE("a part that cannot be started ends those before it, and the start fails with its reason") {
  engine_fixture f;
  const auto before = f.now->system.registry().running();
  const auto ref = std::make_shared<actor_ref<caf::actor>>();
  supervisor_options options;
  const auto start_first = [ref](caf::actor_system& in) {
    const auto lives = [](caf::event_based_actor*, int) { return caf::behavior{[](int) {}}; };
    const auto made = in.spawn(lives, 0);
    ref->open(made); // as others find it: it does not end by itself
    return std::vector<caf::actor>{made};
  };
  options.parts.push_back({"the first", start_first, [ref] { ref->close(); }});
  options.parts.push_back(
      {"the second", [](caf::actor_system&) -> std::vector<caf::actor> { throw std::runtime_error("no thread"); }, [] {}});
  CHECK_THROWS_AS(start_supervisor(f.now->system, std::move(options)), std::runtime_error);
  f.drain();
  CHECK_FALSE(ref->get());
  CHECK(f.now->system.registry().running() == before);
}
