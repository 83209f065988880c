// GET /actors: a screen of `top`, or its plain form.

#include "tools/orderly/view/answer_fields.hpp"
#include "tools/orderly/view/engine_views.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <algorithm>

namespace orderly::view {
namespace {

constexpr std::size_t wide_screen = 100; ///< cells, from which ids are whole
const json::object nothing;

const json::object& part(const json::object& of, std::string_view key) {
  const auto* found = object_at(of, key);
  return found ? *found : nothing;
}

std::string count(const json::object& in, std::string_view key) {
  const auto value = int_at(in, key);
  return value ? amount(*value) : "-";
}

std::string plain_count(const json::object& in, std::string_view key) {
  const auto value = int_at(in, key);
  return value ? std::to_string(*value) : "-";
}

std::string of_limit(const json::object& totals, std::string_view key, std::string_view limit) {
  const auto most = int_at(totals, limit);
  return count(totals, key) + (most ? " of " + amount(*most) : "");
}

std::string seconds(std::chrono::milliseconds time) {
  const auto whole = time.count() % 1000 == 0;
  return (whole ? std::to_string(time.count() / 1000) : plain_number(static_cast<double>(time.count()) / 1000)) + " s";
}

/// An engine that nobody named has a UUID, which is half a line.
std::string engine_name(const json::object& sample) {
  constexpr std::size_t long_name = 32;
  auto name = text_at(sample, "engine");
  return name.size() > long_name ? short_id(name) : name;
}

lines head(const json::object& sample, const top_options& options) {
  const auto& totals = part(sample, "totals");
  const auto as_of = time_at(sample, "as_of");
  const auto time = as_of ? to_rfc3339(*as_of).substr(11, 8) : "--:--:--";
  const bool alarm = int_at(totals, "quarantined").value_or(0) > 0;
  return {"orderly top   engine " + engine_name(sample) + "   " + time + " UTC   every " + seconds(options.every) +
              "   rates over " + std::to_string(options.window.count()) + " s",
          "handled " + rate(number_at(totals, "handled_per_s")) + "/s, " + count(totals, "handled") + " in all   mailbox " +
              count(totals, "mailbox") + ", oldest " + milliseconds(number_at(totals, "oldest_ms")) + "   restarts " +
              count(totals, "restarts"),
          "residents " + of_limit(totals, "residents", "residents_limit") + "   in hand " +
              of_limit(totals, "in_hand", "in_hand_limit") + "   pending " + count(totals, "pending") + "   quarantined " +
              (alarm ? "! " : "") + count(totals, "quarantined"),
          options.trouble.empty() ? std::string{} : "! " + options.trouble};
}

lines kinds_of(const json::object& sample, const style& by) {
  using enum alignment;
  table out{{{"KIND", left, 10, 0},
             {"LIVE", right, 6, 0},
             {"MBOX", right, 6, 0},
             {"OLDEST", right, 7, 0},
             {"IN/S", right, 6, 0},
             {"WAIT", right, 7, 3},
             {"HANDLED", right, 9, 2},
             {"RST", right, 4, 0}}};
  each_object(array_at(sample, "kinds"), [&out](const json::object& each) {
    out.add({text_at(each, "kind"), count(each, "live"), count(each, "mailbox"), milliseconds(number_at(each, "oldest_ms")),
             rate(number_at(each, "handled_per_s")), milliseconds(number_at(part(each, "wait_ms"), "mean")),
             count(each, "handled"), count(each, "restarts")});
  });
  return out.empty() ? lines{} : out.page(by);
}

lines actors_of(const json::object& sample, const style& by) {
  using enum alignment;
  table out{{{"", left, 1, 0},
             {"MBOX", right, 5, 0},
             {"OLDEST", right, 7, 0},
             {"HAND", right, 4, 0},
             {"IN/S", right, 6, 0},
             {"HANDLED", right, 9, 2},
             {"RST", right, 3, 0},
             {"STATE", left, 10, 1},
             {"PHASE", left, 11, 0},
             {"ACTOR", left, 9, 0}}};
  each_object(array_at(sample, "actors"), [&](const json::object& each) {
    const auto phase = string_at(each, "phase"), id = string_at(each, "id");
    const auto state = string_at(part(each, "order"), "state");
    const bool whole = by.width >= wide_screen || string_at(each, "kind") != "order";
    out.add({phase == "quarantined" ? "!" : "", count(each, "mailbox"), milliseconds(number_at(each, "oldest_ms")),
             count(each, "in_hand"), rate(number_at(each, "handled_per_s")), count(each, "handled"), count(each, "restarts"),
             state.empty() ? "-" : std::string{state}, phase.empty() ? "-" : std::string{phase},
             whole ? std::string{id} : short_id(id)});
  });
  return out.empty() ? lines{} : out.page(by);
}

lines not_known(const json::object& sample) {
  lines out;
  each_object(array_at(sample, "not_known"), [&out](const json::object& each) {
    out.push_back("not known: " + words(string_at(each, "what")) + ", " + text_at(each, "why"));
  });
  return out;
}

void append(lines& to, lines some) { std::move(some.begin(), some.end(), std::back_inserter(to)); }

} // namespace

lines top_screen(const json::object& sample, const style& by, const top_options& options) {
  auto out = head(sample, options);
  auto kinds = kinds_of(sample, by);
  kinds.resize(std::min(kinds.size(), std::max<std::size_t>(options.height / 4, 2)));
  append(out, std::move(kinds));
  append(out, not_known(sample));
  out.emplace_back();
  auto actors = actors_of(sample, by);
  const auto foot_line = 1;
  const auto room = options.height - std::min<std::size_t>(options.height, out.size() + foot_line);
  actors.resize(std::min(actors.size(), room));
  const auto listed = actors.empty() ? 0 : actors.size() - 1;
  append(out, std::move(actors));
  out.push_back((listed > 0 ? "1-" + std::to_string(listed) + " of " : "of ") + count(sample, "total") + " orders   sort " +
                options.sort + "   Ctrl-C ends");
  out.resize(std::min(out.size(), options.height));
  return set(std::move(out), by);
}

lines top_plain(const json::object& sample, const style& by) {
  using enum alignment;
  const auto& totals = part(sample, "totals");
  auto head =
      text_at(sample, "as_of") + ' ' + text_at(sample, "engine") + " in/s " + plain_number(number_at(totals, "handled_per_s"));
  for (const auto* key : {"handled", "mailbox", "residents", "in_hand", "pending", "quarantined", "restarts"})
    head += ' ' + std::string{key} + ' ' + plain_count(totals, key);
  head += " oldest_ms " + plain_number(number_at(totals, "oldest_ms"));
  auto out = by.bounded ? wrapped(head, by.width) : lines{head};
  append(out, not_known(sample));
  table rows{{{"MBOX", right, 4, 0},
              {"OLDEST_MS", right, 9, 0},
              {"HAND", right, 4, 0},
              {"IN/S", right, 6, 0},
              {"HANDLED", right, 7, 1},
              {"RST", right, 3, 0},
              {"STATE", left, 10, 0},
              {"PHASE", left, 11, 0},
              {"ID", left, 18, 0}}};
  each_object(array_at(sample, "actors"), [&rows](const json::object& each) {
    const auto phase = string_at(each, "phase"), state = string_at(part(each, "order"), "state");
    rows.add({plain_count(each, "mailbox"), plain_number(number_at(each, "oldest_ms")), plain_count(each, "in_hand"),
              plain_number(number_at(each, "handled_per_s")), plain_count(each, "handled"), plain_count(each, "restarts"),
              state.empty() ? "-" : std::string{state}, phase.empty() ? "-" : std::string{phase}, text_at(each, "id")});
  });
  if (!rows.empty())
    append(out, rows.page(by));
  return set(std::move(out), by);
}

void rate_window::apply(json::object& sample) {
  const auto at = time_at(sample, "as_of");
  if (!at)
    return;
  seen now{*at, {}};
  const auto note = [&](json::object& each, const std::string& name) {
    const auto handled = int_at(each, "handled");
    if (!handled)
      return;
    now.handled[name] = *handled;
    if (samples_.empty() || *at <= samples_.front().at)
      return;
    const auto before = samples_.front().handled.find(name);
    if (before == samples_.front().handled.end() || before->second > *handled)
      return;
    const auto time = std::chrono::duration<double>(*at - samples_.front().at).count();
    each["handled_per_s"] = static_cast<double>(*handled - before->second) / time;
  };
  while (samples_.size() > 1 && *at - samples_[1].at >= window_) // the front is the newest that is a whole window old
    samples_.pop_front();
  if (auto* totals = sample.if_contains("totals"); totals && totals->is_object())
    note(totals->get_object(), "totals");
  for (const auto* list : {"kinds", "actors"})
    if (auto* found = sample.if_contains(list); found && found->is_array())
      for (auto& one : found->get_array())
        if (one.is_object())
          note(one.get_object(), std::string{list} + ':' + text_at(one.get_object(), list[0] == 'k' ? "kind" : "id"));
  samples_.push_back(std::move(now));
}

} // namespace orderly::view
