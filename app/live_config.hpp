#pragma once
// The configuration of a running engine, read again on SIGHUP (docs/operations.md says what changes by that).

#include "app/instance.hpp"
#include "config/config.hpp"

#include <chrono>

namespace orderly {

/// Used by one thread.
class live_config {
public:
  /// @param started as it was read, before it was fitted to this machine
  live_config(const config_sources& sources, const config& started, instance& running)
      : sources_(sources), in_force_(started), running_(running) {}

  /// Takes over what can change, and warns of each other key that has changed. With a problem, of whatever kind, nothing changes.
  void reread();
  [[nodiscard]] std::chrono::seconds grace() const { return in_force_.shutdown.grace; }

private:
  void take_over(const config& read);

  const config_sources& sources_;
  config in_force_;
  instance& running_;
};

/// Logs that every webhook will be refused, where that is so.
void warn_of_gaps(const config& values);

} // namespace orderly
