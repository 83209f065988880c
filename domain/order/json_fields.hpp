#pragma once
// Reading and writing what the engine itself stored as JSON: strict, unlike the tolerant readers of base/json.hpp, because a
// wrong type here is a damaged row. Members with the default value are left out, so that equal values give equal bytes.

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "domain/order/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// Reads members and remembers the first one that was wrong.
class field_reader {
public:
  explicit field_reader(const json::object& object) : object_(&object) {}

  [[nodiscard]] bool has(std::string_view key) const { return object_->contains(key); }
  std::string text(std::string_view key);
  std::int64_t number(std::string_view key);
  bool flag(std::string_view key);
  std::optional<unix_seconds> seconds(std::string_view key);
  std::optional<timestamp> micros(std::string_view key);
  /// Never null: an absent or wrong one is empty.
  const json::object* object(std::string_view key);
  const json::array* array(std::string_view key);
  template <class Id>
  std::vector<Id> ids(std::string_view key) {
    std::vector<Id> out;
    for (const auto& item : *array(key))
      if (const auto* text_item = item.if_string())
        out.emplace_back(std::string{text_item->data(), text_item->size()});
      else
        wrong(key);
    return out;
  }
  void wrong(std::string_view key) {
    if (bad_.empty())
      bad_ = key;
  }
  [[nodiscard]] bool ok() const { return bad_.empty(); }
  /// @param what names the whole, e.g. "facts"
  [[nodiscard]] error failure(std::string_view what) const {
    return {error_code::invalid_field, "stored " + std::string{what} + ": `" + bad_ + "` is missing or has the wrong type", {}};
  }

private:
  const json::object* object_;
  std::string bad_;
};

void put(json::object& out, std::string_view key, const std::string& value);
void put(json::object& out, std::string_view key, bool value);
void put(json::object& out, std::string_view key, const std::optional<unix_seconds>& value);
void put(json::object& out, std::string_view key, const std::optional<timestamp>& value);
template <class Id>
void put(json::object& out, std::string_view key, const std::vector<Id>& ids) {
  if (ids.empty())
    return;
  json::array items;
  for (const auto& id : ids)
    items.emplace_back(id.str());
  out[key] = std::move(items);
}

} // namespace orderly
