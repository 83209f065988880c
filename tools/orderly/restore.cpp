// orderly restore: puts a backup in place of an embedded database, whose engine is stopped.

#include "storage/sqlite/restore.hpp"

#include "base/json.hpp"
#include "tools/orderly/audit_run.hpp"
#include "tools/orderly/ending_signals.hpp"
#include "tools/orderly/remote/terminal.hpp"
#include "tools/orderly/storage_file.hpp"
#include "tools/orderly/verbs.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <memory>

namespace orderly {
namespace {

struct restore_options {
  std::string from, storage;
  bool as_json = false, accept_damage = false;
};

void say(const sqlite::restored_copy& done, const std::string& path, const std::string& aside, bool as_json) {
  if (as_json)
    return put(json::serialize(json::object{{"file", path},
                                            {"replaced", aside.empty() ? json::value{nullptr} : json::value(aside)},
                                            {"orders", done.facts().orders},
                                            {"epoch", done.epoch()}}) +
               "\n");
  put(path + ": restored, " + std::to_string(done.facts().orders) + " orders, epoch " + std::to_string(done.epoch()) + "\n");
  if (!aside.empty())
    put("What stood there is kept as " + aside + "\n");
}

result<bool> audited(const sqlite::restored_copy& copy, const restore_options& options, ending_signals& signals) {
  auto from = audit::open_source("sqlite:" + copy.path());
  if (!from)
    return from.error();
  audit::answered_list nothing;
  auto good = audit::run_audit(**from, nothing, {.as_json = options.as_json, .go_on = [&signals] { return signals.none(); }});
  std::fflush(stdout); // what follows does not go through it
  return good;
}

exit_code run(const restore_options& options) {
  const auto path = sqlite_path(options.storage, "pg_restore --no-owner --dbname=");
  if (!path)
    return exit_code::usage;
  ending_signals signals;
  auto copy = sqlite::restored_copy::make(options.from, *path, [&signals] { return signals.none(); });
  if (!copy)
    return signals.code(failed(copy.error()));
  const auto good = audited(*copy, options, signals);
  if (!good)
    return signals.code(failed(good.error()));
  if (!*good && !options.accept_damage) {
    complain({"orderly: nothing has changed: what the audit names is in the backup. --accept-damage restores it all the same"});
    return exit_code::damage;
  }
  const auto aside = copy->put_in_place();
  if (!aside)
    return failed(aside.error());
  say(*copy, *path, *aside, options.as_json);
  return *good ? exit_code::done : exit_code::damage;
}

} // namespace

void add_restore(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<restore_options>();
  auto* verb = to.add_subcommand("restore", "Put a backup in place of an embedded database, once its engine is stopped");
  verb->add_option("--from", options->from, "What orderly backup has made")->type_name("FILE")->required();
  verb->add_option("--storage", options->storage, "sqlite:PATH, to be replaced; what stands there is kept")
      ->type_name("URL")
      ->required();
  verb->add_flag("--accept-damage", options->accept_damage, "Also if the audit finds damage in the backup");
  verb->add_flag("--json", options->as_json, "The audit's JSON lines, and one more");
  verb->footer("The file is checked and audited before anything changes.\n\n"
               "Exit codes: 0 done, 1 the backup is damaged or not Orderly's, 64 bad usage, 69 an engine runs, or a file cannot "
               "be read or written, 128 + N ended by signal N.\n\n"
               "Examples:\n"
               "  systemctl stop orderly\n"
               "  orderly restore --from /backup/mon.db --storage sqlite:/data/orderly.db\n"
               "  systemctl start orderly");
  verb->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

} // namespace orderly
