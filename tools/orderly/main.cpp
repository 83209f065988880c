// orderly: the operator's command line.

#include "tools/orderly/help.hpp"
#include "tools/orderly/remote/terminal.hpp"
#include "tools/orderly/verbs.hpp"
#include "tools/orderly/view/text.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace orderly {
namespace {

void add_verbs(CLI::App& app, chosen_verb& chosen) {
  app.name("orderly");
  app.formatter_fn([](const CLI::App* verb, const std::string& name, CLI::AppFormatMode) { return help_of(*verb, name); });
  app.set_version_flag("--version", "orderly " ORDERLY_VERSION);
  app.require_subcommand(1);
  add_orders(app, chosen);
  add_order(app, chosen);
  add_transition(app, chosen);
  add_why(app, chosen);
  add_top(app, chosen);
  add_tree(app, chosen);
  add_audit(app, chosen);
  add_backup(app, chosen);
  add_restore(app, chosen);
}

exit_code bad_usage(const CLI::App& app, const CLI::ParseError& problem) {
  const bool words_left = app.remaining_size(true) > 0;
  auto said = words_left ? unexpected(app) : std::string{problem.what()};
  complain({"orderly: " + view::printable(said, true)});
  const auto verbs = app.get_subcommands();
  complain({"         " + std::string{verbs.empty() ? "orderly" : "orderly " + verbs.front()->get_name()} +
            " --help says what is known"});
  return exit_code::usage;
}

exit_code run(int argc, char** argv) {
  CLI::App app{"The operator's side of Orderly"};
  chosen_verb chosen;
  add_verbs(app, chosen);
  if (argc < 2) {
    complain_text(overview());
    return exit_code::usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) { // --help, --version
    app.exit(wanted);
    return exit_code::done;
  } catch (const CLI::ParseError& problem) {
    return bad_usage(app, problem);
  }
  return chosen();
}

} // namespace

exit_code failed(const error& why) {
  std::fflush(stdout);
  std::fprintf(stderr, "orderly: %s\n", to_string(why).c_str());
  return exit_code_of(why.code);
}

} // namespace orderly

int main(int argc, char** argv) {
  try {
    return static_cast<int>(orderly::run(argc, argv));
  } catch (const orderly::output_closed&) {
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "orderly: internal: %s\n", fault.what());
    return static_cast<int>(orderly::exit_code::internal);
  }
}
