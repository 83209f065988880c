#pragma once
// The verbs of `orderly`, a file each. Each adds its own subcommand, with its own options, to the command line.

#include "base/exit_code.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace orderly {

/// Says what went wrong on stderr, and how the program ends for it.
exit_code failed(const error& why);

/// What was asked for, to run once the command line has been read.
using chosen_verb = std::function<exit_code()>;

void add_audit(CLI::App& to, chosen_verb& chosen);

} // namespace orderly
