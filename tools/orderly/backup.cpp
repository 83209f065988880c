// orderly backup: a copy of an embedded database, of one moment, beside its engine.

#include "base/json.hpp"
#include "storage/sqlite/copy.hpp"
#include "tools/orderly/ending_signals.hpp"
#include "tools/orderly/remote/terminal.hpp"
#include "tools/orderly/storage_file.hpp"
#include "tools/orderly/verbs.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include <filesystem>
#include <memory>

namespace orderly {
namespace {

struct backup_options {
  std::string storage, to;
  bool as_json = false;
};

void say(const sqlite::copied_database& done, const backup_options& options) {
  if (options.as_json)
    return put(json::serialize(json::object{{"file", options.to},
                                            {"bytes", done.bytes},
                                            {"orders", done.orders},
                                            {"schema", done.schema},
                                            {"log_bytes_before", done.log_before},
                                            {"log_bytes_after", done.log_after}}) +
               "\n");
  put(options.to + ": " + std::to_string(done.orders) + " orders, " + std::to_string(done.bytes) + " bytes, schema " +
      std::to_string(done.schema) + ", checked\n");
  if (done.log_after > done.log_before)
    complain({"The engine's log grew from " + std::to_string(done.log_before) + " to " + std::to_string(done.log_after) +
              " bytes meanwhile; it gets short again by itself."});
}

exit_code run(const backup_options& options) {
  const auto path = sqlite_path(options.storage, "pg_dump --format=custom --file=" + options.to);
  if (!path)
    return exit_code::usage;
  std::error_code ec;
  if (std::filesystem::exists(std::filesystem::symlink_status(options.to, ec))) {
    complain({"orderly: " + view::printable(options.to, true) + " is there already, and is not overwritten"});
    return exit_code::usage;
  }
  ending_signals signals;
  const auto done = sqlite::copy_database({*path, {}}, options.to, [&signals] { return signals.none(); });
  if (!done)
    return signals.code(failed(done.error()));
  say(*done, options);
  return exit_code::done;
}

} // namespace

void add_backup(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<backup_options>();
  auto* verb = to.add_subcommand("backup", "Copy an embedded database into a new file, beside a running engine too");
  verb->add_option("--storage", options->storage, "sqlite:PATH; a PostgreSQL database is dumped by pg_dump")
      ->type_name("URL")
      ->required();
  verb->add_option("--to", options->to, "The new file; it must not be there")->type_name("FILE")->required();
  verb->add_flag("--json", options->as_json, "A JSON object");
  verb->footer("Exit codes: 0 done and checked, 1 the database is damaged, 64 bad usage, 69 it cannot be read or the file not "
               "written, 128 + N ended by signal N.\n\n"
               "Examples:\n"
               "  orderly backup --storage sqlite:/data/orderly.db --to /backup/mon.db\n"
               "  orderly audit --storage sqlite:/backup/mon.db\n"
               "  orderly restore --from /backup/mon.db --storage sqlite:/data/orderly.db");
  verb->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

} // namespace orderly
