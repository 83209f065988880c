#include "domain/order/decide.hpp"
#include "tools/orderly/document_fold.hpp"
#include "tools/orderly/rules.hpp"

#include <algorithm>

namespace orderly::audit {
namespace {

/// As decide() took it.
std::optional<input> input_from(const input_row& row, const tiktok_order_id& order) {
  const auto source = input_source_from(row.source);
  auto body = source ? parse_body(*source, row.type, row.raw, order) : result<input_body>{error{}};
  if (!body)
    return std::nullopt;
  input in;
  in.id = row.id;
  in.dedupe_key = row.dedupe_key;
  in.order = order;
  in.received_at = row.received_at;
  in.source = *source;
  in.actor = row.actor;
  in.shop = shop_id{row.shop};
  in.type = row.type;
  in.notification_id = row.notification_id;
  in.raw = std::make_shared<const std::string>(row.raw);
  in.body = *std::move(body);
  return in;
}

/// In the order in which they were decided: of those that saw one version, the one that moved it on is the last.
std::vector<const input_evidence*> decided_inputs(const evidence& all) {
  std::vector<const input_evidence*> decided;
  for (const auto& in : all.inputs)
    if (in.outcome && in.outcome != input_outcome::pending && in.outcome != input_outcome::dead && in.row->decided_on)
      decided.push_back(&in);
  const auto key = [](const input_evidence* in) { return std::pair{*in->row->decided_on, in->events > 0}; };
  std::stable_sort(decided.begin(), decided.end(), [&](auto* a, auto* b) { return key(a) < key(b); });
  return decided;
}

bool same_event(const event& a, const event& b) {
  return a.seq == b.seq && a.at == b.at && a.type == b.type && a.source == b.source && a.actor == b.actor && a.from == b.from &&
         a.to == b.to && a.input == b.input && same_value(a.detail, b.detail);
}

std::string shown(std::string_view outcome, std::span<const event> events) {
  std::string text{outcome};
  for (const auto& e : events)
    (text += text == outcome ? ": " : ", ") += orderly::name_of(e.type);
  return text;
}

class replay {
public:
  replay(const evidence& all, findings& out) : all_(all), out_(out), document_(all, elsewhere_) {
    order_.tiktok_id = all.stored.id;
  }

  /// False: what follows cannot be decided either.
  bool take(const input_evidence& in, const policy& rules) {
    const auto& row = *in.row;
    const bool in_line = order_.version == *row.decided_on && (in.events == 0 || in.last_seq == order_.version + in.events);
    if (!in.raw_is_whole || !row.decided_at || !in_line)
      return false; // as another rule says
    const auto what = input_from(row, all_.stored.id);
    if (!what) {
      out_.add(rule::replay, name_of(row), "a body that cannot be read", "one that can");
      return false;
    }
    const auto d = decide(order_, order_.version > 0 ? &document_.document() : nullptr, *what, rules, *row.decided_at);
    const auto stored =
        std::span{all_.events}.subspan(static_cast<std::size_t>(order_.version), static_cast<std::size_t>(in.events));
    const bool same = orderly::name_of(d.outcome) == row.outcome &&
                      std::equal(d.events.begin(), d.events.end(), stored.begin(), stored.end(), same_event) &&
                      (!in.told || same_value(to_json(*in.told), to_json(d.answer)));
    if (!same && !say_difference(in, stored, d, rules))
      return false;
    return go_on_from(stored);
  }

  /// Once for the order: it was decided as it was meant to be then.
  void say_what_older_rules_decided() {
    if (!changed_)
      return;
    if (times_ > 1)
      changed_->what += ", and " + said(times_ - 1) + " more of its inputs";
    out_.add(rule::rules_changed, changed_->what, changed_->found, changed_->expected);
  }

private:
  /// Whether other rules, of an older or a newer version, may be the reason.
  bool say_difference(const input_evidence& in, std::span<const event> stored, const decision& d, const policy& rules) {
    finding f{rule::replay, name_of(*in.row) + ", decided on version " + said(order_.version), shown(in.row->outcome, stored),
              shown(orderly::name_of(d.outcome), d.events) + ", as this version of the program decides"};
    if (rules.rules == current_rules) {
      out_.add(f.rule, f.what, f.found, f.expected);
      return false;
    }
    if (++times_ == 1)
      changed_ = std::move(f);
    return true;
  }

  /// From what is stored, which a later input was decided on, whatever is decided now.
  bool go_on_from(std::span<const event> stored) {
    for (const auto& e : stored) {
      order_ = apply(std::move(order_), e);
      if (!document_.take(e))
        return false;
    }
    return true;
  }

  const evidence& all_;
  findings& out_;
  findings elsewhere_; ///< what the document lacks is another rule's to say
  order order_;
  document_fold document_;
  std::optional<finding> changed_; ///< the first
  std::int64_t times_ = 0;
};

} // namespace

void check_replay(const evidence& all, const policies& known, findings& out) {
  if (!all.whole || all.adopted || all.folded.facts.erased)
    return; // what a row inserted by hand was before its first input is stored nowhere
  replay again{all, out};
  for (const auto* in : decided_inputs(all)) {
    const auto rules = known.find(in->row->policy_version.value_or(0));
    if (rules == known.end() || !again.take(*in, rules->second))
      break;
  }
  again.say_what_older_rules_decided();
}

} // namespace orderly::audit
