#include "domain/order/policy.hpp"

namespace orderly {

json::object to_json(const policy& p) {
  return {{"auto_start", p.auto_start},
          {"paid_wait", p.paid_wait.count()},
          {"report_shipments", p.report_shipments},
          {"rules", p.rules}};
}

policy policy_from(const json::object& body, std::int64_t version) {
  policy p;
  p.version = version;
  p.rules = int_at(body, "rules").value_or(1);
  p.auto_start = bool_at(body, "auto_start").value_or(p.auto_start);
  p.report_shipments = bool_at(body, "report_shipments").value_or(p.report_shipments);
  p.paid_wait = std::chrono::seconds{int_at(body, "paid_wait").value_or(p.paid_wait.count())};
  return p;
}

} // namespace orderly
