// The engine's actors, as the command line shows them; and where the engine is.
#include "tests/support/catch.hpp"
#include "tools/orderly/remote/engine_address.hpp"
#include "tools/orderly/view/engine_views.hpp"

#include <boost/json/serialize.hpp>

using namespace orderly;
using namespace orderly::view;
using namespace std::chrono_literals;

namespace {

json::object read(std::string_view text) { return parse_json(text).value().as_object(); }

json::object actor(std::string_view id, std::int64_t mailbox, std::int64_t handled) {
  return {{"id", id},
          {"kind", "order"},
          {"order", json::object{{"state", "processing"}}},
          {"mailbox", mailbox},
          {"oldest_ms", 1203.4},
          {"in_hand", 1},
          {"phase", "committing"},
          {"handled", handled},
          {"handled_per_s", 4.1},
          {"restarts", 0}};
}

/// As the engine answers, with so many orders.
json::object sample(std::size_t orders, std::string_view at = "2026-11-27T12:00:00.000000Z", std::int64_t handled = 4211) {
  auto out = read(R"({"engine": "eu-1", "not_known": [],
    "totals": {"residents": 8204, "residents_limit": 25000, "in_hand": 31, "in_hand_limit": 4000, "pending": 0, "quarantined": 1,
               "mailbox": 27, "oldest_ms": 1203.4, "handled": 981220, "handled_per_s": 209.0, "restarts": 3},
    "total": 8211})");
  out["as_of"] = at;
  json::array kinds, actors;
  for (const auto* kind : {"order", "registry", "writer", "lane", "outbox", "fetcher", "sweeper", "watcher", "supervisor"})
    kinds.push_back(json::object{{"kind", kind},
                                 {"live", 1},
                                 {"mailbox", 0},
                                 {"oldest_ms", nullptr},
                                 {"handled", handled},
                                 {"handled_per_s", 1.0},
                                 {"wait_ms", json::object{{"mean", 0.31}}},
                                 {"restarts", 0}});
  for (std::size_t i = 0; i < orders; ++i)
    actors.push_back(actor("576461413038785" + std::to_string(100 + i), 19, handled));
  out["kinds"] = std::move(kinds);
  out["actors"] = std::move(actors);
  return out;
}

style screen(std::size_t width) { return {.width = width, .bounded = true, .utf8 = false, .now = {}}; }

} // namespace

TEST_CASE("A screen of top is never higher or wider than the terminal") {
  for (const std::size_t width : {1, 2, 20, 40, 79, 80, 99, 100, 160, 250})
    for (const std::size_t height : {1, 2, 3, 5, 10, 24, 50, 300})
      for (const std::size_t orders : {0, 1, 200}) {
        INFO(width << " x " << height << ", " << orders << " orders");
        const auto page = top_screen(sample(orders), screen(width), {.height = height, .trouble = std::string(300, 'x')});
        CHECK(page.size() <= height);
        for (const auto& line : page)
          CHECK(cells(line) <= width);
      }
}

TEST_CASE("An engine that nobody named does not push the time off the first line of top") {
  auto without = sample(1);
  without["engine"] = "01a2201b-4aba-7496-b26a-0200f0e5724b";
  const auto page = top_screen(without, screen(80), {.height = 24});
  CHECK(page[0] == "orderly top   engine ...e5724b   12:00:00 UTC   every 1 s   rates over 10 s");
}

