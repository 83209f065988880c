// TikTok promises neither order nor exactly-once (sheet 6.1). So the same facts, delivered in whatever order and however often,
// must end in the same order: for lawful histories (sheet 4.4) without commands, each ending with its newest detail.

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tests/unit/domain/support.hpp"

#include <algorithm>
#include <random>

namespace orderly::test {
namespace {

/// Where an order may go next (sheet 4.4).
const std::map<std::string, std::vector<std::string>> lawful{
    {"UNPAID", {"ON_HOLD", "AWAITING_SHIPMENT", "CANCELLED"}},
    {"ON_HOLD", {"AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "CANCELLED"}},
    {"AWAITING_SHIPMENT", {"PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "AWAITING_COLLECTION", "CANCELLED"}},
    {"PARTIALLY_SHIPPING", {"AWAITING_COLLECTION", "CANCELLED"}},
    {"AWAITING_COLLECTION", {"IN_TRANSIT", "IN_TRANSIT", "CANCELLED", "COMPLETED"}},
    {"IN_TRANSIT", {"DELIVERED", "DELIVERED", "CANCELLED", "COMPLETED"}},
    {"DELIVERED", {"COMPLETED"}},
};

/// Everything that TikTok says about one order in its life, and the last thing that it would answer.
struct life {
  std::vector<input> said;
  order_object newest;
  timestamp end;
};

class life_maker {
public:
  explicit life_maker(std::uint64_t seed) : random_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>{0, limit - 1}(random_); }
  bool one_in(int n) { return below(n) == 0; }

  life make() {
    life l;
    order_object o;
    o.shipping = one_in(5) ? "TIKTOK" : "SELLER";
    o.status = "UNPAID";
    o.update_time = paid_at;
    o.paid_time = std::nullopt;
    l.newest = o;
    for (int steps = below(8);; --steps) {
      tell(l, o);
      const auto next = lawful.find(o.status);
      if (one_in(8) && next != lawful.end())
        pass_through_unknown(l, o);
      if (steps <= 0 || next == lawful.end())
        break;
      advance(o, next->second[static_cast<std::size_t>(below(static_cast<int>(next->second.size())))]);
    }
    l.said.push_back(detail_input(l.newest.json(), asked(l.newest)));
    l.end = asked(o);
    return l;
  }

private:
  void advance(order_object& o, const std::string& status) {
    o.status = status;
    o.update_time += below(3); // often within the same second
    if (status == "ON_HOLD" || status == "AWAITING_SHIPMENT")
      o.paid_time = o.paid_time.value_or(o.update_time);
    if (status == "AWAITING_COLLECTION")
      o.rts_time = o.update_time;
    if (status == "DELIVERED")
      o.delivery_time = o.update_time;
    o.address = o.shipping == "SELLER" && status != "UNPAID" && status != "ON_HOLD" && status != "CANCELLED";
  }

  /// Later fetches are asked later; several may fall into one second of TikTok's.
  timestamp asked(const order_object& o) {
    asked_ = std::max(asked_ + std::chrono::microseconds{1 + below(1000)}, timestamp{from_seconds(o.update_time)});
    return asked_;
  }

  /// A status that no table has, between two that are known or at the end.
  void pass_through_unknown(life& l, order_object& o) {
    const auto known = o.status;
    o.status = one_in(2) ? "GIFT_WRAPPING" : "RECALLED";
    o.update_time += 1;
    tell(l, o);
    o.status = known;
  }

  void tell(life& l, order_object& o) {
    if (!one_in(4)) // a webhook may be lost
      l.said.push_back(status_webhook(o.status == "CANCELLED" ? "CANCEL" : o.status, o.update_time,
                                      one_in(2) ? std::optional{true} : std::nullopt));
    for (int details = below(3); details > 0; --details) {
      if (one_in(2))
        o.note = "change " + std::to_string(++changes_); // content moves without the update time
      l.said.push_back(detail_input(o.json(), asked(o), one_in(2) ? std::optional{outbox_ref{1, 1}} : std::nullopt));
    }
    l.newest = o;
    if (one_in(5))
      l.said.push_back(address_webhook(o.update_time));
    if (one_in(5))
      l.said.push_back(package_webhook("1153132168123859123", one_in(2) ? "SPLIT" : "COMBINE", o.update_time));
    if (one_in(5))
      l.said.push_back(cancellation_webhook(
          "4035318504086604100", one_in(2) ? "CANCELLATION_REQUEST_PENDING" : "CANCELLATION_REQUEST_COMPLETE", o.update_time));
  }

  std::mt19937_64 random_;
  timestamp asked_{};
  int changes_ = 0;
};

/// Where an order ended, as far as it must not depend on the way.
std::string outcome_of(const history& h) {
  const auto& o = h.current;
  std::string text = std::string{name_of(o.state)} + " " + std::string{name_of(o.failure)};
  if (o.facts.status)
    text += " " + std::string{name_of(o.facts.status->status)} + "@" + std::to_string(to_seconds(o.facts.status->update_time));
  text += o.facts.detail ? " " + o.facts.detail->content_hash.substr(0, 8) : " no detail";
  text += o.closed_at ? " closed" : "";
  for (const auto& kind : h.open_attention())
    text += " !" + kind;
  for (const auto* all : {&o.facts.packages, &o.facts.cancellations})
    for (const auto& [id, fact] : *all)
      text += " " + id + "=" + fact.status;
  return text;
}

/// The fetcher does its work until nothing is wanted any more.
void fetch_until_settled(history& h, const life& l, int limit) {
  for (int calls = 0; h.wants_detail(); ++calls) {
    REQUIRE(calls < limit);
    h.answer_fetch(l.newest.json());
  }
}

history delivered(const life& l, const std::vector<input>& in_this_order, const policy& rules, bool fetch_between,
                  life_maker& any) {
  history h{rules};
  h.now = l.end + std::chrono::seconds{60};
  for (const auto& in : in_this_order) {
    h.take(in);
    if (fetch_between && any.one_in(4))
      fetch_until_settled(h, l, 3);
  }
  fetch_until_settled(h, l, 3);
  return h;
}

std::string told(const history& h) {
  std::string text;
  for (const auto& e : h.events)
    text += bytes_of(e) + "\n";
  return text;
}

} // namespace

TEST_CASE("the same facts in any order, any number of times, end in the same order") {
  const auto seed = seed_of_run();
  std::map<std::string, int> ends;
  for (int run = 0; run < 300; ++run) {
    life_maker any{seed + static_cast<std::uint64_t>(run)};
    const auto l = any.make();
    policy rules;
    rules.auto_start = !any.one_in(4);
    const auto straight = delivered(l, l.said, rules, false, any);
    const auto expected = outcome_of(straight);
    ++ends[std::string{name_of(straight.current.state)}];
    for (int order = 0; order < 8; ++order) {
      auto shuffled = l.said;
      for (const auto& in : l.said)
        if (any.one_in(3))
          shuffled.push_back(in);
      std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64{seed + static_cast<std::uint64_t>(run * 100 + order)});
      const auto other = delivered(l, shuffled, rules, any.one_in(2), any);
      INFO("seed " << seed << " run " << run << "\n" << told(straight) << "--- other\n" << told(other));
      REQUIRE(outcome_of(other) == expected);
    }
  }
  for (auto state : all_order_states()) {
    INFO(name_of(state));
    CHECK(ends[std::string{name_of(state)}] > 0);
  }
}

TEST_CASE("delivering again what was delivered takes no seq and asks for nothing") {
  const auto seed = seed_of_run();
  for (int run = 0; run < 200; ++run) {
    life_maker any{seed + 50'000 + static_cast<std::uint64_t>(run)};
    const auto l = any.make();
    auto h = delivered(l, l.said, {}, false, any);
    const auto version = h.current.version;
    for (const auto& in : l.said) {
      const auto d = h.take(in);
      INFO("seed " << seed << " run " << run << " " << *in.raw);
      REQUIRE((d.outcome == input_outcome::duplicate || d.outcome == input_outcome::stale));
      REQUIRE(d.promises.empty());
    }
    REQUIRE(h.current.version == version);
  }
}

} // namespace orderly::test
