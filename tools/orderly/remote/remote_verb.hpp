#pragma once
// What every verb over the admin API has: its options, asking, and saying what came.

#include "tools/orderly/remote/connection.hpp"
#include "tools/orderly/remote/terminal.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace orderly {

struct remote_options {
  connection_options engine;
  bool json = false;
};
void add_remote_options(CLI::App& verb, remote_options& options);

/// Known names, with the nearest one of those when it is none of them.
CLI::Validator one_of_names(std::vector<std::string> names);
std::vector<std::string> state_names();

/// Runs `act` on a connection. Bad options: says so, 64.
exit_code with_connection(const remote_options& options, const std::function<exit_code(connection&)>& act);

/// A good answer is shown by `show`, or with --json as it came; anything else is said on stderr.
exit_code show_reply(const connection& engine, const remote_options& options, const reply& came,
                     const std::function<view::lines(const json::object&, const view::style&)>& show);
/// What there is to say of a reply that is not good.
view::lines trouble_of(const connection& engine, const reply& came);

/// Sends a command under a key, `key` or one of its own, and says what became of it.
exit_code run_command(const remote_options& options, const std::string& target, const json::object& body, const std::string& key);

/// "/api/v1/orders/ID" and what follows.
std::string order_target(const std::string& id, std::string_view behind = {});

} // namespace orderly
