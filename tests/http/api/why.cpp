// GET /orders/{id}/why: the rules are domain_why's; here is what they are fed with, and how it is printed.

#include "tests/http/support/admin_answers.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string path = "/api/v1/orders/" + known_id + "/why";
const header_list viewer{{"Authorization", "Bearer viewer-token"}};
constexpr timestamp noon = timestamp{std::chrono::microseconds{1'789'000'002'000'000}};

shop connected() { return {shop_id{"7494049642642441621"}, "US", "CIPHER", "TOKEN", "", {}, {}}; }

/// An order in processing with its detail, of a shop that is connected.
order ready_order() {
  auto o = sample_order(known_id);
  o.facts.detail.emplace();
  o.facts.detail->update_time = from_seconds(1789482600);
  o.facts.detail->status = "AWAITING_SHIPMENT";
  o.facts.detail->region = "US";
  o.facts.detail->address_clear = true;
  o.facts.detail->rts_sla_time = from_seconds(1789900000);
  o.facts.detail->lines.push_back({line_item_id{"1"}, "AWAITING_SHIPMENT", {}});
  return o;
}

class asked_why {
public:
  asked_why() {
    server.shops.put(connected());
    server.reader.add(ready_order());
  }
  [[nodiscard]] json::object ask(const std::string& target = path) const {
    const auto got = server.api("GET", target, {}, viewer);
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->headers.at("cache-control") == "no-store");
    return body_of(got);
  }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> all;
    const auto answer = ask();
    for (const auto& cause : answer.at("causes").as_array())
      all.emplace_back(string_at(cause.as_object(), "code"));
    return all;
  }
  void edit(const std::function<void(memory_order&)>& change) {
    server.reader.rows.edit([&](memory_tables& t) { change(t.orders.at(tiktok_order_id{known_id})); });
  }

  running_server server;
};

using codes = std::vector<std::string>;

} // namespace

TEST_CASE("a viewer is told what an order waits for, with what may be done and by when") {
  const asked_why at;
  const auto answer = at.ask();
  CHECK(string_at(answer, "engine") == "eu-1");
  CHECK(from_rfc3339(string_at(answer, "as_of")));
  CHECK(*object_at(answer, "order") == json::object{{"id", "0190a000-0000-7000-8000-000000000052"},
                                                    {"tiktok_order_id", known_id},
                                                    {"shop_id", "7494049642642441621"},
                                                    {"state", "processing"},
                                                    {"version", 7},
                                                    {"updated_at", "2026-09-10T00:26:41.000000Z"}});
  const auto& causes = answer.at("causes").as_array();
  REQUIRE(causes.size() == 1);
  const auto& cause = causes[0].as_object();
  CHECK(string_at(cause, "code") == "waits_for_person");
  CHECK(string_at(cause, "class") == "person");
  CHECK(cause.at("until").is_null());
  const auto& evidence = cause.at("evidence").as_array().at(0).as_object();
  CHECK(string_at(evidence, "source") == "order");
  CHECK(evidence.at("ref").is_null());
  const auto* remedy = object_at(cause, "remedy");
  CHECK(string_at(*remedy, "command").starts_with("orderly transition " + known_id));
  CHECK(string_at(*remedy, "api") == "POST " + transitions);
  CHECK_FALSE(string_at(*remedy, "text").empty());
  CHECK_FALSE(string_at(answer, "sentence").empty());
  CHECK(*object_at(answer, "deadline") == json::object{{"what", "ship"}, {"at", "2026-09-20T10:26:40.000000Z"}});
  CHECK(answer.at("not_it").as_array().size() == 12);
  CHECK(answer.at("not_known").as_array().empty());
}

TEST_CASE("it is fed with the shop directory, the engine's health, open attention, open promises and the last events") {
  asked_why at;
  CHECK(at.codes() == codes{"waits_for_person"});
  at.server.shops.remove(shop_id{"7494049642642441621"});
  CHECK(at.codes() == codes{"shop_stopped"});
  at.server.ready = false;
  CHECK(at.codes() == codes{"store_failing", "shop_stopped"});
  at.server.shops.put(connected());
  at.server.ready = true;
  at.edit([](memory_order& row) { row.attention["quarantined"] = {noon, std::nullopt, {}}; });
  CHECK(at.codes() == codes{"quarantined"});
  at.edit([](memory_order& row) {
    row.attention.clear();
    row.row.held = true;
    event held;
    held.seq = 5;
    held.at = noon;
    held.type = event_type::held;
    held.actor = "olga";
    row.events.push_back({held, 1});
  });
  CHECK(at.codes() == codes{"held"});
  CHECK(string_at(at.ask(), "sentence").find("held by olga") != std::string::npos);
  at.edit([](memory_order& row) { row.row.held = false; });
  at.server.reader.rows.edit([](memory_tables& t) {
    memory_promise owed;
    owed.id = 8812;
    owed.order = t.orders.at(tiktok_order_id{known_id}).row.id;
    owed.kind = promise_kind::mark_shipped;
    owed.attempts = 4;
    owed.due_at = noon + std::chrono::hours{100'000};
    owed.last_error = "36009002";
    t.outbox[8812] = owed;
  });
  const auto answer = at.ask();
  const auto& cause = answer.at("causes").as_array().at(0).as_object();
  CHECK(string_at(cause, "code") == "report_failing");
  CHECK(string_at(cause, "until") == to_rfc3339(noon + std::chrono::hours{100'000}));
  CHECK(string_at(cause.at("evidence").as_array().at(0).as_object(), "ref") == "8812");
}

TEST_CASE("an order is found by its own id too; one that is not there is 404, and a query parameter 422") {
  const asked_why at;
  CHECK(string_at(*object_at(at.ask("/api/v1/orders/0190a000-0000-7000-8000-000000000052/why"), "order"), "tiktok_order_id") ==
        known_id);
  CHECK(problem_code(at.server.api("GET", "/api/v1/orders/999/why"), 404) == "order_not_found");
  CHECK(problem_code(at.server.api("GET", "/api/v1/orders/not-an-id/why"), 404) == "order_not_found");
  CHECK(problem_code(at.server.api("GET", path + "?verbose=1"), 422) == "invalid_field");
}

TEST_CASE("an order that cannot be read says so, and how far it could be judged") {
  asked_why at;
  at.edit([](memory_order& row) { row.unreadable = "stored facts cannot be read: not a JSON object"; });
  const auto answer = at.ask();
  CHECK(string_at(answer.at("causes").as_array().at(0).as_object(), "code") == "unreadable");
  CHECK(answer.at("not_known").as_array().size() == 1);
}

TEST_CASE("whatever could not be looked at is named, and the answer is 200 all the same") {
  asked_why at;
  at.server.reader.fail_with(error_code::storage_unavailable);
  const auto answer = at.ask();
  CHECK(answer.at("causes").as_array().empty());
  CHECK(object_at(answer, "order")->at("state").is_null());
  CHECK(string_at(*object_at(answer, "order"), "tiktok_order_id") == known_id);
  const auto& unknown = answer.at("not_known").as_array().at(0).as_object();
  CHECK(string_at(unknown, "what") == "order");
  CHECK(string_at(unknown, "why").find("secret.db") == std::string::npos);
  at.server.ready = false;
  CHECK(at.codes() == codes{"store_failing"});
}
