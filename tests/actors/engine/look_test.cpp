// What whoever looks at the engine sees: by message, in small turns, and without waking anybody.

#include "actors/engine/views.hpp"
#include "actors/order/order_actor.hpp"
#include "actors/order/order_choice.hpp"
#include "actors/store/change_watcher.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

#include <algorithm>
#include <cmath>
#include <set>

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string id = "576461413038785752", other = "576461413038785753";
constexpr std::int64_t t0 = 1789479000;

std::string number(int n) { return std::to_string(576461413038000000 + n); }

actors_view look(engine_fixture& f, actors_request what = {}) {
  std::optional<result<actors_view>> said;
  f.now->orders.look(std::move(what), [&](result<actors_view> seen) { said = std::move(seen); });
  f.drain();
  REQUIRE(said.has_value());
  REQUIRE(said->has_value());
  return **said;
}

actor_tree tree_of(engine_fixture& f) {
  std::optional<result<actor_tree>> said;
  f.now->orders.tree([&](result<actor_tree> seen) { said = std::move(seen); });
  f.drain();
  REQUIRE(said.has_value());
  REQUIRE(said->has_value());
  return **said;
}

const actor_view& named(const actors_view& in, const std::string& which) {
  const auto found = std::find_if(in.actors.begin(), in.actors.end(), [&](const actor_view& one) { return one.id == which; });
  REQUIRE(found != in.actors.end());
  return *found;
}
const actor_node& child(const actor_node& of, std::string_view which) {
  const auto found = std::find_if(of.children.begin(), of.children.end(), [&](const actor_node& one) { return one.id == which; });
  REQUIRE(found != of.children.end());
  return *found;
}
const kind_view& kind(const actors_view& in, std::string_view which) {
  const auto found = std::find_if(in.kinds.begin(), in.kinds.end(), [&](const kind_view& one) { return one.kind == which; });
  REQUIRE(found != in.kinds.end());
  return *found;
}
std::vector<std::string> ids_of(const actors_view& in) {
  std::vector<std::string> all;
  for (const auto& one : in.actors)
    all.push_back(one.id);
  return all;
}
actors_request orders_by(actor_sort by, std::size_t limit = 50) { return {by, true, limit, "order", {}}; }

void quarantine(engine_fixture& f) {
  f.reader->throw_on_order(id);
  for (int i = 0; i < 3; ++i)
    f.post(f.webhook(id, "UNPAID", t0 + i));
  f.drain();
}

} // namespace

TEST_CASE("an order whose inputs wait is first by its mailbox, with the age of the oldest and what it is at") {
  engine_fixture f;
  f.ask(f.webhook(other, "UNPAID", t0));
  f.reader->hold_loads();
  f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  for (int i = 1; i <= 18; ++i)
    f.post(f.webhook(id, "UNPAID", t0 + i));
  f.advance(std::chrono::milliseconds{500});
  const auto seen = look(f);
  REQUIRE(seen.actors.size() > 2);
  const auto& first = seen.actors.front();
  CHECK(first.id == id);
  CHECK(first.mailbox == 18);
  CHECK(first.in_hand == 1);
  CHECK(first.oldest_ms == 500);
  CHECK(first.phase == actor_phase::loading);
  CHECK(first.handled == 0);
  CHECK_FALSE(first.version);
  CHECK(seen.totals.mailbox == 18);
  CHECK(seen.totals.oldest_ms == 500);
  CHECK(seen.totals.residents == 2);
  CHECK(kind(seen, "order").live == 2);
  CHECK(named(seen, other).phase == actor_phase::idle);
  CHECK_FALSE(named(seen, other).oldest_ms);
  CHECK(seen.not_known.empty());
  f.reader->release();
  f.drain();
  CHECK(look(f).totals.mailbox == 0);
}

