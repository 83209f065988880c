// orderly transition ID STATE: a person moves an order.

#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/verbs.hpp"

namespace orderly {
namespace {

struct transition_options {
  remote_options remote;
  std::string id, state, reason, tracking, provider, key;
  std::vector<std::string> lines;
  std::optional<std::int64_t> expected_version;
  bool report = true;
  const CLI::Option* report_flag = nullptr; ///< whether it was said at all: else the shop's policy decides
};

json::object body_of(const transition_options& options) {
  json::object body{{"to", options.state}};
  const auto put_text = [&body](std::string_view key, const std::string& text) {
    if (!text.empty())
      body[key] = text;
  };
  put_text("reason", options.reason);
  put_text("tracking_number", options.tracking);
  put_text("shipping_provider_id", options.provider);
  if (options.expected_version)
    body["expected_version"] = *options.expected_version;
  if (options.report_flag->count() > 0)
    body["report"] = options.report;
  if (!options.lines.empty())
    body["line_item_ids"] = json::array(options.lines.begin(), options.lines.end());
  return body;
}

} // namespace

void add_transition(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<transition_options>();
  auto* verb = to.add_subcommand("transition", "Move an order to another state");
  verb->add_option("ID", options->id, "TikTok's order id, or the engine's UUID")->required();
  verb->add_option("STATE", options->state, "Where to: processing, shipped, delivered, failed")
      ->required()
      ->check(one_of_names(state_names()));
  verb->add_option("--reason", options->reason, "Why; kept with the order")->type_name("TEXT");
  verb->add_option("--tracking", options->tracking, "The parcel's tracking number")->type_name("NUMBER");
  verb->add_option("--provider", options->provider, "TikTok's id of the shipping provider")->type_name("ID");
  verb->add_option("--line", options->lines, "A line item in the parcel; all of them unless named")->type_name("ID");
  verb->add_option("--expected-version", options->expected_version, "Refuse if it has changed since that version")
      ->type_name("N");
  options->report_flag = verb->add_flag("--report,!--no-report", options->report, "Tell TikTok Shop of the parcel, or do not");
  verb->add_option("--key", options->key, "Idempotency key; the same again is done once")->type_name("KEY");
  add_remote_options(*verb, options->remote);
  verb->footer("Examples:\n"
               "  orderly transition 576461413038785752 shipped \\\n"
               "      --tracking 1Z999AA10123456784 --provider 7117858858072016686\n"
               "  orderly transition 576461413038785752 failed --reason \"out of stock\"");
  verb->callback([options, &chosen] {
    chosen = [options] {
      return run_command(options->remote, order_target(options->id, "/transitions"), body_of(*options), options->key);
    };
  });
}

} // namespace orderly
