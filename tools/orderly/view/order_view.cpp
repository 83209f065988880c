// One order, and what happened to it.

#include "tools/orderly/view/answer_fields.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <set>

namespace orderly::view {
namespace {

/// Pieces with three blanks between them, as many a line as fit.
void add_pieces(lines& to, const std::vector<std::string>& pieces, std::size_t width) {
  std::string line;
  for (const auto& piece : pieces) {
    if (piece.empty())
      continue;
    if (!line.empty() && cells(line) + 3 + cells(piece) > width)
      to.push_back(std::exchange(line, {}));
    line += (line.empty() ? "" : "   ") + piece;
  }
  if (!line.empty())
    to.push_back(line);
}

std::string ago(std::string_view what, std::optional<timestamp> at, timestamp now) {
  if (!at)
    return {};
  const auto how_long = age(*at, now);
  return std::string{what} + ' ' + (how_long == "now" || how_long.starts_with("in ") ? how_long : how_long + " ago");
}

std::string tiktok_word(const json::object& order, timestamp now) {
  const auto status = string_at(order, "tiktok_status");
  if (status.empty())
    return "TikTok Shop has told no status yet";
  const auto since = int_at(order, "tiktok_update_time");
  const auto text = "TikTok: " + words(status);
  const auto how_long = since ? age(timestamp{from_seconds(*since)}, now) : std::string{};
  return since && how_long != "now" ? text + " for " + how_long : text;
}

void add_attention(lines& to, const json::object& order, const style& by) {
  each_object(array_at(order, "attention"), [&](const json::object& each) {
    const auto since = time_at(each, "since");
    to.push_back("! " + words(string_at(each, "kind")) + (since ? ", " + age(*since, by.now) : ""));
  });
  if (const auto why = string_at(order, "unreadable"); !why.empty())
    for (auto& line : wrapped("! unreadable: " + std::string{why}, by.width, 2))
      to.push_back(std::move(line));
}

std::string command_to(const std::string& id, std::string_view state, std::string_view from) {
  if (from == "failed" && state == "processing")
    return "orderly order " + id + " retry";
  return "orderly transition " + id + ' ' + std::string{state} + (state == "shipped" ? " --tracking N --provider ID" : "");
}

/// "guard_refused unpaid", with the end of TikTok's hold where it is known.
std::string reason_of(const json::object& why, timestamp now) {
  std::string out = text_at(why, "code");
  if (const auto reason = string_at(why, "reason"); !reason.empty())
    out += ' ' + std::string{reason};
  if (const auto until = int_at(why, "until"))
    out += ", until " + moment(timestamp{from_seconds(*until)}) + ", " + due(timestamp{from_seconds(*until)}, now);
  return out;
}

void add_next(lines& to, const json::object& order, const style& by) {
  const auto* next = array_at(order, "next_states");
  if (!next || next->empty()) {
    to.emplace_back("next        none: it is at its end");
    return;
  }
  std::string head = "next";
  each_object(next, [&](const json::object& each) {
    const auto to_state = string_at(each, "to");
    const auto* why = object_at(each, "why");
    const auto start = padded(head, 6) + padded(std::string{to_state}, 12);
    const auto text = why ? "not now: " + text_at(*why, "detail") + " (" + reason_of(*why, by.now) + ')'
                          : command_to(text_at(order, "tiktok_order_id"), to_state, string_at(order, "state"));
    if (!why && 18 + cells(text) > by.width) { // a command is to be copied: never broken
      to.push_back(start + "now:");
      to.push_back("  " + text);
    } else {
      for (const auto& line : wrapped(start + text, by.width, 18))
        to.push_back(line);
    }
    head.clear();
  });
}

std::string by_whom(const json::object& entry) {
  const auto actor = string_at(entry, "actor");
  return text_at(entry, "source") + (actor.empty() ? "" : ' ' + std::string{actor});
}

std::string fact(const json::object& detail) {
  const auto kind = string_at(detail, "kind");
  if (kind == "status")
    return "TikTok says " + words(string_at(detail, "status"));
  if (kind == "address")
    return "the address changed";
  if (kind == "shop")
    return "shop " + text_at(detail, "shop_id") +
           (detail.contains("instead_of") ? " instead of " + text_at(detail, "instead_of") : "");
  return words(kind);
}

std::string detail_of_tiktok(const json::object& detail) {
  const auto* inner = object_at(detail, "detail");
  if (!inner)
    return {};
  const auto* goods = array_at(*inner, "lines");
  const auto count = goods ? goods->size() : 0;
  return words(string_at(*inner, "status")) + (count > 0 ? ", " + std::to_string(count) + (count == 1 ? " line" : " lines") : "");
}

} // namespace

std::string meaning_of(const json::object& event) {
  static const json::object nothing;
  const auto* stored = object_at(event, "detail");
  const auto& detail = stored ? *stored : nothing;
  const auto type = string_at(event, "type");
  const auto with = [&detail](std::string text, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
      if (const auto value = string_at(detail, key); !value.empty())
        text += (text.empty() ? "" : ", ") + std::string{value};
    return text;
  };
  if (type == "transitioned") {
    const bool inferred = bool_at(detail, "inferred").value_or(false);
    return with(text_at(event, "from") + " -> " + text_at(event, "to"), {"failure"}) + (inferred ? ", inferred" : "");
  }
  if (type == "refused")
    return with("to " + text_at(event, "to") + ": " + text_at(detail, "code"), {"reason"});
  if (type == "fact_updated")
    return fact(detail);
  if (type == "detail_updated")
    return detail_of_tiktok(detail);
  if (type == "report_queued")
    return "TikTok Shop is to be told of the parcel";
  if (type == "report_succeeded")
    return with("TikTok Shop took the parcel", {"package_id"});
  if (type == "report_failed")
    return with({}, {"result", "why", "code", "message"});
  if (type == "attention_raised" || type == "attention_cleared")
    return words(string_at(detail, "kind"));
  return {};
}

lines order_lines(const json::object& order, const style& by) {
  lines out;
  const auto state = string_at(order, "state");
  const auto due_at = time_at(order, "due_at");
  const auto shop = string_at(order, "shop_id");
  const auto pending = string_at(order, "pending");
  const auto failure = string_at(order, "failure");
  add_pieces(out,
             {"order " + text_at(order, "tiktok_order_id"),
              state_with_glyph(state, by) + (failure.empty() ? "" : " (" + words(failure) + ')'),
              "version " + std::to_string(int_at(order, "version").value_or(0)),
              bool_at(order, "held").value_or(false) ? "held by a person" : "",
              pending.empty()       ? ""
              : pending == "report" ? "report to TikTok Shop under way"
                                    : "to be shipped after TikTok's hold"},
             by.width);
  add_pieces(out, {tiktok_word(order, by.now), shop.empty() ? "shop not known" : "shop " + std::string{shop}}, by.width);
  add_pieces(out,
             {due_at ? "ship by " + moment(*due_at) + ", " + due(*due_at, by.now) : "",
              ago("changed", time_at(order, "updated_at"), by.now), ago("created", time_at(order, "created_at"), by.now)},
             by.width);
  add_attention(out, order, by);
  out.emplace_back();
  add_next(out, order, by);
  return shown(std::move(out), by);
}

lines timeline_lines(const json::array& entries, const style& by) {
  std::set<std::string_view> told;
  each_object(&entries, [&](const json::object& each) {
    if (string_at(each, "kind") == "event")
      told.insert(string_at(each, "input_id"));
  });
  table out{{{"SEQ", alignment::right, 3, 0},
             {"AGE", alignment::right, 6, 0},
             {"EVENT", alignment::left, 14, 0},
             {"BY", alignment::left, 7, 0},
             {"WHAT", alignment::left, 4, 0}}};
  each_object(&entries, [&](const json::object& each) {
    const auto at = time_at(each, "at");
    const auto how_long = at ? age(*at, by.now) : "-";
    if (string_at(each, "kind") == "event") {
      out.add(
          {std::to_string(int_at(each, "seq").value_or(0)), how_long, text_at(each, "type"), by_whom(each), meaning_of(each)});
    } else if (!told.contains(string_at(each, "input_id"))) {
      const auto times = int_at(each, "deliveries").value_or(1);
      out.add({"", how_long, "(" + text_at(each, "outcome") + ")", by_whom(each),
               text_at(each, "type") + (times > 1 ? ", came " + std::to_string(times) + " times" : "")});
    }
  });
  return set(out.page(by), by);
}

} // namespace orderly::view