TEST_CASE("what an order has handled is counted, over ten seconds too, with what it is by now") {
  engine_fixture f;
  for (int i = 0; i < 5; ++i)
    f.ask(f.webhook(id, "UNPAID", t0 + i));
  auto seen = look(f, orders_by(actor_sort::handled));
  REQUIRE(seen.actors.size() == 1);
  const auto rate = seen.actors[0].handled_per_s.value_or(0);
  CHECK(seen.actors[0].handled == 5);
  CHECK(std::abs(rate - 0.5) < 0.01);
  CHECK(seen.actors[0].version == f.stored(id).order.version);
  CHECK(seen.actors[0].state == order_state::received);
  CHECK(seen.totals.handled == 5);
  f.advance(std::chrono::seconds{10});
  seen = look(f, orders_by(actor_sort::handled));
  CHECK(std::abs(seen.actors.at(0).handled_per_s.value_or(0) - rate / std::exp(1)) < 0.01);
  CHECK(std::abs(seen.totals.handled_per_s.value_or(0) - rate / std::exp(1)) < 0.05);
}

TEST_CASE("a repeated input does not bring back what the order was when it came first") {
  engine_fixture f;
  const auto first = f.webhook(id, "UNPAID", t0);
  f.ask(first);
  f.ask(f.webhook(id, "ON_HOLD", t0 + 10));
  const auto version = f.stored(id).order.version;
  f.restart();
  f.ask(first);
  CHECK(look(f, orders_by(actor_sort::mailbox)).actors.at(0).version == version);
}

TEST_CASE("what another engine has written makes an order's version unknown until it is read") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.reader->hold_loads();
  f.changed(id, 99);
  f.drain();
  const auto seen = look(f, orders_by(actor_sort::mailbox));
  CHECK_FALSE(seen.actors.at(0).version);
  CHECK_FALSE(seen.actors.at(0).state);
  CHECK(seen.actors.at(0).phase == actor_phase::loading);
}

TEST_CASE("deaths of an order are counted, and sort it first by restarts") {
  engine_fixture f;
  for (int n = 0; n < 5; ++n)
    f.ask(f.webhook(number(n), "UNPAID", t0));
  f.restart();
  f.reader->throw_on_loads(1);
  f.ask(f.webhook(number(3), "ON_HOLD", t0 + 10));
  for (const int n : {0, 1, 2, 4})
    f.ask(f.webhook(number(n), "ON_HOLD", t0 + 10));
  const auto seen = look(f, orders_by(actor_sort::restarts));
  CHECK(ids_of(seen) == std::vector{number(3), number(0), number(1), number(2), number(4)});
  CHECK(seen.actors[0].restarts == 1);
  CHECK(seen.totals.restarts == 1);
  CHECK(kind(seen, "order").restarts == 1);
}

TEST_CASE("as many are told as were asked for, over all shards, with how many there are") {
  engine_fixture f;
  for (int n = 0; n < 40; ++n)
    f.ask(f.webhook(number(n), "UNPAID", t0));
  const auto first = look(f, orders_by(actor_sort::mailbox, 3));
  CHECK(ids_of(first) == std::vector{number(0), number(1), number(2)});
  CHECK(first.total == 40);
  CHECK(kind(first, "order").live == 40);
  auto none = look(f, {actor_sort::mailbox, true, 0, {}, {}});
  CHECK(none.actors.empty());
  CHECK(none.totals.residents == 40);
  CHECK(none.total > 40);
  const auto some = look(f, {actor_sort::mailbox, true, 50, {}, "38000007"});
  CHECK(ids_of(some) == std::vector{number(7)});
  CHECK(some.total == 1);
}

