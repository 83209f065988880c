#include "tools/orderly/audit_order.hpp"

#include "domain/order/attention.hpp"
#include "tools/orderly/rules.hpp"

#include <algorithm>

namespace orderly::audit {
namespace {

void count(const evidence& all, const settings& by, order_report& into) {
  const auto& open = all.stored.attention;
  into.stored = all.stored.row.has_value();
  into.quarantined = std::any_of(open.begin(), open.end(), [](const auto& each) { return each.kind == attention::quarantined; });
  for (const auto& in : all.inputs) {
    into.dead_letters |= in.outcome == input_outcome::dead;
    if (in.outcome != input_outcome::pending)
      continue;
    ++into.pending;
    into.late += !into.quarantined && in.row->received_at < by.late_before ? 1 : 0;
  }
  into.unadopted = into.stored && into.findings.empty() && all.stored.row->version == 0 && all.events.empty();
}

} // namespace

bool order_report::rules_changed() const {
  return std::any_of(findings.begin(), findings.end(), [](const finding& f) { return f.rule == rule::rules_changed; });
}

bool order_report::damaged() const {
  return std::any_of(findings.begin(), findings.end(), [](const finding& f) { return f.rule != rule::rules_changed; });
}

order_report audit_order(const order_dossier& stored, std::span<const answered_webhook> answered, const settings& by) {
  findings out;
  const auto all = read_evidence(stored, out);
  check_history(all, out);
  check_causes(all, out);
  check_inputs(all, by.known, out);
  check_fold(all, out);
  check_document(all, out);
  check_target(all, by.known, out);
  check_promises(all, out);
  check_attention(all, out);
  check_answered(all, answered, out);
  if (by.replay)
    check_replay(all, by.known, out);
  order_report report;
  report.id = stored.id;
  report.findings = out.all();
  count(all, by, report);
  return report;
}

result<policies> read_policies(const std::map<std::int64_t, std::string>& bodies) {
  policies known;
  for (const auto& [version, text] : bodies) {
    const auto body = parse_json(text);
    if (!body || !body->is_object())
      return error{error_code::internal, "policy " + std::to_string(version) + " cannot be read", {}};
    known.emplace(version, policy_from(body->get_object(), version));
  }
  return known;
}

} // namespace orderly::audit
