#pragma once
// A parsed text, read where the parser left it, without a tree of values: for what is read once and not kept (webhooks). Both
// ways of reading, this one and parse_json, are of the same parse. The parser itself is hidden.

#include "base/json.hpp"

#include <cstddef>
#include <memory>

namespace orderly {

/// One value of a parsed text, or nothing. Valid as long as its parsed_json, like the texts that it gives.
class json_view {
public:
  json_view() = default;
  /// There is a value; null is one.
  explicit operator bool() const { return text_ != nullptr; }
  [[nodiscard]] bool is_object() const;

  friend bool operator==(const json_view&, const json_view&) = default; ///< the same place

private:
  friend struct json_places;
  const void* text_ = nullptr;
  std::size_t place_ = 0;
};

/// The members of an array.
class json_items {
public:
  class iterator {
  public:
    json_view operator*() const { return at_; }
    iterator& operator++();
    bool operator==(const iterator&) const = default;

  private:
    friend struct json_places;
    json_view at_;
  };
  [[nodiscard]] iterator begin() const { return begin_; }
  [[nodiscard]] iterator end() const { return end_; }

private:
  friend struct json_places;
  iterator begin_, end_;
};

/// Owns what its views look at. A thread keeps one parser for its next text; a second text at a time has its own.
class parsed_json {
public:
  /// Errors: as parse_json.
  static result<parsed_json> read(std::string_view text, inexact_numbers policy = inexact_numbers::as_text);
  [[nodiscard]] json_view root() const;

private:
  struct parser;
  struct kept;
  struct giver_back { ///< to the thread, unless it has grown too large to be kept
    void operator()(parser* one) const;
  };
  parsed_json();
  std::unique_ptr<parser, giver_back> parser_;
};

/// As it is stored.
json::value value_of(json_view view);

/// The readers of base/json.hpp over views: what is absent, null or of the wrong type is nothing. Of members with one name the
/// last counts.
json_view member_at(json_view object, std::string_view key);
std::string_view string_at(json_view object, std::string_view key);
std::string id_at(json_view object, std::string_view key);
std::optional<std::int64_t> int_at(json_view object, std::string_view key);
std::optional<bool> bool_at(json_view object, std::string_view key);
json_view object_at(json_view object, std::string_view key);
json_items items_at(json_view object, std::string_view key);
/// The value itself, not a member of it.
std::string id_of(json_view view);

} // namespace orderly
