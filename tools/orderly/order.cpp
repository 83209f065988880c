// orderly order ID: one order, its timeline, and what is done to it.

#include "tools/orderly/remote/engine_address.hpp"
#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/verbs.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <algorithm>

namespace orderly {
namespace {

struct order_options {
  remote_options remote;
  std::string id, reason, text, key;
  std::optional<std::int64_t> expected_version;
  std::size_t limit = 20;
  bool all = false;
};
using shared_options = std::shared_ptr<order_options>;

constexpr std::size_t page_limit = 200, events_beside_order = 10;

std::string events_target(const order_options& options, std::size_t limit, const std::string& cursor) {
  return order_target(options.id, "/events?limit=") + std::to_string(std::min(limit, page_limit)) +
         (cursor.empty() ? "" : "&cursor=" + url_encoded(cursor));
}

/// A page of the timeline; what comes before it is said below.
view::lines timeline_page(const json::object& page, const view::style& by) {
  static const json::array none;
  const auto* entries = array_at(page, "events");
  return view::timeline_lines(entries ? *entries : none, by);
}

exit_code show_order(connection& engine, const order_options& options) {
  const auto order = engine.get(order_target(options.id));
  const auto code = show_reply(engine, options.remote, order, view::order_lines);
  if (code != exit_code::done || options.remote.json)
    return code;
  const auto events = engine.get(events_target(options, events_beside_order, {}));
  put("\n");
  const auto end = show_reply(engine, options.remote, events, timeline_page);
  if (end == exit_code::done && !string_at(events.answer, "next_cursor").empty())
    complain({"Earlier: orderly order " + options.id + " events --all"});
  return end;
}

exit_code show_events(connection& engine, const order_options& options) {
  std::string cursor;
  std::size_t left = options.all ? std::numeric_limits<std::size_t>::max() : options.limit;
  json::object all{{"events", json::array{}}}; // one table: an order's history fits
  auto& entries = all["events"].get_array();
  do {
    const auto came = engine.get(events_target(options, left, cursor));
    const auto* events = array_at(came.answer, "events");
    if (!came.good() || !events)
      return show_reply(engine, options.remote, came, timeline_page);
    if (options.remote.json)
      put(came.body + '\n');
    else
      entries.insert(entries.end(), events->begin(), events->end());
    cursor = string_at(came.answer, "next_cursor");
    left -= std::min(left, events->size());
  } while (!cursor.empty() && left > 0);
  if (options.remote.json)
    return exit_code::done;
  put(timeline_page(all, style_of_output()));
  if (!cursor.empty())
    complain({"There is more: --limit N, or all of it: --all"});
  return exit_code::done;
}

void put_if(json::object& body, std::string_view key, const std::string& text) {
  if (!text.empty())
    body[key] = text;
}

json::object body_of(const order_options& options) {
  json::object body;
  put_if(body, "reason", options.reason);
  put_if(body, "text", options.text);
  if (options.expected_version)
    body["expected_version"] = *options.expected_version;
  return body;
}

CLI::App* add_act(CLI::App& order, const shared_options& options, chosen_verb& chosen, const std::string& name,
                  const std::string& path, const std::string& says) {
  auto* act = order.add_subcommand(name, says);
  act->fallthrough();
  act->add_option("--key", options->key, "Idempotency key; the same again is done once")->type_name("KEY");
  act->callback([options, &chosen, path] {
    chosen = [options, path] {
      return run_command(options->remote, order_target(options->id, path), body_of(*options), options->key);
    };
  });
  return act;
}

void add_reason(CLI::App& act, const shared_options& options) {
  act.add_option("--reason", options->reason, "Why; kept with the order")->type_name("TEXT");
}

void add_events(CLI::App& order, const shared_options& options, chosen_verb& chosen) {
  auto* act = order.add_subcommand("events", "What happened to it, newest first");
  act->fallthrough();
  act->add_option("--limit", options->limit, "How many entries at most; 20 unless said otherwise")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  act->add_flag("--all", options->all, "All of it");
  act->callback([options, &chosen] {
    chosen = [options] {
      return with_connection(options->remote, [&](connection& engine) { return show_events(engine, *options); });
    };
  });
}

void add_acts(CLI::App& order, const shared_options& options, chosen_verb& chosen) {
  add_events(order, options, chosen);
  add_reason(*add_act(order, options, chosen, "hold", "/hold", "Nothing of it leaves until it is released"), options);
  add_act(order, options, chosen, "release", "/release", "End its hold");
  auto* retry = add_act(order, options, chosen, "retry", "/retry", "Back from failed to processing");
  add_reason(*retry, options);
  retry->add_option("--expected-version", options->expected_version, "Refuse if it has changed since that version")
      ->type_name("N");
  add_act(order, options, chosen, "note", "/notes", "Add a note")
      ->add_option("--text", options->text, "The note")
      ->type_name("TEXT")
      ->required();
}

} // namespace

void add_order(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<order_options>();
  auto* verb = to.add_subcommand("order", "One order: where it may go, what happened to it; or act on it");
  verb->require_subcommand(0, 1);
  verb->add_option("ID", options->id, "TikTok's order id, or the engine's UUID")->required();
  add_remote_options(*verb, options->remote);
  verb->footer("Examples:\n"
               "  orderly order 576461413038785752\n"
               "  orderly order 576461413038785752 hold --reason \"the buyer called\"\n"
               "  orderly order 576461413038785752 events --all");
  verb->callback([options, &chosen] {
    if (!chosen) // else an act of it was
      chosen = [options] {
        return with_connection(options->remote, [&](connection& engine) { return show_order(engine, *options); });
      };
  });
  add_acts(*verb, options, chosen);
}

} // namespace orderly
