#include "domain/order/json_fields.hpp"

namespace orderly {

std::string field_reader::text(std::string_view key) {
  const auto* value = object_->if_contains(key);
  if (!value)
    return {};
  if (!value->is_string())
    wrong(key);
  return std::string{string_at(*object_, key)};
}

std::int64_t field_reader::number(std::string_view key) {
  const auto* value = object_->if_contains(key);
  if (!value)
    return 0;
  if (!value->is_int64()) {
    wrong(key);
    return 0;
  }
  return value->get_int64();
}

bool field_reader::flag(std::string_view key) {
  const auto* value = object_->if_contains(key);
  if (value && !value->is_bool())
    wrong(key);
  return bool_at(*object_, key).value_or(false);
}

std::optional<unix_seconds> field_reader::seconds(std::string_view key) {
  if (!has(key))
    return std::nullopt;
  return from_seconds(number(key));
}

std::optional<timestamp> field_reader::micros(std::string_view key) {
  if (!has(key))
    return std::nullopt;
  return from_micros(number(key));
}

const json::object* field_reader::object(std::string_view key) {
  static const json::object none;
  const auto* found = object_at(*object_, key);
  if (!found && has(key))
    wrong(key);
  return found ? found : &none;
}

const json::array* field_reader::array(std::string_view key) {
  static const json::array none;
  const auto* found = array_at(*object_, key);
  if (!found && has(key))
    wrong(key);
  return found ? found : &none;
}

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty())
    out[key] = value;
}
void put(json::object& out, std::string_view key, bool value) {
  if (value)
    out[key] = true;
}
void put(json::object& out, std::string_view key, const std::optional<unix_seconds>& value) {
  if (value)
    out[key] = to_seconds(*value);
}
void put(json::object& out, std::string_view key, const std::optional<timestamp>& value) {
  if (value)
    out[key] = to_micros(*value);
}

} // namespace orderly
