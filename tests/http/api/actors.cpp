// GET /actors and /actors/tree: what is asked of the engine, and how its answer is printed.

#include "tests/http/support/admin_answers.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

const header_list viewer{{"Authorization", "Bearer viewer-token"}};

json::object ask(const running_server& server, const std::string& target) {
  const auto got = server.api("GET", target, {}, viewer);
  REQUIRE(got);
  CHECK(got->status == 200);
  return body_of(got);
}

actors_view one_busy_order() {
  actors_view seen;
  seen.totals = {8204, 25'000, 2, 19, 1203.4, 4211, 3, 4.1};
  kind_view orders;
  orders.kind = order_kind;
  orders.live = 8204;
  orders.mailbox = 19;
  orders.oldest_ms = 1203.4;
  orders.handled = 4211;
  orders.handled_per_s = 4.1;
  orders.mean_wait_ms = 0.31;
  orders.restarts = 3;
  kind_view writer;
  writer.kind = "writer";
  seen.kinds = {orders, writer};
  actor_view order;
  order.id = known_id;
  order.kind = order_kind;
  order.state = order_state::processing;
  order.version = 14;
  order.mailbox = 19;
  order.oldest_ms = 1203.4;
  order.in_hand = 1;
  order.phase = actor_phase::committing;
  order.handled = 4211;
  order.handled_per_s = 4.12345;
  order.restarts = 1;
  actor_view sweeper;
  sweeper.id = "sweeper";
  sweeper.kind = "sweeper";
  seen.actors = {order, sweeper};
  seen.total = 8211;
  return seen;
}

} // namespace

