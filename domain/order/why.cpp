#include "domain/order/why.hpp"

#include "base/names.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/judging.hpp"
#include "domain/order/why_rules.hpp"
#include "domain/tiktok/call.hpp"

#include <algorithm>
#include <array>

namespace orderly {
namespace {

constexpr std::array<std::string_view, 14> codes{
    "unreadable",     "quarantined",    "store_failing",  "held",        "shop_stopped",  "report_failed",    "detail_failed",
    "detail_waiting", "report_failing", "report_waiting", "tiktok_hold", "guard_refused", "waits_for_person", "at_end"};
constexpr std::array<std::string_view, 4> classes{"person", "time", "engine", "tiktok"};

/// By why_code.
constexpr std::array<why_rules::rule, 14> rules{
    why_rules::unreadable,       why_rules::quarantined,    why_rules::store_failing, why_rules::held,
    why_rules::shop_stopped,     why_rules::report_failed,  why_rules::detail_failed, why_rules::detail_waiting,
    why_rules::report_failing,   why_rules::report_waiting, why_rules::tiktok_hold,   why_rules::guard_refused,
    why_rules::waits_for_person, why_rules::at_end};

/// What stands in columns of its own: known also when the facts cannot be read.
bool needs_no_facts(why_code code) { return code <= why_code::held; }
bool is_last_resort(why_code code) { return code >= why_code::waits_for_person; }

std::optional<why_deadline> deadline_of(const order& o) {
  const auto at = due_at(o);
  if (!at)
    return std::nullopt;
  const bool to_be_collected = at == o.facts.detail->tts_sla_time && at != o.facts.detail->rts_sla_time;
  return why_deadline{to_be_collected ? "collection" : "ship", timestamp{*at}};
}

void say_what_is_not_known(why_answer& answer, const why_surroundings& around) {
  if (!around.store_commits)
    answer.not_known.push_back({std::string{name_of(why_code::store_failing)}, "the engine is draining"});
}

} // namespace

std::string_view name_of(why_code code) { return name_tables::name_in(codes, code); }
std::string_view name_of(why_class of) { return name_tables::name_in(classes, of); }

why_answer why_of(const order_situation& what, const why_surroundings& around) {
  const why_rules::view of{what, around};
  const bool readable = what.unreadable.empty();
  why_answer answer;
  say_what_is_not_known(answer, around);
  if (!readable)
    answer.not_known.push_back({"facts", "the order's facts cannot be read"});
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto code = static_cast<why_code>(i);
    if (!readable && !needs_no_facts(code))
      continue;
    const bool is_known = code != why_code::store_failing || around.store_commits;
    if (is_last_resort(code) && (!answer.causes.empty() || (code == why_code::waits_for_person && !answer.not_known.empty())))
      continue;
    if (auto cause = rules[i](of))
      answer.causes.push_back(*std::move(cause));
    else if (is_known && !is_last_resort(code))
      answer.not_it.push_back(code);
  }
  if (readable)
    answer.deadline = deadline_of(what.order);
  answer.sentence = answer.causes.empty()
                        ? of.it_is() + ". Nothing was found that stands in its way, but not everything could be looked at."
                        : answer.causes.front().sentence;
  return answer;
}

why_answer why_unread(std::string_view reason, const why_surroundings& around) {
  const order_situation nothing;
  why_answer answer;
  say_what_is_not_known(answer, around);
  answer.not_known.push_back({"order", std::string{reason}});
  if (auto cause = why_rules::store_failing({nothing, around}))
    answer.causes.push_back(*std::move(cause));
  else if (around.store_commits)
    answer.not_it.push_back(why_code::store_failing);
  answer.sentence =
      answer.causes.empty() ? "The order cannot be read now: " + std::string{reason} + "." : answer.causes.front().sentence;
  return answer;
}

namespace why_rules {

const open_attention* view::attention(std::string_view kind) const {
  const auto found =
      std::find_if(what.attention.begin(), what.attention.end(), [&](const open_attention& row) { return row.kind == kind; });
  return found == what.attention.end() ? nullptr : &*found;
}

const event* view::newest(event_type type) const {
  const auto found = std::find_if(what.latest.begin(), what.latest.end(), [&](const event& e) { return e.type == type; });
  return found == what.latest.end() ? nullptr : &*found;
}

const unkept_promise* view::promise(promise_kind kind) const {
  const auto found =
      std::find_if(what.promises.begin(), what.promises.end(), [&](const unkept_promise& row) { return row.kind == kind; });
  return found == what.promises.end() ? nullptr : &*found;
}

std::string view::it_is() const { return "It is " + std::string{name_of(o().state)}; }

std::string view::verb(std::string_view name) const { return "orderly order " + o().tiktok_id.str() + ' ' + std::string{name}; }
std::string view::act(std::string_view name) const {
  return "POST /api/v1/orders/" + o().tiktok_id.str() + '/' + std::string{name};
}

std::optional<timestamp> view::if_ahead(std::optional<timestamp> at) const { return at && *at > around.now ? at : std::nullopt; }

bool is_at_end(const order& o, const policy& rules) {
  if (o.state == order_state::delivered || o.state == order_state::failed)
    return true;
  if (!is_closed(o.facts))
    return false;
  const auto target = derive_target(o.facts, rules);
  return target && (target->state == o.state || !shortest_path(o.state, target->state));
}

bool is_final(const order& o, const policy& rules) {
  const bool may_be_retried = o.state == order_state::failed && !is_closed(o.facts);
  return is_at_end(o, rules) && !may_be_retried;
}

bool needs_detail(const order& o) {
  const auto& f = o.facts;
  if (o.state == order_state::delivered || o.state == order_state::failed)
    return false;
  if (is_closed(f))
    return !detail_is_current(f);
  if (o.state == order_state::received)
    return is_known_to_tiktok(f) && !must_wait(f) && !detail_is_complete(f);
  return o.state == order_state::processing && !f.detail && is_known_to_tiktok(f);
}

std::string said(timestamp at) {
  auto text = to_rfc3339(at);
  return text.substr(0, text.find('.')) + 'Z';
}

std::string said(std::string_view last_error, bool is_write) {
  const auto code = whole_number(last_error);
  if (!code)
    return std::string{last_error};
  return "TikTok " + std::string{last_error} + " (" + std::string{name_of(classify_call(200, *code, {}, is_write))} + ")";
}

} // namespace why_rules
} // namespace orderly
