#pragma once
// What an audit says about an order: which rule it breaks, what was found and what was expected. Nothing that a buyer wrote:
// where such values differ, only their names are said.

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::audit {

/// The rules by name, as docs/operations.md explains them.
namespace rule {
inline constexpr std::string_view readable = "readable", history = "history", version = "version", move = "move",
                                  from_state = "from_state", fold = "fold", document = "document", cause = "cause",
                                  input = "input", effect = "effect", decided = "decided", answer = "answer", target = "target",
                                  promise = "promise", attention = "attention", answered = "answered", replay = "replay",
                                  rules_changed = "rules_changed"; // no damage: decided by older rules
} // namespace rule

struct finding {
  std::string_view rule;
  std::string what, found, expected;
};

class findings {
public:
  void add(std::string_view rule, std::string what, std::string found, std::string expected) {
    all_.push_back({rule, std::move(what), std::move(found), std::move(expected)});
  }
  [[nodiscard]] const std::vector<finding>& all() const { return all_; }

private:
  std::vector<finding> all_;
};

/// As people read them.
inline std::string said(std::string_view text) { return text.empty() ? "nothing" : std::string{text}; }
inline std::string said(bool flag) { return flag ? "true" : "false"; }
inline std::string said(std::int64_t number) { return std::to_string(number); }
inline std::string said(timestamp at) { return to_rfc3339(at); }
template <class T>
std::string said(const std::optional<T>& value) {
  return value ? said(*value) : "nothing";
}

} // namespace orderly::audit