TEST_CASE("At 80x24 top shows totals, kinds and as many orders as fit, their ids from the right") {
  const auto page = top_screen(sample(200), screen(80), {.height = 24, .sort = "oldest"});
  REQUIRE(page.size() == 24);
  CHECK(page[0] == "orderly top   engine eu-1   12:00:00 UTC   every 1 s   rates over 10 s");
  CHECK(page[1] == "handled 209/s, 981,220 in all   mailbox 27, oldest 1.2 s   restarts 3");
  CHECK(page[2] == "residents 8,204 of 25,000   in hand 31 of 4,000   pending 0   quarantined ! 1");
  CHECK(page[3].empty());
  CHECK(page[4] == "KIND          LIVE    MBOX   OLDEST    IN/S     WAIT    HANDLED   RST");
  CHECK(page[5] == "order            1       0        -     1.0   0.3 ms      4,211     0");
  CHECK(page[11] == "    MBOX   OLDEST  HAND    IN/S  RST  STATE       PHASE        ACTOR");
  CHECK(page[12] == "      19    1.2 s     1     4.1    0  processing  committing   ...785100");
  CHECK(page[23] == "1-11 of 8,211 orders   sort oldest   Ctrl-C ends");
}

TEST_CASE("From 100 columns on ids are whole") {
  const auto page = top_screen(sample(1), screen(100), {});
  CHECK(std::any_of(page.begin(), page.end(), [](const auto& line) { return line.ends_with("576461413038785100"); }));
}

TEST_CASE("What keeps the engine from answering stands on the last screen") {
  const auto page = top_screen(sample(3), screen(80), {.trouble = "no answer for 6 s: connection refused"});
  CHECK(page[3] == "! no answer for 6 s: connection refused");
}

TEST_CASE("A quarantined order is marked, what is not known is said and no number is made up for it") {
  auto one = sample(1);
  one["not_known"] = read(R"({"x": [{"what": "writer", "why": "no answer within 1 s"}]})")["x"];
  one["totals"].as_object()["pending"] = nullptr;
  one["actors"].as_array()[0].as_object()["phase"] = "quarantined";
  one["actors"].as_array()[0].as_object()["order"] = nullptr;
  const auto page = top_screen(one, screen(80), {.height = 40});
  CHECK(page[2].find("pending -") != std::string::npos);
  CHECK(std::any_of(page.begin(), page.end(), [](const auto& l) { return l == "not known: writer, no answer within 1 s"; }));
  CHECK(std::any_of(page.begin(), page.end(), [](const auto& l) {
    return l == "!     19    1.2 s     1     4.1    0  -           quarantined  ...785100";
  }));
}

TEST_CASE("A plain sample has whole ids, milliseconds and no limit of width") {
  CHECK(top_plain(sample(1), {.width = 80}) ==
        lines{"2026-11-27T12:00:00.000000Z eu-1 in/s 209.0 handled 981220 mailbox 27 residents 8204 in_hand 31 pending 0 "
              "quarantined 1 restarts 3 oldest_ms 1203.4",
              "MBOX  OLDEST_MS  HAND    IN/S  HANDLED  RST  STATE       PHASE        ID",
              "  19     1203.4     1     4.1     4211    0  processing  committing   576461413038785100"});
}

TEST_CASE("On a terminal that cannot be drawn on, a plain sample keeps to the width all the same") {
  const auto page = top_plain(sample(1), screen(80));
  for (const auto& line : page)
    CHECK(cells(line) <= 80);
  CHECK(page.back().ends_with("576461413038785100"));
}

TEST_CASE("Over another window, rates are what was handled between the samples of it") {
  rate_window window{20s};
  const auto rate_of = [&window](std::string_view at, std::int64_t handled) {
    auto one = sample(1, at, handled);
    window.apply(one);
    return one["actors"].as_array()[0].as_object()["handled_per_s"].to_number<double>();
  };
  CHECK(rate_of("2026-11-27T12:00:00Z", 100) == 4.1); // nothing to compare: the engine's
  CHECK(rate_of("2026-11-27T12:00:10Z", 200) == 10.0);
  CHECK(rate_of("2026-11-27T12:00:20Z", 200) == 5.0);
  CHECK(rate_of("2026-11-27T12:00:30Z", 200) == 0.0); // over the last 20 s: since 12:00:10
  CHECK(rate_of("2026-11-27T12:00:40Z", 3) == 4.1);   // the actor began anew
}