TEST_CASE("the actors are printed with totals and kinds; what is not known is null") {
  running_server server;
  server.actors.look_answer = one_busy_order();
  server.reader.add(sample_order(known_id), {}, from_micros(1'789'000'002'000'000));
  const auto answer = ask(server, "/api/v1/actors");
  CHECK(string_at(answer, "engine") == "eu-1");
  CHECK(from_rfc3339(string_at(answer, "as_of")));
  CHECK(*object_at(answer, "totals") == json::object{{"residents", 8204},
                                                     {"residents_limit", 25'000},
                                                     {"pending", 2},
                                                     {"mailbox", 19},
                                                     {"oldest_ms", 1203.4},
                                                     {"handled", 4211},
                                                     {"handled_per_s", 4.1},
                                                     {"restarts", 3},
                                                     {"in_hand", 0},
                                                     {"in_hand_limit", 4096},
                                                     {"quarantined", 1}});
  const auto& kinds = answer.at("kinds").as_array();
  REQUIRE(kinds.size() == 2);
  CHECK(*object_at(kinds[0].as_object(), "wait_ms") == json::object{{"mean", 0.31}});
  for (const auto* unknown : {"live", "mailbox", "oldest_ms", "handled_per_s", "wait_ms", "restarts"})
    CHECK(kinds[1].as_object().at(unknown).is_null());
  const auto& actors = answer.at("actors").as_array();
  REQUIRE(actors.size() == 2);
  CHECK(actors[0].as_object() ==
        json::object{{"id", known_id},
                     {"kind", "order"},
                     {"order", json::object{{"tiktok_order_id", known_id}, {"state", "processing"}, {"version", 14}}},
                     {"mailbox", 19},
                     {"oldest_ms", 1203.4},
                     {"in_hand", 1},
                     {"phase", "committing"},
                     {"handled", 4211},
                     {"handled_per_s", 4.123},
                     {"restarts", 1}});
  CHECK(actors[1].as_object().at("order").is_null());
  CHECK(actors[1].as_object().at("mailbox").is_null());
  CHECK(answer.at("total").as_int64() == 8211);
  CHECK(answer.at("not_known").as_array().empty());
}

TEST_CASE("the query says which actors, how many and in which order") {
  running_server server;
  ask(server, "/api/v1/actors");
  ask(server, "/api/v1/actors?sort=handled&limit=0&kind=lane&q=lane%3A1");
  ask(server, "/api/v1/actors?sort=-restarts&limit=200");
  REQUIRE(server.actors.looks.size() == 3);
  CHECK(server.actors.looks[0].by == actor_sort::mailbox);
  CHECK(server.actors.looks[0].greatest_first);
  CHECK(server.actors.looks[0].limit == 50);
  CHECK(server.actors.looks[1].by == actor_sort::handled);
  CHECK_FALSE(server.actors.looks[1].greatest_first);
  CHECK(server.actors.looks[1].limit == 0);
  CHECK(server.actors.looks[1].kind == "lane");
  CHECK(server.actors.looks[1].id_part == "lane:1");
  CHECK(server.actors.looks[2].by == actor_sort::restarts);
  CHECK(server.actors.looks[2].greatest_first);
  for (const std::string wrong : {"sort=size", "sort=-", "sort=--mailbox", "limit=201", "limit=-1", "limit=", "kind=orders",
                                  "window_s=10", "limit=1&limit=2"}) {
    INFO(wrong);
    const auto got = server.api("GET", "/api/v1/actors?" + wrong);
    CHECK(problem_code(got, 422) == "invalid_field");
    CHECK(string_at(body_of(got), "field") == wrong.substr(0, wrong.find('=')));
  }
  CHECK(server.actors.looks.size() == 3);
}

TEST_CASE("the kinds that may be asked for are those that the engine names") {
  running_server server;
  for (const std::string kind : {"order", "lane"})
    CHECK(ask(server, "/api/v1/actors?kind=" + kind).contains("actors"));
  const auto got = server.api("GET", "/api/v1/actors?kind=sweeper", {}, viewer);
  CHECK(problem_code(got, 422) == "invalid_field");
  CHECK(string_at(body_of(got), "allowed") == "one of: order, lane");
}

TEST_CASE("what the store cannot say is named, and the engine's own numbers are told") {
  running_server server;
  server.actors.look_answer = one_busy_order();
  server.actors.look_answer->not_known = {{"registry:1", "it did not answer within 1 s"}};
  server.reader.fail_with(error_code::storage_unavailable);
  const auto answer = ask(server, "/api/v1/actors");
  CHECK(object_at(answer, "totals")->at("quarantined").is_null());
  const auto& unknown = answer.at("not_known").as_array();
  REQUIRE(unknown.size() == 2);
  CHECK(string_at(unknown[0].as_object(), "what") == "registry:1");
  CHECK(string_at(unknown[1].as_object(), "what") == "totals.quarantined");
}

TEST_CASE("an engine that ends says so") {
  running_server server;
  server.actors.look_answer = error{error_code::shutting_down, "the engine is draining", {}};
  server.actors.tree_answer = error{error_code::shutting_down, "the engine is draining", {}};
  CHECK(problem_code(server.api("GET", "/api/v1/actors"), 503) == "shutting_down");
  CHECK(problem_code(server.api("GET", "/api/v1/actors/tree"), 503) == "shutting_down");
}

TEST_CASE("the tree is printed with its branches, what is folded and the threads") {
  running_server server;
  actor_tree tree;
  tree.root.id = "supervisor";
  tree.root.kind = "supervisor";
  tree.root.restart_limit = {5, 60};
  actor_node shard;
  shard.id = "registry:0";
  shard.kind = "registry";
  shard.note = "2 orders";
  shard.mailbox = 3;
  shard.folded = {1, 2};
  actor_node order;
  order.id = known_id;
  order.kind = order_kind;
  order.marks = {"quarantined"};
  shard.children = {order};
  tree.root.children = {shard};
  tree.threads = {{"scheduler", 2}};
  server.actors.tree_answer = tree;
  const auto answer = ask(server, "/api/v1/actors/tree");
  CHECK(string_at(answer, "engine") == "eu-1");
  const auto* root = object_at(answer, "root");
  CHECK(*object_at(*root, "restart_limit") == json::object{{"n", 5}, {"in_s", 60}});
  CHECK(root->at("note").is_null());
  const auto& branch = root->at("children").as_array().at(0).as_object();
  CHECK(*object_at(branch, "folded") == json::object{{"count", 1}, {"mailbox", 2}});
  CHECK(branch.at("mailbox").as_int64() == 3);
  const auto& leaf = branch.at("children").as_array().at(0).as_object();
  CHECK(leaf.at("marks") == json::array{"quarantined"});
  CHECK(leaf.at("folded").is_null());
  CHECK(answer.at("threads").as_array().at(0) ==
        json::object{{"name", "scheduler"}, {"count", 2}, {"queue", nullptr}, {"queue_limit", nullptr}});
  CHECK(problem_code(server.api("GET", "/api/v1/actors/tree?all=1"), 422) == "invalid_field");
}
