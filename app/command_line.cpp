#include "app/command_line.hpp"

#include <CLI/CLI.hpp>

#include <string_view>
#include <unistd.h>

namespace orderly {
namespace {

std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> own;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (text.starts_with("ORDERLY_") && equals != std::string_view::npos)
      own.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return own;
}

} // namespace

command_line read_command_line(int argc, char** argv) {
  command_line given;
  CLI::App app{"Order management engine for TikTok Shop. Every order is an actor."};
  app.name("orderlyd");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast); // a script may add to what it was given
  app.set_version_flag("--version", "orderlyd " ORDERLY_VERSION);
  std::string file, storage, listen, admin_listen, data_dir;
  auto* file_flag =
      app.add_option("--config", file, "The configuration, TOML: see config/orderly.example.toml")->type_name("FILE");
  const std::pair<std::string, CLI::Option*> flags[]{
      {"storage.url", app.add_option("--storage", storage, "sqlite:PATH or postgresql://...")->type_name("URL")},
      {"listen", app.add_option("--listen", listen, "Public listener")->type_name("HOST:PORT")},
      {"admin_listen", app.add_option("--admin-listen", admin_listen, "Admin listener")->type_name("HOST:PORT")},
      {"data_dir", app.add_option("--data-dir", data_dir, "Folder of the engine's own files")->type_name("DIR")},
  };
  app.add_flag("--check-config", given.check_config, "List every problem of the configuration and end: 0 or 78");
  app.add_flag("--print-config", given.print_config, "Print the configuration in force, secrets redacted, and end");
  auto* print_schema =
      app.add_flag("--print-schema", given.print_schema,
                   "Print the tables as SQL for PostgreSQL, for whoever makes them instead of the engine, and end");
  app.add_option("--after", given.schema_version, "With --print-schema: only what comes behind that schema version")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000))
      ->needs(print_schema);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& outcome) { // also --help and --version
    given.ends = app.exit(outcome) == 0 ? exit_code::done : exit_code::usage;
    return given;
  }
  if (file_flag->count() > 0)
    given.sources.file = file;
  for (const auto& [key, flag] : flags)
    if (flag->count() > 0)
      given.sources.flags.emplace(key, flag->as<std::string>());
  given.sources.environment = own_environment();
  return given;
}

} // namespace orderly
