// Random inputs of all kinds, nonsense among them: what must hold for every order whatever happens to it. history::take() checks
// each decision; here stand the properties of whole histories.

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tests/unit/domain/support.hpp"

#include <random>

namespace orderly::test {
namespace {

/// Inputs at random, close together in time so that ties and repeats are frequent.
class chaos {
public:
  explicit chaos(std::uint64_t seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>{0, limit - 1}(random_); }
  bool one_in(int n) { return below(n) == 0; }
  template <class T, std::size_t N>
  const T& any(const T (&choices)[N]) {
    return choices[static_cast<std::size_t>(below(N))];
  }

  input next(const history& h) {
    if (!h.current.facts.reports.empty() && one_in(3)) // a call is answered sooner than its order moves on
      return report_answer(h);
    switch (below(20)) {
    case 0:
    case 1:
    case 2:
    case 3: return status_webhook(status(), second(), flag(), one_in(40) ? "7000000000000000001" : a_shop);
    case 4: return address_webhook(second());
    case 5:
      return package_webhook(one_in(2) ? "1153132168123859123" : "1153132168123859124", one_in(2) ? "SPLIT" : "COMBINE",
                             second());
    case 6: return cancellation_webhook("4035318504086604100", one_in(2) ? "CANCELLATION_REQUEST_PENDING" : "whatever", second());
    case 7: return one_in(2) ? return_webhook("1", "AWAITING_BUYER_SHIP", second()) : hint_webhook(second());
    case 8:
    case 9:
    case 10:
    case 11: return detail(h);
    case 12:
      return engine_input(fetch_failed{{1, 1 + below(6)}, !one_in(4), any(fetch_codes), "free text"}, input_source::tiktok);
    case 13: return report_answer(h);
    case 14: return engine_input(create_order{one_in(2) ? object().json() : json::object{{"own", below(3)}}});
    case 15: return one_in(2) ? engine_input(hold_order{"free text"}) : engine_input(release_order{});
    case 16: return one_in(2) ? engine_input(add_note{"free text"}) : engine_input(clear_attention{any(kinds)});
    case 17: return ship();
    default: return wish(h);
    }
  }

private:
  std::string status() {
    static const std::string words[]{"UNPAID",
                                     "ON_HOLD",
                                     "AWAITING_SHIPMENT",
                                     "PARTIALLY_SHIPPING",
                                     "AWAITING_COLLECTION",
                                     "IN_TRANSIT",
                                     "DELIVERED",
                                     "CANCELLED",
                                     "CANCEL",
                                     "COMPLETED",
                                     "GIFT_WRAPPING",
                                     "RECALLED",
                                     "AWAITING_SHIPMENT",
                                     "AWAITING_SHIPMENT",
                                     "ON_HOLD"};
    return any(words);
  }
  std::int64_t second() { return paid_at + below(12); }
  std::optional<bool> flag() { return one_in(3) ? std::optional{one_in(2)} : std::nullopt; }

  order_object object() {
    static const std::string regions[]{"US", "US", "US", "GB", "BR", ""};
    static const std::string shippings[]{"SELLER", "SELLER", "SELLER", "SELLER", "TIKTOK", "TIKTOK_DIGITAL", "?"};
    order_object o;
    o.status = status();
    o.update_time = second();
    o.address = !one_in(4);
    if (one_in(3))
      o.rts_time = second();
    if (one_in(5))
      o.delivery_time = second();
    o.on_hold_order = flag();
    o.region = any(regions);
    o.shipping = any(shippings);
    o.fulfillment = one_in(10) ? "FULFILLMENT_BY_TIKTOK" : "FULFILLMENT_BY_SELLER";
    if (one_in(4))
      o.lines.pop_back();
    if (one_in(6))
      o.lines.clear();
    else if (one_in(6))
      o.lines.front().second = "CANCELLED";
    o.note = one_in(2) ? "gift" : "";
    return o;
  }
  input detail(const history& h) {
    auto body = object().json();
    if (one_in(12))
      body.erase("update_time");
    if (one_in(20))
      body["id"] = "1";
    const auto asked = h.now - std::chrono::seconds{below(4)};
    static const std::string shop_regions[]{"US", "US", "US", "TH", ""};
    return detail_input(body, asked, one_in(4) ? std::nullopt : std::optional{outbox_ref{1, 1}}, any(shop_regions));
  }
  input report_answer(const history& h) {
    static const report_result results[]{report_result::accepted, report_result::accepted,  report_result::try_again,
                                         report_result::on_hold,  report_result::cancelled, report_result::refused};
    report_answered b;
    b.promise = {2, 1 + below(7)};
    if (!h.current.facts.reports.empty() && !one_in(5))
      b.report = h.current.facts.reports.front().ref;
    b.result = any(results);
    b.code = "21011040";
    b.package = package_id{"1153132168123859123"};
    return engine_input(b, input_source::tiktok);
  }
  input wish(const history& h) {
    static const order_state states[]{order_state::received, order_state::processing, order_state::processing,
                                      order_state::shipped,  order_state::delivered,  order_state::failed};
    move_order b;
    b.to = any(states);
    b.reason = "free text";
    if (one_in(4))
      b.expected_version = h.current.version - below(2);
    if (one_in(3))
      b.report = one_in(2);
    if (one_in(2)) {
      b.tracking_number = tracking;
      b.shipping_provider_id = a_provider;
    }
    if (one_in(4))
      b.lines.emplace_back("577086512123755123");
    return engine_input(b);
  }

