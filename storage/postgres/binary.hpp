#pragma once
// Parameters in PostgreSQL's binary format: no escaping, no hex, and a value that the server cannot hold is
// its error and not a silently cut text. A statement takes its rows as one array a column.

#include "base/clock.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::postgres {

/// The server's type numbers (pg_type), fixed for all its versions.
enum class type : std::uint32_t { boolean = 16, bytes = 17, integer = 20, text = 25, time = 1184, uuid = 2950, json = 3802 };

/// Rows to hand to `unnest`. Each call adds the value of the next column, from left to right; after the last
/// comes the next row.
class rows {
public:
  rows(std::initializer_list<type> columns);

  rows& flag(bool value);
  rows& integer(std::int64_t value);
  rows& integer(std::optional<std::int64_t> value);
  rows& text(std::string_view value);
  rows& text_or_null(std::string_view value); ///< empty is null
  rows& bytes(std::string_view value);
  rows& id(const uuid& value);
  rows& at(timestamp value); ///< timestamp::max() is 'infinity', min() '-infinity'
  rows& at(std::optional<timestamp> value);
  rows& json(std::string_view serialized);
  rows& json_or_null(std::string_view serialized); ///< empty is null
  rows& null();

  /// Complete rows.
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// One parameter a column; the rows are gone afterwards.
  std::vector<std::string> take();

private:
  std::string& begin_value(std::size_t size);
  void end_value();

  struct column {
    type element;
    std::string buffer; ///< head of the array, then its values
    bool has_null = false;
  };
  std::vector<column> columns_;
  std::size_t next_ = 0, count_ = 0;
};

/// Single values, from left to right.
class values {
public:
  values& integer(std::int64_t value);
  values& integers(std::span<const std::int64_t> all); ///< an array
  values& text(std::string_view value);
  values& id(const uuid& value);
  values& at(timestamp value);
  values& json(std::string_view serialized);
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

private:
  std::vector<std::string> all_;
};

} // namespace orderly::postgres
