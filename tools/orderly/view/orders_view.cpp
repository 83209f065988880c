// A list of orders.

#include "tools/orderly/view/answer_fields.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <array>

namespace orderly::view {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> glyphs{
    {{"received", "○"}, {"processing", "◑"}, {"shipped", "◕"}, {"delivered", "●"}, {"failed", "✕"}}};

/// Of an order that is still to be shipped.
std::string due_of(const json::object& order, timestamp now) {
  const auto state = string_at(order, "state");
  const auto at = time_at(order, "due_at");
  return at && (state == "received" || state == "processing") ? due(*at, now) : "-";
}

void add_note(std::string& to, std::string_view note) {
  if (!to.empty())
    to += ", ";
  to += note;
}

/// What a person should know of it at a glance; what needs one begins with '!'.
std::string notes_of(const json::object& order) {
  std::string out;
  each_object(array_at(order, "attention"),
              [&](const json::object& each) { add_note(out, "! " + words(string_at(each, "kind"))); });
  if (!string_at(order, "unreadable").empty())
    add_note(out, "! unreadable");
  if (bool_at(order, "held").value_or(false))
    add_note(out, "held");
  if (!string_at(order, "failure").empty())
    add_note(out, words(string_at(order, "failure")));
  if (const auto pending = string_at(order, "pending"); !pending.empty())
    add_note(out, pending == "report" ? "report under way" : "to be shipped after the hold");
  if (bool_at(order, "partially_shipped").value_or(false))
    add_note(out, "partially shipped");
  return out;
}

} // namespace

std::string state_with_glyph(std::string_view state, const style& by) {
  for (const auto& [name, glyph] : glyphs)
    if (by.draws() && name == state)
      return std::string{glyph} + ' ' + std::string{state};
  return std::string{state};
}

table orders_table(const json::array& orders, const style& by) {
  table out{{{"ORDER", alignment::left, 18, 0},
             {"STATE", alignment::left, by.draws() ? std::size_t{12} : std::size_t{10}, 0},
             {"TIKTOK", alignment::left, 0, 2},
             {"CHANGED", alignment::right, 6, 1},
             {"DUE", alignment::left, 9, 0},
             {"NOTES", alignment::left, 0, 0}}};
  each_object(&orders, [&](const json::object& each) {
    const auto changed = time_at(each, "updated_at");
    out.add({text_at(each, "tiktok_order_id"), state_with_glyph(string_at(each, "state"), by),
             words(string_at(each, "tiktok_status")), changed ? age(*changed, by.now) : "-", due_of(each, by.now),
             notes_of(each)});
  });
  return out;
}

} // namespace orderly::view
