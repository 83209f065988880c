#pragma once
// What the tests of why.hpp share: an order as the engine would have it stored, and who asks why it does not move.

#include "domain/order/why.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

#include <algorithm>

namespace orderly::test {

inline std::vector<std::string> codes_of(const why_answer& answer) {
  std::vector<std::string> all;
  for (const auto& cause : answer.causes)
    all.emplace_back(name_of(cause.code));
  return all;
}

using codes = std::vector<std::string>;

/// An order as the engine would have it stored, and the surroundings in which nothing is wrong.
class asked {
public:
  explicit asked(const history& of) : what{of.current, {}, {}, {}, {}} {
    around = {of.now, of.rules, true, std::nullopt};
    for (const auto& [kind, since] : of.current.facts.attention)
      what.attention.push_back({kind, since});
    std::int64_t id = 8812;
    for (const auto& [name, row] : of.outbox)
      what.promises.push_back(
          {id++, name.first, row.state, row.state == promise_state::open ? std::optional{row.due_at} : std::nullopt, 0, {}, {}});
    for (auto e = of.events.rbegin(); e != of.events.rend(); ++e)
      if (std::none_of(what.latest.begin(), what.latest.end(), [&](const event& told) { return told.type == e->type; }))
        what.latest.push_back(*e);
  }
  [[nodiscard]] why_answer answer() const {
    auto said = why_of(what, around);
    for (const auto& cause : said.causes) { // whatever it says
      CHECK_FALSE(cause.evidence.empty());
      CHECK_FALSE(cause.remedy.text.empty());
      CHECK_FALSE(cause.sentence.empty());
      CHECK((!cause.until || *cause.until > around.now));
      CHECK(cause.sentence.find("soon") == std::string::npos);
    }
    CHECK(std::is_sorted(said.causes.begin(), said.causes.end(), [](const auto& a, const auto& b) { return a.code < b.code; }));
    if (!said.causes.empty())
      CHECK(said.sentence == said.causes.front().sentence);
    return said;
  }
  [[nodiscard]] codes all() const { return codes_of(answer()); }
  asked& fetch(std::int64_t attempts, timestamp due, std::string error) {
    what.promises = {{8815, promise_kind::fetch_detail, promise_state::open, due, attempts, {}, std::move(error)}};
    return *this;
  }
  asked& report(std::int64_t attempts, timestamp due, std::string error) {
    what.promises = {{8812, promise_kind::mark_shipped, promise_state::open, due, attempts, {}, std::move(error)}};
    return *this;
  }

  order_situation what;
  why_surroundings around;
};

/// Known by a webhook, its detail not there yet.
inline history heard_of() {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  return h;
}
inline history in_processing() {
  auto h = heard_of();
  h.answer_fetch(order_object{}.json());
  REQUIRE(h.current.state == order_state::processing);
  return h;
}
inline history being_reported() {
  auto h = in_processing();
  h.take(ship());
  REQUIRE(h.current.facts.reports.size() == 1);
  return h;
}
inline input report_answer(const history& h, report_result result, std::string code) {
  report_answered what;
  what.promise = {8812, 1};
  what.report = h.current.facts.reports.front().ref;
  what.result = result;
  what.code = std::move(code);
  return engine_input(what, input_source::tiktok);
}

} // namespace orderly::test
