// orderly: the operator's command line.

#include "tools/orderly/verbs.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace orderly {
namespace {

exit_code run(int argc, char** argv) {
  CLI::App app{"The operator's side of Orderly."};
  app.name("orderly");
  app.set_version_flag("--version", "orderly " ORDERLY_VERSION);
  app.require_subcommand(1);
  chosen_verb chosen;
  add_audit(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& outcome) { // also --help and --version
    return app.exit(outcome) == 0 ? exit_code::done : exit_code::usage;
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
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "orderly: internal: %s\n", fault.what());
    return static_cast<int>(orderly::exit_code::internal);
  }
}
