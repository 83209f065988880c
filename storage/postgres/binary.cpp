#include "storage/postgres/binary.hpp"

#include <limits>
#include <type_traits>
#include <utility>

namespace orderly::postgres {
namespace {

constexpr std::size_t array_head = 20;                          // dimensions, has-null, element type, length, lower bound
constexpr std::int64_t epoch_of_postgres = 946'684'800'000'000; // 2000-01-01 in microseconds since 1970
constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
constexpr char version_of_jsonb = 1;

template <class Integer>
void put(std::string& into, Integer value) {
  const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
  for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8)
    into.push_back(static_cast<char>((bits >> shift) & 0xff));
}

std::int64_t wire_time(timestamp at) {
  if (at == timestamp::max() || at == timestamp::min())
    return at == timestamp::max() ? infinity : minus_infinity;
  return to_micros(at) - epoch_of_postgres;
}

std::string_view bytes_of(const uuid& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }

} // namespace

rows::rows(std::initializer_list<type> columns) {
  for (const auto element : columns)
    columns_.push_back({element, std::string(array_head, '\0')});
}

std::string& rows::begin_value(std::size_t size) {
  auto& into = columns_[next_].buffer;
  put(into, static_cast<std::int32_t>(size));
  return into;
}

void rows::end_value() {
  if (++next_ < columns_.size())
    return;
  next_ = 0;
  ++count_;
}

rows& rows::null() {
  put(columns_[next_].buffer, std::int32_t{-1});
  columns_[next_].has_null = true;
  end_value();
  return *this;
}

rows& rows::flag(bool value) {
  begin_value(1).push_back(value ? '\1' : '\0');
  end_value();
  return *this;
}

rows& rows::integer(std::int64_t value) {
  put(begin_value(8), value);
  end_value();
  return *this;
}

rows& rows::integer(std::optional<std::int64_t> value) { return value ? integer(*value) : null(); }

rows& rows::text(std::string_view value) {
  begin_value(value.size()).append(value);
  end_value();
  return *this;
}

rows& rows::text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
rows& rows::bytes(std::string_view value) { return text(value); }
rows& rows::id(const uuid& value) { return text(bytes_of(value)); }
rows& rows::at(timestamp value) { return integer(wire_time(value)); }
rows& rows::at(std::optional<timestamp> value) { return value ? at(*value) : null(); }

rows& rows::json(std::string_view serialized) {
  auto& into = begin_value(serialized.size() + 1);
  into.push_back(version_of_jsonb);
  into.append(serialized);
  end_value();
  return *this;
}

rows& rows::json_or_null(std::string_view serialized) { return serialized.empty() ? null() : json(serialized); }

std::vector<std::string> rows::take() {
  std::vector<std::string> arrays;
  arrays.reserve(columns_.size());
  for (auto& c : columns_) {
    std::string head;
    put(head, std::int32_t{1});
    put(head, std::int32_t{c.has_null ? 1 : 0});
    put(head, static_cast<std::uint32_t>(c.element));
    put(head, static_cast<std::int32_t>(count_));
    put(head, std::int32_t{1});
    arrays.push_back(std::exchange(c.buffer, std::string(array_head, '\0')).replace(0, array_head, head));
    c.has_null = false;
  }
  count_ = 0;
  return arrays;
}

values& values::integer(std::int64_t value) {
  put(all_.emplace_back(), value);
  return *this;
}

values& values::integers(std::span<const std::int64_t> all) {
  rows array{type::integer};
  for (const auto value : all)
    array.integer(value);
  all_.push_back(std::move(array.take().front()));
  return *this;
}

values& values::text(std::string_view value) {
  all_.emplace_back(value);
  return *this;
}

values& values::id(const uuid& value) { return text(bytes_of(value)); }
values& values::at(timestamp value) { return integer(wire_time(value)); }

values& values::json(std::string_view serialized) {
  all_.emplace_back(1, version_of_jsonb).append(serialized);
  return *this;
}

} // namespace orderly::postgres
