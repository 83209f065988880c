#include "domain/order/decision.hpp"
#include "domain/order/facts.hpp"
#include "domain/order/policy.hpp"
#include "domain/order/wire.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

#include <set>

namespace orderly::test {
namespace {

facts full_facts() {
  facts f;
  f.shop = shop_id{a_shop};
  f.shop_claimed = f.shop_confirmed = true;
  f.shop_region = "GB";
  f.status = status_fact{tiktok_status::partially_shipping, from_seconds(paid_at)};
  f.unknown_status = "GIFT_WRAPPING";
  f.unknown_status_at = from_seconds(paid_at + 1);
  f.had_on_hold = true;
  detail_fact d;
  d.update_time = from_seconds(paid_at);
  d.requested_at = from_micros(1789479000123457);
  d.content_hash = "ab";
  d.status = "PARTIALLY_SHIPPING";
  d.create_time = d.paid_time = d.rts_time = d.collection_time = d.delivery_time = d.cancel_time = from_seconds(paid_at + 2);
  d.rts_sla_time = d.tts_sla_time = from_seconds(paid_at + 3);
  d.is_on_hold_order = false;
  d.shipping = shipping_type::tiktok;
  d.fulfillment = fulfillment_type::by_tiktok;
  d.region = "GB";
  d.address_clear = true;
  d.lines = {{line_item_id{"1"}, "CANCELLED", package_id{"9"}}, {line_item_id{"2"}, "", package_id{}}};
  f.detail = d;
  f.address_masked = true;
  f.address_changed_at = from_seconds(paid_at + 4);
  f.packages["9"] = {"SPLIT", from_seconds(5)};
  f.cancellations["8"] = {"CANCELLATION_REQUEST_PENDING", from_seconds(6)};
  f.returns["7"] = {"AWAITING_BUYER_SHIP", from_seconds(7)};
  f.accepted_lines = {line_item_id{"1"}, line_item_id{"2"}};
  f.order_accepted = true;
  f.reports = {{input_id{*uuid_from("01890000-0000-7000-8000-000000000001")}, {line_item_id{"1"}}, true},
               {input_id{*uuid_from("01890000-0000-7000-8000-000000000002")}, {}, false}};
  f.detail_wanted_at = from_micros(8);
  f.fetch_attempts = 3;
  f.posted_hash = "cd";
  f.attention["report_failed"] = from_micros(9);
  f.erased = true;
  return f;
}

template <class T>
T read_back(const json::object& written) {
  const auto parsed = parse_json(canonical_json(written));
  if constexpr (std::is_same_v<T, facts>)
    return *facts_from(parsed->as_object());
  else
    return *answer_from(parsed->as_object());
}

} // namespace

TEST_CASE("facts survive the column, full and empty") {
  CHECK(read_back<facts>(to_json(full_facts())) == full_facts());
  CHECK(to_json(facts{}).empty());
  CHECK(read_back<facts>({}) == facts{});
  CHECK(canonical_json(to_json(read_back<facts>(to_json(full_facts())))) == canonical_json(to_json(full_facts())));
}

TEST_CASE("damaged facts are refused with the member's name") {
  const std::vector<std::pair<std::string, std::string>> damaged{
      {R"({"status":"UNPAID"})", "status"},
      {R"({"status":{"status":"?","update_time":1}})", "status"},
      {R"({"detail":{"update_time":"x"}})", "update_time"},
      {R"({"detail":{"lines":[{"id":1}]}})", "lines"},
      {R"({"detail":5})", "detail"},
      {R"({"reports":[{"ref":"no"}]})", "reports"},
      {R"({"packages":{"1":2}})", "packages"},
      {R"({"attention":{"x":"y"}})", "attention"},
      {R"({"accepted_lines":[1]})", "accepted_lines"},
      {R"({"erased":1})", "erased"},
  };
  for (const auto& [text, member] : damaged) {
    INFO(text);
    const auto read = facts_from(parse_json(text)->as_object());
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == error_code::invalid_field);
    CHECK(read.error().message.find("`" + member + "`") != std::string::npos);
  }
}

TEST_CASE("answers survive their codec") {
  answer a;
  CHECK(read_back<answer>(to_json(a)) == a);
  a.outcome = input_outcome::refused;
  a.refusal = error{error_code::illegal_transition, "no", {{"allowed", json::array{"processing"}}}};
  a.order = order_id{*uuid_from("01890000-0000-7000-8000-000000000001")};
  a.version = 17;
  a.state = order_state::delivered;
  a.report = "queued";
  a.pending = "on_hold";
  a.created = true;
  CHECK(read_back<answer>(to_json(a)) == a);
  CHECK_FALSE(answer_from({}).has_value());
  CHECK_FALSE(answer_from({{"outcome", "applied"}}).has_value());
  CHECK_FALSE(answer_from({{"outcome", "applied"}, {"state", "received"}, {"refusal", json::object{{"code", "?"}}}}).has_value());
}

TEST_CASE("a policy survives its row") {
  policy p;
  p.auto_start = false;
  p.report_shipments = false;
  p.paid_wait = std::chrono::seconds{17};
  const auto read = policy_from(to_json(p), 5);
  CHECK(read.version == 5);
  CHECK(canonical_json(to_json(read)) == canonical_json(to_json(p)));
  CHECK(policy_from({}, 1).paid_wait == std::chrono::seconds{3600});
  CHECK(read.rules == current_rules);
  CHECK(policy_from({}, 1).rules == 1); // stored before rules had a number
}

