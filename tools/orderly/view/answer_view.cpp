// What a command led to, what was refused, why an order does not move.

#include "tools/orderly/view/answer_fields.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace orderly::view {
namespace {

void add_wrapped(lines& to, std::string_view text, const style& by, std::size_t indent = 0) {
  for (auto& line : wrapped(text, by.width, indent))
    to.push_back(std::move(line));
}

/// "reason unpaid   allowed shipped, failed": the members of a problem that are not the standard's.
std::string further_members(const json::object& problem) {
  constexpr std::array<std::string_view, 6> standard{"type", "title", "status", "detail", "instance", "code"};
  std::string out;
  for (const auto& member : problem) {
    if (std::find(standard.begin(), standard.end(), member.key()) != standard.end())
      continue;
    std::string value;
    if (const auto* list = member.value().if_array()) {
      for (const auto& one : *list)
        value += (value.empty() ? "" : ", ") + (one.is_string() ? std::string{one.get_string()} : json::serialize(one));
    } else {
      value = member.value().is_string() ? std::string{member.value().get_string()} : json::serialize(member.value());
    }
    out += "   " + std::string{member.key()} + ' ' + value;
  }
  return out;
}

std::string since_until(const json::object& cause, timestamp now) {
  std::string out;
  if (const auto since = time_at(cause, "since"))
    out += "   since " + moment(*since) + ", " + age(*since, now);
  if (const auto until = time_at(cause, "until"))
    out += "   until " + moment(*until) + ", " + due(*until, now);
  return out;
}

/// A command is to be copied: never broken, and alone on its line where it does not fit behind the words.
void add_remedy(lines& to, const json::object& remedy, const style& by) {
  const auto text = string_at(remedy, "text"), verb = string_at(remedy, "command");
  const auto command = verb.empty() ? string_at(remedy, "api") : verb; // what no verb does yet
  if (!text.empty())
    add_wrapped(to, "   do: " + std::string{text}, by, 7);
  if (!command.empty())
    to.push_back((text.empty() ? "   do: " : "       ") + std::string{command});
}

void add_cause(lines& to, std::size_t number, const json::object& cause, const style& by) {
  add_wrapped(to, padded(std::to_string(number), 3) + padded(text_at(cause, "code"), 16) + since_until(cause, by.now), by, 3);
  each_object(array_at(cause, "evidence"), [&](const json::object& each) {
    const auto source = string_at(each, "source"), ref = string_at(each, "ref");
    const auto where = source.empty() ? "" : " (" + std::string{source} + (ref.empty() ? "" : ' ' + std::string{ref}) + ')';
    add_wrapped(to, "   " + text_at(each, "text") + where, by, 3);
  });
  if (const auto* remedy = object_at(cause, "remedy"))
    add_remedy(to, *remedy, by);
}

std::string not_it(const json::object& why) {
  std::string out;
  const auto* codes = array_at(why, "not_it");
  for (const auto& one : codes ? *codes : json::array{})
    if (one.is_string())
      out += (out.empty() ? "" : ", ") + words(one.get_string());
  return out;
}

} // namespace

lines outcome_lines(const json::object& answer, const style& by) {
  lines out;
  const auto pending = string_at(answer, "pending"), outcome = string_at(answer, "outcome");
  auto text = "order " + text_at(answer, "tiktok_order_id") + " is " + state_with_glyph(string_at(answer, "state"), by) +
              ", version " + std::to_string(int_at(answer, "version").value_or(0));
  if (outcome == "duplicate")
    text += " (it was so already)";
  add_wrapped(out, text, by);
  if (pending == "report")
    add_wrapped(out, "TikTok Shop is being told of the parcel; the order becomes shipped when it has accepted it.", by);
  else if (pending == "on_hold")
    add_wrapped(out, "TikTok Shop holds the order: it is told of the parcel as soon as that ends.", by);
  else if (outcome == "pending")
    add_wrapped(out, "The command is stored and will be decided; nothing has changed yet.", by);
  else if (string_at(answer, "report") == "off")
    add_wrapped(out, "TikTok Shop is not told of the parcel.", by);
  return shown(std::move(out), by);
}

lines problem_lines(const json::object& problem, int status, const style& by) {
  lines out;
  const auto title = string_at(problem, "title");
  add_wrapped(out, "orderly: " + (title.empty() ? "the engine refused" : std::string{title}), by, 9);
  if (const auto detail = string_at(problem, "detail"); !detail.empty())
    add_wrapped(out, "         " + std::string{detail}, by, 9);
  const auto code = string_at(problem, "code");
  add_wrapped(out,
              "         code " + (code.empty() ? "-" : std::string{code}) + " (" + std::to_string(status) + ')' +
                  further_members(problem),
              by, 9);
  return shown(std::move(out), by);
}

lines why_lines(const json::object& why, const style& by) {
  lines out;
  static const json::object nothing;
  const auto* order = object_at(why, "order");
  const auto& it = order ? *order : nothing;
  add_wrapped(out, string_at(why, "sentence"), by);
  std::size_t number = 0;
  each_object(array_at(why, "causes"), [&](const json::object& cause) {
    if (number++ == 0)
      out.emplace_back();
    add_cause(out, number, cause, by);
  });
  out.emplace_back();
  constexpr std::size_t indent = 12;
  if (const auto* deadline = object_at(why, "deadline"))
    if (const auto at = time_at(*deadline, "at"))
      add_wrapped(out, "deadline    " + words(string_at(*deadline, "what")) + " by " + moment(*at) + ", " + due(*at, by.now), by,
                  indent);
  if (const auto others = not_it(why); !others.empty())
    add_wrapped(out, "not it      " + others, by, indent);
  each_object(array_at(why, "not_known"), [&](const json::object& each) {
    add_wrapped(out, "not known   " + words(string_at(each, "what")) + ": " + text_at(each, "why"), by, indent);
  });
  std::string as_of = "as of       version ";
  const auto version = int_at(it, "version");
  as_of += version ? std::to_string(*version) : "-";
  if (const auto changed = time_at(it, "updated_at"))
    as_of += ", changed " + age(*changed, by.now) + (age(*changed, by.now) == "now" ? "" : " ago");
  if (const auto engine = string_at(why, "engine"); !engine.empty())
    as_of += "   engine " + std::string{engine};
  add_wrapped(out, as_of, by, indent);
  return shown(std::move(out), by);
}

} // namespace orderly::view
