// orderly audit: reads a store and says which order breaks which rule.

#include "tools/orderly/audit_run.hpp"
#include "tools/orderly/verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace orderly {
namespace {

struct audit_options {
  std::string storage, schema = "public", answered;
  bool as_json = false, replay = false;
  std::int64_t pending_minutes = 10;
};

exit_code run(const audit_options& options) {
  audit::answered_list answered;
  if (!options.answered.empty()) {
    auto list = audit::answered_list::read(options.answered);
    if (!list) {
      failed(list.error());
      return exit_code::usage;
    }
    answered = *std::move(list);
  }
  auto from = audit::open_source(options.storage, options.schema);
  if (!from)
    return failed(from.error());
  const auto good =
      audit::run_audit(**from, answered, {options.as_json, options.replay, std::chrono::minutes{options.pending_minutes}});
  if (!good)
    return failed(good.error());
  return *good ? exit_code::done : exit_code::damage;
}

} // namespace

void add_audit(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<audit_options>();
  auto* verb = to.add_subcommand("audit", "Read a store, beside a running engine too, and say which order breaks which rule");
  verb->add_option("--storage", options->storage, "sqlite:PATH or postgresql://...")->type_name("URL")->required();
  verb->add_option("--schema", options->schema, "PostgreSQL: storage.schema of the engine")
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_option("--answered", options->answered,
                   "Webhooks that were answered 200, a line each: ORDER NOTIFICATION [SHA256 of the body]")
      ->type_name("FILE");
  verb->add_option("--pending-minutes", options->pending_minutes, "Warn of inputs that are pending for longer")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  verb->add_flag("--replay", options->replay,
                 "Also decide every input again; what older rules decided otherwise is told, and is no damage");
  verb->add_flag("--json", options->as_json, "A JSON object each line");
  verb->footer("Exit codes: 0 all right, 1 damage found, 64 bad usage, 69 the store cannot be read, 78 the URL is wrong.");
  verb->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

} // namespace orderly
