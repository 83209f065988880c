#pragma once
// All rules over one order. Safe to run for many orders at once.

#include "tools/orderly/answered.hpp"
#include "tools/orderly/evidence.hpp"

#include <span>

namespace orderly::audit {

struct settings {
  policies known;
  bool replay = false;
  timestamp late_before{}; ///< an input that came earlier should not be pending any more
};

struct order_report {
  tiktok_order_id id;
  std::vector<finding> findings;
  bool stored = false;    ///< has a row
  bool unadopted = false; ///< inserted by hand, and no engine has touched it yet
  bool quarantined = false;
  bool dead_letters = false;
  std::int64_t pending = 0, late = 0; ///< inputs; late ones only if the order is not quarantined

  [[nodiscard]] bool rules_changed() const;
  /// Something else was found too.
  [[nodiscard]] bool damaged() const;
};

order_report audit_order(const order_dossier& stored, std::span<const answered_webhook> answered, const settings& by);

/// The bodies of `policies`. Errors: internal, naming the one that cannot be read.
result<policies> read_policies(const std::map<std::int64_t, std::string>& bodies);

} // namespace orderly::audit
