#include "tools/orderly/remote/remote_verb.hpp"

#include "base/uuid.hpp"
#include "config/nearest.hpp"
#include "domain/order/order_state.hpp"
#include "tools/orderly/remote/engine_address.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <csignal>

namespace orderly {
namespace {

constexpr std::string_view indent = "         ";

std::string indented(std::string_view text) { return std::string{indent} + std::string{text}; }

void add_hint(view::lines& to, const connection& engine, const reply& came, const view::style& by) {
  std::string hint;
  if (came.status == 0)
    hint =
        "Is orderlyd running there? --url or ORDERLY_URL names its admin listener (\"admin_listen\" in DATA_DIR/orderlyd.ready).";
  else if (came.status == 401 && !engine.has_token())
    hint = "No token was sent: set ORDERLY_TOKEN, or --token-file DATA_DIR/initial-admin-token.";
  else if (came.status == 401)
    hint = "The token of ORDERLY_TOKEN or --token-file is not one of this engine's, or it was revoked.";
  for (const auto& line : view::wrapped(hint, by.width - std::min(by.width, indent.size())))
    to.push_back(indented(line));
}

exit_code show_outcome(connection& engine, const remote_options& options, const command_request& what, const reply& came) {
  const auto code = show_reply(engine, options, came, view::outcome_lines);
  if (came.unknown)
    complain({indented("Whether it was done is not known. The same command with this key tells, and does it once:"),
              indented("--key " + what.key)});
  return code;
}

} // namespace

void add_remote_options(CLI::App& verb, remote_options& options) {
  verb.add_flag("--json", options.json, "Print the API's answer as it is");
  verb.add_option("--url", options.engine.url,
                  "The engine's admin listener; else ORDERLY_URL, else " + std::string{default_engine})
      ->type_name("URL");
  verb.add_option("--token-file", options.engine.token_file, "File (0600) with the token; else ORDERLY_TOKEN")->type_name("FILE");
}

CLI::Validator one_of_names(std::vector<std::string> names) {
  const auto check = [names = std::move(names)](const std::string& given) -> std::string {
    if (std::find(names.begin(), names.end(), given) != names.end())
      return {};
    std::string all;
    for (const auto& name : names)
      all += (all.empty() ? "" : ", ") + name;
    const auto near = nearest_name(given, names);
    return '"' + given + "\" is none of " + all + (near.empty() ? "" : "; did you mean " + near + '?');
  };
  return CLI::Validator{check, {}, {}};
}

std::vector<std::string> state_names() { return {order_state_names().begin(), order_state_names().end()}; }

exit_code with_connection(const remote_options& options, const std::function<exit_code(connection&)>& act) {
  const auto engine = connection::open(options.engine);
  if (!engine) {
    complain({"orderly: " + engine.error().message});
    return exit_code::usage;
  }
  std::signal(SIGPIPE, SIG_IGN); // put() tells of it
  return act(**engine);
}

view::lines trouble_of(const connection& engine, const reply& came) {
  auto by = style_of_output();
  view::lines out;
  if (came.failure.empty()) {
    out = view::problem_lines(came.answer, came.status, by);
  } else {
    const auto text = came.status == 0 ? "no engine answers at " + engine.base() + ": " + came.failure
                                       : engine.base() + ' ' + came.failure + ": is this an admin listener?";
    out = view::shown(view::wrapped("orderly: " + text, by.width, indent.size()), by);
  }
  add_hint(out, engine, came, by);
  return out;
}

exit_code show_reply(const connection& engine, const remote_options& options, const reply& came,
                     const std::function<view::lines(const json::object&, const view::style&)>& show) {
  if (options.json && !came.answer.empty())
    put(came.body + '\n');
  if (!came.good())
    complain(trouble_of(engine, came));
  else if (!options.json)
    put(show(came.answer, style_of_output()));
  return exit_code_of(came);
}

exit_code run_command(const remote_options& options, const std::string& target, const json::object& body,
                      const std::string& key) {
  const system_clock time;
  uuid_v7_source ids{time};
  const command_request what{target, json::serialize(body), key.empty() ? "orderly-" + to_string(ids.next()) : key};
  return with_connection(options, [&](connection& engine) {
    const auto waits = [] { complain({"orderly: no answer yet; asking with the same key what became of it"}); };
    return show_outcome(engine, options, what, engine.command(what, waits));
  });
}

std::string order_target(const std::string& id, std::string_view behind) {
  return "/api/v1/orders/" + url_encoded(id) + std::string{behind};
}

} // namespace orderly
