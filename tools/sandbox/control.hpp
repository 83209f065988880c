#pragma once
// The sandbox's own API under /_sandbox/: make orders, read the ledger, hold answers and break calls on purpose.
// TikTok has nothing like it.

#include "tools/sandbox/ledger.hpp"
#include "tools/sandbox/shop.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace orderly::sandbox {

/// Of verified calls. hold_before: they wait before they take effect. hold_after: they take effect, then their answers wait.
enum class gate_mode { open, hold_before, hold_after };
enum class fault { rate_limited, server_error, html, close };

/// Gates and faults, by endpoint ("detail", "mark_shipped", "search"), for calls that are verified.
class obstacles {
public:
  [[nodiscard]] gate_mode mode(const std::string& endpoint) const;
  void set_mode(const std::string& endpoint, gate_mode mode);
  void add_faults(const std::string& endpoint, fault kind, int count) { faults_[endpoint] = {kind, count}; }
  std::optional<fault> take_fault(const std::string& endpoint);
  /// How many calls a closed gate holds right now; the server counts them.
  std::map<std::string, int> waiting;
  std::function<void()> changed = [] {};

private:
  struct planned {
    fault kind{};
    int left = 0;
  };
  std::map<std::string, gate_mode> modes_;
  std::map<std::string, planned> faults_;
};

class control {
public:
  control(shop& floor, ledger& book, obstacles& in_the_way, std::function<bool(const std::string& url)> set_webhook)
      : shop_(floor), ledger_(book), obstacles_(in_the_way), set_webhook_(std::move(set_webhook)) {}
  [[nodiscard]] static bool is_for(const request& call) { return call.path.starts_with("/_sandbox/"); }
  response answer(const request& call);

private:
  response post(const request& call, const std::string& what);
  response get(const std::string& what);

  shop& shop_;
  ledger& ledger_;
  obstacles& obstacles_;
  std::function<bool(const std::string&)> set_webhook_;
};

} // namespace orderly::sandbox