TEST_CASE("the parts of the engine are told beside its orders, each by its id") {
  engine_fixture f;
  const auto seen = look(f);
  const auto ids = ids_of(seen);
  CHECK(std::set<std::string>(ids.begin(), ids.end()) ==
        std::set<std::string>{"supervisor", "writer", "lane:0", "registry:0", "registry:1", "outbox", "fetcher", "sweeper"});
  CHECK_FALSE(named(seen, "writer").mailbox); // nobody knows it: what lies under a timer is counted with it
  CHECK(named(seen, "lane:0").mailbox == 0);
  CHECK_FALSE(named(seen, "registry:0").handled); // the two are counted together
  CHECK(named(seen, "writer").handled.has_value());
  CHECK(kind(seen, "registry").live == 2);
  CHECK(kind(seen, "watcher").live == 0);
  CHECK(seen.totals.residents_limit == 50'000);
  CHECK(ids_of(look(f, {actor_sort::mailbox, true, 50, "registry", {}})) == std::vector<std::string>{"registry:0", "registry:1"});
}

TEST_CASE("every kind is told, in the order in which the engine names them, each actor under a name that CAF has for it too") {
  engine_fixture f;
  const std::vector<std::string_view> names{"order",   "registry", "writer",  "lane",      "outbox",
                                            "fetcher", "sweeper",  "watcher", "supervisor"};
  const auto kinds = f.now->orders.kinds();
  CHECK(std::vector<std::string_view>(kinds.begin(), kinds.end()) == names);
  std::vector<std::string_view> told;
  for (const auto& one : look(f).kinds)
    told.push_back(one.kind);
  CHECK(told == names);
  CHECK(std::string_view{order_actor_state::name} == "order");
  CHECK(std::string_view{watcher_state::name} == "watcher");
}

TEST_CASE("a part of several members is away until all of them are there, and is numbered where it has its like") {
  const auto members =
      members_of({{{"writer"}, {}, 1, 0}, {{"registry"}, 0, 0, 2}, {{"registry"}, 1, 1, 0}, {{"outbox", "fetcher"}, {}, 1, 3}});
  std::vector<std::string> ids;
  std::vector<bool> alive;
  for (const auto& one : members) {
    ids.push_back(one.id);
    alive.push_back(one.alive);
  }
  CHECK(ids == std::vector<std::string>{"writer", "registry:0", "registry:1", "outbox", "fetcher"});
  CHECK(alive == std::vector<bool>{true, false, true, false, false});
  CHECK(members[1].restarts == 2);
  CHECK(members[4].restarts == 3);
}

TEST_CASE("looking wakes no order and reads nothing") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.restart();
  const auto loads = value_of(f.measured, "orderly_orders_loaded_total");
  const auto pages = f.reader->pages;
  const auto seen = look(f);
  CHECK(seen.totals.residents == 0);
  CHECK(kind(seen, "order").live == 0);
  tree_of(f);
  CHECK(value_of(f.measured, "orderly_orders_loaded_total") == loads);
  CHECK(f.reader->pages == pages);
}

