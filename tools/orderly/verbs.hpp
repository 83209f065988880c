#pragma once
// The verbs of `orderly`, a file each. Each adds its own subcommand, with its own options, to the command line.

#include "base/exit_code.hpp"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace orderly {

/// Says what went wrong on stderr, and how the program ends for it.
exit_code failed(const error& why);

/// What was asked for, to run once the command line has been read.
using chosen_verb = std::function<exit_code()>;

void add_orders(CLI::App& to, chosen_verb& chosen);
void add_order(CLI::App& to, chosen_verb& chosen);
void add_transition(CLI::App& to, chosen_verb& chosen);
void add_why(CLI::App& to, chosen_verb& chosen);
void add_top(CLI::App& to, chosen_verb& chosen);
void add_tree(CLI::App& to, chosen_verb& chosen);
void add_audit(CLI::App& to, chosen_verb& chosen);
void add_backup(CLI::App& to, chosen_verb& chosen);
void add_restore(CLI::App& to, chosen_verb& chosen);

} // namespace orderly