TEST_CASE("what the engine writes about its own inputs it reads back") {
  const input_id ref{*uuid_from("01890000-0000-7000-8000-000000000003")};
  move_order full;
  full.to = order_state::shipped;
  full.reason = "ready \"now\"";
  full.expected_version = 4;
  full.tracking_number = tracking;
  full.shipping_provider_id = a_provider;
  full.lines = {line_item_id{"1"}, line_item_id{"2"}};
  full.report = false;
  full.retry = true;
  const std::vector<std::pair<input_body, std::string>> bodies{
      {create_order{{{"a", json::array{1, "x", nullptr}}}}, "create"},
      {create_order{{{"a", 1}}, shop_id{"7494049642642441621"}}, "create"},
      {full, "transition"},
      {move_order{}, "transition"},
      {hold_order{"stock-take"}, "hold"},
      {release_order{}, "release"},
      {add_note{"call back"}, "note"},
      {clear_attention{"report_failed"}, "clear_attention"},
      {fetched_detail{{{"id", "1"}}, from_micros(1789479000123457), outbox_ref{9223372036854775807, 3}}, "order_detail"},
      {fetched_detail{{}, from_micros(1), std::nullopt}, "order_detail"},
      {fetched_detail{{}, from_micros(1), std::nullopt, "GB"}, "order_detail"},
      {fetch_failed{{1, 2}, false, "36009003", "sorry"}, "fetch_failed"},
      {fetch_failed{{1, 2}, true, "36009002", "wait", from_micros(1), std::chrono::seconds{60}}, "fetch_failed"},
      {report_answered{{1, 2}, ref, report_result::try_again, "36009002", "m", {}, std::chrono::seconds{60}}, "report_answered"},
      {report_answered{{1, 2}, ref, report_result::cancelled, "21011041", "m", package_id{"9"}}, "report_answered"},
  };
  for (const auto& [body, type] : bodies) {
    const auto raw = raw_of(body);
    INFO(raw);
    CHECK(type_of(body) == type);
    for (auto source :
         {input_source::api, input_source::tiktok, input_source::poll, input_source::replay, input_source::engine}) {
      const auto read = parse_body(source, type, raw, tiktok_order_id{an_order});
      REQUIRE(read.has_value());
      CHECK(*read == body);
    }
  }
  for (auto result : {report_result::accepted, report_result::try_again, report_result::on_hold, report_result::refused}) {
    const input_body body = report_answered{{1, 1}, ref, result, "", "", {}};
    CHECK(*parse_body(input_source::tiktok, "report_answered", raw_of(body), {}) == body);
  }
}

TEST_CASE("two commands that mean different things have different bytes") {
  const json::object document{{"own", "A-17"}};
  const std::vector<input_body> different{create_order{document},
                                          create_order{document, shop_id{"1"}},
                                          create_order{document, shop_id{"2"}},
                                          hold_order{},
                                          release_order{},
                                          hold_order{"stock-take"}};
  std::set<std::string> bytes;
  for (const auto& body : different)
    CHECK(bytes.insert(raw_of(body)).second);
}

TEST_CASE("a stored webhook is read for the order of its row, also when it is replayed") {
  const std::string raw =
      R"({"type":4,"data":{"sc_type":"SPLIT","update_time":5,"package_list":[{"package_id":"1","order_id_list":["77","78"]}]}})";
  const input_body expected = observed_package{{package_id{"1"}}, "SPLIT", from_seconds(5)};
  for (auto source : {input_source::webhook, input_source::replay}) {
    CHECK(*parse_body(source, "PACKAGE_UPDATE", raw, tiktok_order_id{"78"}) == expected);
    CHECK(*parse_body(source, "PACKAGE_UPDATE", raw, tiktok_order_id{"79"}) == input_body{});
  }
  CHECK(*parse_body(input_source::webhook, "note", R"({"text":"x"})", tiktok_order_id{"77"}) ==
        input_body{}); // its bytes say what it is
}

TEST_CASE("damaged bodies are errors, not guesses") {
  CHECK(parse_body(input_source::api, "note", "{", {}).error().code == error_code::not_json);
  CHECK(parse_body(input_source::api, "note", "[]", {}).error().code == error_code::invalid_field);
  CHECK(parse_body(input_source::api, "transition", R"({"to":"gone"})", {}).error().code == error_code::invalid_field);
  CHECK(parse_body(input_source::api, "transition", R"({"to":"shipped","line_item_ids":[1]})", {}).error().code ==
        error_code::invalid_field);
  CHECK(parse_body(input_source::tiktok, "report_answered", R"({"report":"x","result":"accepted"})", {}).error().code ==
        error_code::invalid_field);
}

TEST_CASE("sources have names, and only people's inputs are commands") {
  for (int i = 0; i <= static_cast<int>(input_source::engine); ++i)
    CHECK(input_source_from(name_of(static_cast<input_source>(i))) == static_cast<input_source>(i));
  CHECK(is_command(ship()));
  CHECK(is_command(engine_input(create_order{})));
  CHECK_FALSE(is_command(status_webhook("UNPAID", paid_at)));
  CHECK_FALSE(is_command(detail_input({}, {})));
  CHECK(needs_document(detail_input({}, {})));
  CHECK(needs_document(engine_input(create_order{})));
  CHECK_FALSE(needs_document(ship()));
}

} // namespace orderly::test
