#include "net/api/command_body.hpp"

#include "base/json.hpp"
#include "net/http/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>

namespace orderly {
namespace {

constexpr std::size_t max_reason = 1000, max_note = 4000, max_tracking = 100, max_id = 64, max_lines = 500,
                      max_password = 512; // 128 characters

error wrong(std::string_view field, std::string_view found, std::string allowed) {
  error e{error_code::invalid_field, "The field \"" + shown(field) + "\" must be " + allowed + ".", {}};
  e.details = {{"field", shown(field)}, {"found", shown(found)}, {"allowed", std::move(allowed)}};
  return e;
}

/// Reads the members of one object; remembers the first thing that is wrong.
class command_fields {
public:
  explicit command_fields(const json::object& from) : from_(from) {}

  void allow_only(std::initializer_list<std::string_view> known) {
    for (const auto& member : from_)
      if (std::find(known.begin(), known.end(), member.key()) == known.end())
        fail(wrong(member.key(), "unknown field",
                   known.size() == 0 ? "absent: no field is known here" : one_of(std::span{known.begin(), known.end()})));
  }
  /// Empty when absent. Blanks around it are dropped.
  std::string text(std::string_view key, std::size_t max, bool required = false) {
    const std::string allowed = "a string of " + std::string{required ? "1" : "0"} + " to " + std::to_string(max) + " bytes";
    const auto* value = from_.if_contains(key);
    if (!value) {
      if (required)
        fail(wrong(key, "absent", allowed));
      return {};
    }
    if (!value->is_string())
      return fail(wrong(key, json::serialize(*value), allowed)), std::string{};
    std::string out{value->get_string()};
    constexpr std::string_view blanks = " \t\r\n";
    out.erase(0, std::min(out.find_first_not_of(blanks), out.size()));
    out.erase(out.find_last_not_of(blanks) + 1);
    if (out.size() > max || (required && out.empty()))
      fail(wrong(key, json::serialize(*value), allowed));
    return out;
  }
  /// Blanks count, and an error does not show it.
  std::string secret(std::string_view key, std::size_t max) {
    const auto* value = from_.if_contains(key);
    if (value && value->is_string() && !value->get_string().empty() && value->get_string().size() <= max)
      return std::string{value->get_string()};
    return fail(wrong(key, value ? "(not shown)" : "absent", "a string of 1 to " + std::to_string(max) + " bytes")),
           std::string{};
  }
  std::optional<std::int64_t> version(std::string_view key) {
    const auto* value = from_.if_contains(key);
    if (!value)
      return std::nullopt;
    if (value->is_int64() && value->get_int64() >= 0)
      return value->get_int64();
    fail(wrong(key, json::serialize(*value), "a whole number from 0"));
    return std::nullopt;
  }
  std::size_t count(std::string_view key, std::size_t otherwise, std::int64_t max) {
    const auto* value = from_.if_contains(key);
    if (!value)
      return otherwise;
    if (value->is_int64() && value->get_int64() >= 1 && value->get_int64() <= max)
      return static_cast<std::size_t>(value->get_int64());
    fail(wrong(key, json::serialize(*value), "a whole number from 1 to " + std::to_string(max)));
    return otherwise;
  }
  dead_letter_cause cause(std::string_view key) {
    return named(key, dead_letter_cause_from, dead_letter_cause_names()).value_or(dead_letter_cause::killed_twice);
  }
  std::optional<bool> flag(std::string_view key) {
    const auto* value = from_.if_contains(key);
    if (!value)
      return std::nullopt;
    if (value->is_bool())
      return value->get_bool();
    fail(wrong(key, json::serialize(*value), "true or false"));
    return std::nullopt;
  }
  order_state state(std::string_view key) {
    return named(key, order_state_from, order_state_names()).value_or(order_state::received);
  }
  std::vector<line_item_id> lines(std::string_view key) {
    const auto* value = from_.if_contains(key);
    if (!value)
      return {};
    std::vector<line_item_id> out;
    const bool list = value->is_array() && !value->get_array().empty() && value->get_array().size() <= max_lines;
    for (const auto& one : list ? value->get_array() : json::array{}) {
      if (!one.is_string() || !is_usable_order_id(one.get_string()))
        return fail(line_problem(key, one)), std::vector<line_item_id>{};
      out.emplace_back(std::string{one.get_string()});
    }
    std::sort(out.begin(), out.end());
    if (!list || std::adjacent_find(out.begin(), out.end()) != out.end())
      fail(line_problem(key, *value));
    return out;
  }
  const json::object* object(std::string_view key) {
    const auto* value = from_.if_contains(key);
    if (!value || !value->is_object())
      return fail(wrong(key, value ? json::serialize(*value) : "absent", "an object")), nullptr;
    return &value->get_object();
  }
  void fail(error e) {
    if (!problem_)
      problem_ = std::move(e);
  }
  [[nodiscard]] const std::optional<error>& problem() const { return problem_; }

private:
  template <class Enum>
  std::optional<Enum> named(std::string_view key, std::optional<Enum> (*from)(std::string_view),
                            std::span<const std::string_view> names) {
    const auto* value = from_.if_contains(key);
    const auto known = value && value->is_string() ? from(value->get_string()) : std::nullopt;
    if (!known)
      fail(wrong(key, value ? json::serialize(*value) : "absent", one_of(names)));
    return known;
  }
  static error line_problem(std::string_view key, const json::value& found) {
    return wrong(key, json::serialize(found), "a list of 1 to 500 different line item ids, each a string of digits");
  }
  const json::object& from_;
  std::optional<error> problem_;
};

result<json::object> read_object(std::string_view text, bool may_be_empty) {
  if (text.empty() && may_be_empty)
    return json::object{};
  auto parsed = parse_json(text, inexact_numbers::refused);
  if (!parsed)
    return parsed.error();
  if (!parsed->is_object())
    return wrong("(body)", json::serialize(*parsed), "an object");
  return std::move(parsed->get_object());
}

/// `fill` reads the fields of the body into a command.
template <class Command, class Fill>
result<input_body> read_command(std::string_view text, bool may_be_empty, Fill fill) {
  const auto body = read_object(text, may_be_empty);
  if (!body)
    return body.error();
  command_fields fields{*body};
  Command command;
  fill(fields, command);
  if (fields.problem())
    return *fields.problem();
  return input_body{std::move(command)};
}

} // namespace

result<create_request> read_create(std::string_view text) {
  const auto body = read_object(text, false);
  if (!body)
    return body.error();
  command_fields fields{*body};
  fields.allow_only({"tiktok_order_id", "shop_id", "order_data"});
  create_request out;
  out.order = tiktok_order_id{fields.text("tiktok_order_id", 32, true)};
  out.body.shop = shop_id{fields.text("shop_id", max_id)};
  if (const auto* data = fields.object("order_data"))
    out.body.order_data = *data;
  if (!fields.problem() && !is_usable_order_id(out.order.str()))
    fields.fail(wrong("tiktok_order_id", out.order.str(), "a string of 1 to 32 digits"));
  if (fields.problem())
    return *fields.problem();
  return out;
}

result<input_body> read_transition(std::string_view text) {
  return read_command<move_order>(text, false, [](command_fields& fields, move_order& move) {
    fields.allow_only({"to", "reason", "expected_version", "tracking_number", "shipping_provider_id", "line_item_ids", "report"});
    move.to = fields.state("to");
    move.reason = fields.text("reason", max_reason);
    move.expected_version = fields.version("expected_version");
    move.tracking_number = fields.text("tracking_number", max_tracking);
    move.shipping_provider_id = fields.text("shipping_provider_id", max_id);
    move.lines = fields.lines("line_item_ids");
    move.report = fields.flag("report");
  });
}

result<input_body> read_retry(std::string_view text) {
  return read_command<move_order>(text, true, [](command_fields& fields, move_order& move) {
    fields.allow_only({"reason", "expected_version"});
    move.to = order_state::processing;
    move.retry = true;
    move.reason = fields.text("reason", max_reason);
    move.expected_version = fields.version("expected_version");
  });
}

result<input_body> read_hold(std::string_view text) {
  return read_command<hold_order>(text, true, [](command_fields& fields, hold_order& hold) {
    fields.allow_only({"reason"});
    hold.reason = fields.text("reason", max_reason);
  });
}

result<input_body> read_release(std::string_view text) {
  return read_command<release_order>(text, true, [](command_fields& fields, release_order&) { fields.allow_only({}); });
}

result<redrive_request> read_redrive(std::string_view text) {
  const auto body = read_object(text, false);
  if (!body)
    return body.error();
  command_fields fields{*body};
  fields.allow_only({"cause", "limit"});
  redrive_request out;
  out.cause = fields.cause("cause");
  out.limit = fields.count("limit", out.limit, 200);
  if (fields.problem())
    return *fields.problem();
  return out;
}

result<login_request> read_login(std::string_view text) {
  const auto body = read_object(text, false);
  if (!body)
    return body.error();
  command_fields fields{*body};
  fields.allow_only({"username", "password"});
  login_request out{fields.text("username", max_id, true), fields.secret("password", max_password)};
  if (fields.problem())
    return *fields.problem();
  return out;
}

result<input_body> read_note(std::string_view text) {
  return read_command<add_note>(text, false, [](command_fields& fields, add_note& note) {
    fields.allow_only({"text"});
    note.text = fields.text("text", max_note, true);
  });
}

} // namespace orderly
