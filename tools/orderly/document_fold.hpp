#pragma once
// The document after each event, as far as the inputs that caused them tell.

#include "tools/orderly/evidence.hpp"

namespace orderly::audit {

class document_fold {
public:
  /// What it finds missing or damaged goes to `out`. Both must outlive it.
  document_fold(const evidence& all, findings& out) : all_(all), out_(out), known_(!all.adopted) {}

  /// False when it cannot be told: an input that it needs is missing or damaged.
  bool take(const event& e);

  /// Says what differs from the stored text of the document.
  void compare(const std::string& stored);

  [[nodiscard]] const json::object& document() const { return document_; }

private:
  void begin(json::object posted);
  void merge(json::object fresh);
  [[nodiscard]] std::optional<json::object> object_of(const input_row& in) const;
  void say_difference(const json::object& found, const json::object& expected);

  const evidence& all_;
  findings& out_;
  bool known_; ///< what the row had before its first event
  json::object document_;
  std::optional<json::object> last_;
};

} // namespace orderly::audit
