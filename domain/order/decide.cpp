#include "domain/order/decide.hpp"

#include "domain/order/decide_parts.hpp"
#include "domain/order/judging.hpp"

namespace orderly {
namespace {

template <class Body, class... Kinds>
constexpr bool is_one_of = (std::is_same_v<Body, Kinds> || ...);
template <class Body>
constexpr bool is_observation =
    is_one_of<Body, observed_status, observed_address, observed_package, observed_cancellation, observed_return, observed_hint>;
/// Of these only the facts of others can be kept waiting: they change none themselves.
template <class Body>
constexpr bool leaves_facts_alone = is_one_of<Body, std::monostate, hold_order, add_note, clear_attention>;

bool is_stored(const order& o) { return o.version != 0 || !o.id.value.is_nil(); }

/// A person named its shop and may have mistyped it: in POST /orders, also before claims had a mark (then the order has
/// nothing of TikTok's), or by inserting the row.
bool only_a_person_named_its_shop(const order& o) {
  return o.facts.shop_claimed || o.version == 0 || (!o.facts.shop_confirmed && !is_known_to_tiktok(o.facts));
}

bool names_another_shop(const order& o, const input& in) {
  return !o.facts.shop.empty() && !in.shop.empty() && o.facts.shop != in.shop && !only_a_person_named_its_shop(o);
}

/// An order without a shop takes the first that names it; one whose shop only a person named takes the next one that says
/// otherwise. TikTok's word makes it final.
void take_shop(decision_builder& b) {
  const auto& f = b.current().facts;
  const bool is_news = f.shop != b.in.shop || (f.shop_claimed && b.in.source != input_source::api);
  if (b.in.shop.empty() || !is_news)
    return;
  json::object detail{{"kind", "shop"}};
  put_shop(detail, b);
  if (b.in.source != input_source::api && !f.shop.empty())
    detail["shop_confirmed"] = true;
  b.emit(event_type::fact_updated, std::move(detail));
}

/// Which rule decides, by kind of input.
class rules_by_kind {
public:
  rules_by_kind(decision_builder& b, const json::object* document) : b_(b), document_(document) {}

  input_outcome operator()(const std::monostate&) { return input_outcome::ignored; }
  input_outcome operator()(const create_order& wish) {
    const auto outcome = create(b_, wish, document_);
    if (outcome != input_outcome::refused)
      take_shop(b_);
    return outcome;
  }

  input_outcome operator()(const fetched_detail& what) {
    if (b_.current().version == 0 && !is_detail_of(what.order, b_.in.order))
      return input_outcome::ignored;
    begin_history(b_);
    take_shop(b_);
    return take_fetched(b_, what, document_);
  }
  input_outcome operator()(const fetch_failed& what) { return take_failed_fetch(b_, what); }
  input_outcome operator()(const report_answered& what) {
    return b_.current().version == 0 ? input_outcome::ignored : take_report_answer(b_, what);
  }

  template <class Body>
  input_outcome operator()(const Body& what) {
    if constexpr (is_observation<Body>) {
      begin_history(b_);
      take_shop(b_);
      return observe(b_, what);
    } else {
      if (!is_stored(b_.before))
        return b_.refuse({error_code::order_not_found, "no order has the id " + b_.in.order.str(), {}});
      begin_history(b_);
      return command(b_, what);
    }
  }

private:
  decision_builder& b_;
  const json::object* document_;
};

bool may_change_facts(const input_body& body) {
  return std::visit([](const auto& b) { return !leaves_facts_alone<std::decay_t<decltype(b)>>; }, body);
}

} // namespace

decision decide(const order& held, const json::object* document, const input& in, const policy& rules, timestamp now) {
  decision_builder b{held, in, rules, now};
  if (names_another_shop(held, in) && in.source == input_source::tiktok)
    return std::move(b).finish(input_outcome::ignored); // of a call to a shop that gave way: made again when its lease ends
  if (names_another_shop(held, in))
    return std::move(b).finish_dead(dead_letter_cause::shop_mismatch,
                                    {error_code::shop_mismatch, "the order belongs to shop " + held.facts.shop.str(), {}});
  auto outcome = std::visit(rules_by_kind{b, document}, in.body);
  if (b.has_events() && outcome != input_outcome::refused)
    outcome = input_outcome::applied; // also a duplicate that began the order's history
  if (outcome == input_outcome::applied) {
    if (may_change_facts(in.body))
      follow_facts(b);
    settle_reports(b);
    follow_attention(b);
  }
  return std::move(b).finish(outcome);
}

} // namespace orderly
