#pragma once
// What a person reads who does not know the program, or has mistyped: all of it fits 80 cells.

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace orderly {

/// `orderly` and `orderly --help`: 24 lines at most.
std::string_view overview();
/// `orderly VERB --help`.
std::string help_of(const CLI::App& verb, const std::string& named);
/// What is wrong with the words that nobody took, and the nearest ones that somebody would. Precondition: there are such words.
std::string unexpected(const CLI::App& app);

} // namespace orderly