TEST_CASE("a shard goes through its orders in turns, and an input in between is not kept waiting") {
  engine_fixture f;
  for (int n = 0; n < 4'000; ++n)
    f.post(f.webhook(number(n), "UNPAID", t0));
  f.drain();
  const auto before = traffic_of<registry_actor>.count_taken();
  const auto seen = look(f);
  CHECK(seen.totals.residents == 4'000);
  CHECK(traffic_of<registry_actor>.count_taken() - before >= 2 * 4); // two shards, 500 orders a turn
}

TEST_CASE("orders that come while a shard is walked are met once or not at all") {
  engine_fixture f{7};
  for (int n = 0; n < 1'500; ++n)
    f.post(f.webhook(number(n), "UNPAID", t0));
  f.drain();
  std::optional<actors_view> seen;
  f.now->orders.look(orders_by(actor_sort::mailbox, 200), [&](result<actors_view> all) { seen = *std::move(all); });
  for (int n = 1'500; n < 6'000; ++n) { // more buckets, meanwhile
    f.post(f.webhook(number(n), "UNPAID", t0));
    f.step();
  }
  f.drain();
  REQUIRE(seen);
  const auto ids = ids_of(*seen);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 200);
  CHECK(seen->total >= 1'500);
  CHECK(seen->total <= 6'000);
}

TEST_CASE("a part that is not there is named, and the rest is told") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.ask(f.webhook(other, "UNPAID", t0));
  const auto away = shard_of(tiktok_order_id{id}, 2);
  f.now->whole.shards[away]->close();
  const auto seen = look(f);
  REQUIRE(seen.not_known.size() == 1);
  CHECK(seen.not_known[0].what == "registry:" + std::to_string(away));
  CHECK(tree_of(f).not_known.size() == 1);
}

TEST_CASE("whoever looks at an engine that has ended is told so") {
  engine_fixture f;
  f.now->orders.close();
  std::optional<result<actors_view>> said;
  f.now->orders.look({}, [&](result<actors_view> seen) { said = std::move(seen); });
  REQUIRE(said);
  CHECK(said->error().code == error_code::shutting_down);
}

TEST_CASE("the tree has every part under its supervisor, the lanes under their writer, the orders under their shards") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto tree = tree_of(f);
  CHECK(tree.root.id == "supervisor");
  REQUIRE(tree.root.restart_limit);
  CHECK(tree.root.restart_limit->first == 5);
  std::vector<std::string> parts;
  for (const auto& each : tree.root.children)
    parts.push_back(each.id);
  CHECK(parts == std::vector<std::string>{"writer", "registry:0", "registry:1", "outbox", "fetcher", "sweeper"});
  CHECK(child(child(tree.root, "writer"), "lane:0").marks.empty());
  const auto shard = numbered("registry", shard_of(tiktok_order_id{id}, 2));
  const auto& order = child(child(tree.root, shard), id);
  CHECK(order.kind == "order");
  CHECK(order.note == "received, idle");
  CHECK_FALSE(child(tree.root, shard).folded);
  CHECK(tree.threads.at(0).name == "scheduler");
  CHECK(tree.threads.at(0).count == 2);
}

TEST_CASE("a quarantined order is marked and stands first in its shard's branch; what is beyond twenty is folded") {
  engine_fixture f;
  for (int n = 0; n < 100; ++n)
    f.ask(f.webhook(number(n), "UNPAID", t0));
  quarantine(f);
  const auto tree = tree_of(f);
  const auto& shard = child(tree.root, numbered("registry", shard_of(tiktok_order_id{id}, 2)));
  REQUIRE(shard.children.size() == 20);
  CHECK(shard.children[0].id == id);
  CHECK(shard.children[0].marks == std::vector<std::string_view>{"quarantined"});
  CHECK(shard.children[1].marks.empty());
  REQUIRE(shard.folded);
  CHECK(shard.folded->first > 20);
  CHECK(shard.folded->second == 0);
}

TEST_CASE("a part that was started again is counted where it stands") {
  engine_fixture f;
  caf::anon_send_exit(f.now->whole.shards[1]->get(), caf::exit_reason::kill);
  f.drain();
  const auto tree = tree_of(f);
  CHECK(child(tree.root, "registry:1").restarts == 1);
  CHECK(child(tree.root, "registry:0").restarts == 0);
  CHECK(tree.root.restarts == 1);
  CHECK(kind(look(f), "registry").restarts == 1);
}

TEST_CASE("a lane whose commits fail is marked") {
  engine_fixture f;
  f.faults->plan->commits.push_back(commit_fault::unavailable);
  f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  const auto tree = tree_of(f);
  CHECK(child(child(tree.root, "writer"), "lane:0").marks == std::vector<std::string_view>{"failing"});
}

TEST_CASE("the rate of a kind is known from the second reading on, over ten seconds at most") {
  traffic_rates rates;
  traffic_by_kind sum{};
  const auto began = std::chrono::steady_clock::time_point{} + std::chrono::hours{1};
  CHECK_FALSE(rates.read(sum, began)[0]);
  sum[0].taken = 10;
  CHECK_FALSE(rates.read(sum, began + std::chrono::milliseconds{100})[0]); // too short to tell
  CHECK(rates.read(sum, began + std::chrono::seconds{2})[0] == 5);
  CHECK(rates.read(sum, began + std::chrono::seconds{2})[1] == 0);
  sum[0].taken = 20;
  CHECK(rates.read(sum, began + std::chrono::seconds{12})[0] == 1); // since the reading of two seconds
  CHECK_FALSE(rates.read(sum, began + std::chrono::minutes{5})[0]); // nobody has looked for long
}

TEST_CASE("of a walk the first ones are kept, whatever the order in which they are met; unknown comes last") {
  for (const bool greatest : {true, false}) {
    order_choice choice{{actor_sort::oldest, greatest, false, 3, {}}};
    for (const int age : {5, 1, -1, 4, 2, 3}) {
      actor_view one;
      if (age > 0)
        one.oldest_ms = age;
      choice.take(one, std::to_string(age));
    }
    std::vector<std::string> ids;
    for (const auto& one : choice.finish())
      ids.push_back(one.id);
    CHECK(ids == (greatest ? std::vector<std::string>{"5", "4", "3"} : std::vector<std::string>{"1", "2", "3"}));
  }
}