TEST_CASE("The tree is drawn with lines that the screen has, marks what needs a person and counts what is folded") {
  const auto tree = read(R"({"engine": "eu-1", "not_known": [],
    "root": {"id": "supervisor", "kind": "supervisor", "restarts": 1, "restart_limit": {"n": 5, "in_s": 60}, "mailbox": null,
      "oldest_ms": null, "handled_per_s": null, "note": "8 parts", "marks": [], "folded": null, "children": [
      {"id": "writer", "kind": "writer", "restarts": 0, "mailbox": 4, "oldest_ms": 0.9, "handled_per_s": 190.0,
       "note": null, "marks": [], "children": [{"id": "lane:0", "kind": "lane", "restarts": 0, "mailbox": 0, "note": null,
                                                "marks": ["failing"], "children": []}]},
      {"id": "registry:0", "kind": "registry", "restarts": 0, "mailbox": 3, "note": "4,101 orders", "marks": [],
       "children": [{"id": "576461413038781377", "kind": "order", "mailbox": 1, "marks": ["quarantined"], "children": []}],
       "folded": {"count": 4099, "mailbox": 2}}]},
    "threads": [{"name": "scheduler", "count": 2, "queue": null, "queue_limit": null},
                {"name": "readers", "count": 4, "queue": 0, "queue_limit": 512}]})");
  CHECK(tree_lines(tree, screen(80)) ==
        lines{"supervisor                   restarts 1   8 parts   ends beyond 5 in 60 s",
              "|- writer                    mbox 4   oldest 0.9 ms   190/s", "|  `- ! lane:0               failing   mbox 0",
              "`- registry:0                mbox 3   4,101 orders", "   |- ! order ...781377      quarantined   mbox 1",
              "   `- 4,099 more             mbox 2", "threads   scheduler 2   readers 4 (queue 0 of 512)",
              "2 marked !   of an order: orderly why ID"});
  auto drawn = screen(120);
  drawn.utf8 = true;
  CHECK(tree_lines(tree, drawn)[4].starts_with("   ├─ ! order 576461413038781377"));
}

TEST_CASE("An answer that has nothing of this is a page all the same") {
  for (const auto* text : {"{}", R"({"totals": [], "kinds": {}, "actors": [1], "root": 1, "threads": null, "not_known": [2]})"}) {
    CHECK(top_screen(read(text), screen(80), {}).size() <= 24);
    CHECK_FALSE(top_plain(read(text), {}).empty());
    CHECK(tree_lines(read(text), screen(80)).size() <= 1);
  }
}

TEST_CASE("The engine is reached by http on this machine, by https anywhere") {
  CHECK(engine_address("127.0.0.1:8081").value() == "http://127.0.0.1:8081");
  CHECK(engine_address("http://localhost:1/").value() == "http://localhost:1");
  CHECK(engine_address("http://[::1]:8081").value() == "http://[::1]:8081");
  CHECK(engine_address("http://127.9.9.9").value() == "http://127.9.9.9");
  CHECK(engine_address("https://orderly.example.com").value() == "https://orderly.example.com");
  for (const auto* beyond : {"http://example.com:8081", "example.com", "http://10.0.0.1", "http://127.0.0.1.example.com",
                             "http://127.example.com", "http://localhost.example.com"}) {
    INFO(beyond);
    const auto refused = engine_address(beyond);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find("https://") != std::string::npos);
  }
  for (const auto* wrong : {"", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x", "http://127.0.0.1:123456",
                            "http://127.0.0.1/api", "http://user@127.0.0.1", "http://127.0.0.1?x", "http://127.0.0.1:"})
    CHECK_FALSE(engine_address(wrong).has_value());
}

TEST_CASE("What a person types cannot leave its place in a request") {
  CHECK(url_encoded("576461413038785752") == "576461413038785752");
  CHECK(url_encoded("../x?a=b&c d\r\n\xc3\xab") == "..%2Fx%3Fa%3Db%26c%20d%0D%0A%C3%AB");
}