  static constexpr const char* fetch_codes[]{"tiktok_unreachable", "shop_not_connected", "36009003", "21008111"};
  static constexpr const char* kinds[]{"unknown_status", "report_failed", "detail_lagging", "cancelled_after_shipment",
                                       "nothing"};
  std::mt19937_64 random_;
};

/// Some orders begin as a row that somebody inserted by hand.
void adopt(history& h) {
  h.current.id = order_id{*uuid_from("01890000-0000-7000-8000-000000000001")};
  h.current.created_at = at_second(paid_at - 100);
  h.document = {{"inserted", "by hand"}};
}

history random_history(std::uint64_t seed, int length) {
  chaos any{seed};
  policy rules;
  rules.auto_start = !any.one_in(4);
  rules.report_shipments = !any.one_in(4);
  history h{rules};
  if (any.one_in(8))
    adopt(h);
  std::vector<input> sent;
  for (int i = 0; i < length; ++i) {
    const bool repeat = !sent.empty() && any.one_in(6);
    sent.push_back(repeat ? sent[static_cast<std::size_t>(any.below(static_cast<int>(sent.size())))] : any.next(h));
    h.take(sent.back());
  }
  return h;
}

constexpr int runs = 500; // each run of the suite has other seeds

} // namespace

TEST_CASE("whatever happens to an order, its row is the fold of its events, gapless and within the table") {
  const auto seed = seed_of_run();
  for (int run = 0; run < runs; ++run) {
    INFO("seed " << seed << " run " << run);
    history h;
    REQUIRE_NOTHROW(h = random_history(seed + static_cast<std::uint64_t>(run), 40));
    order folded;
    folded.id = h.initial.id;
    folded.created_at = h.initial.created_at;
    if (h.events.empty())
      folded.tiktok_id = h.initial.tiktok_id;
    for (const auto& e : h.events) {
      REQUIRE(e.seq == folded.version + 1);
      folded = apply(std::move(folded), e);
      folded.facts = *facts_from(to_json(folded.facts));
    }
    REQUIRE(bytes_of(folded, {}) == bytes_of(h.current, {}));
    REQUIRE(folded == h.current);
  }
}

TEST_CASE("replaying the stored inputs gives the same events, row and document, byte for byte") {
  const auto seed = seed_of_run();
  for (int run = 0; run < runs; ++run) {
    INFO("seed " << seed << " run " << run);
    const auto h = random_history(seed + 1'000'000 + static_cast<std::uint64_t>(run), 30);
    REQUIRE(replayed_difference(h) == "");
  }
}

TEST_CASE("random histories reach every state, every type of event and every outcome") {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) { // always the same: this is about the generator, not about luck
    const auto h = random_history(seed, 40);
    for (const auto& e : h.events) {
      ++seen[std::string{name_of(e.type)}];
      if (e.to && e.type == event_type::transitioned)
        ++seen[std::string{name_of(*e.to)}];
      if (e.type == event_type::attention_raised)
        ++seen["! " + std::string{string_at(e.detail, "kind")}];
    }
  }
  for (const auto* expected : {"created",
                               "transitioned",
                               "refused",
                               "detail_updated",
                               "fact_updated",
                               "note",
                               "held",
                               "released",
                               "report_queued",
                               "report_succeeded",
                               "report_failed",
                               "attention_raised",
                               "attention_cleared",
                               "processing",
                               "shipped",
                               "delivered",
                               "failed",
                               "! unknown_status",
                               "! cancelled_after_shipment",
                               "! completed_without_delivery",
                               "! moved_after_failed",
                               "! shipped_after_failure",
                               "! report_failed",
                               "! detail_lagging",
                               "! detail_failed",
                               "! shop_not_connected"}) {
    INFO(expected);
    CHECK(seen[expected] > 0);
  }
}

} // namespace orderly::test
