#pragma once
// What an audit prints: a line each finding, then what is worth knowing and no damage, then the sum. As text or as JSON lines.

#include "tools/orderly/audit_order.hpp"

namespace orderly::audit {

class printer {
public:
  explicit printer(bool as_json) : as_json_(as_json) {}

  void add(const order_report& one);
  /// Events that belong to no stored order.
  void add_ownerless(const order_id& id);
  /// The counts and the last line. True when nothing is damaged.
  bool finish(std::chrono::minutes patience);

private:
  void say(const std::string& order, const finding& one);
  void say_counts(std::chrono::minutes patience) const;

  bool as_json_;
  std::int64_t orders_ = 0, damaged_ = 0, unadopted_ = 0, rules_changed_ = 0, quarantined_ = 0, with_dead_letters_ = 0,
               pending_ = 0, late_ = 0;
};

} // namespace orderly::audit
