// orderly why ID: what keeps an order from moving, and what to do about it.

#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/verbs.hpp"
#include "tools/orderly/view/order_views.hpp"

namespace orderly {
namespace {

struct why_options {
  remote_options remote;
  std::string id;
};

} // namespace

void add_why(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<why_options>();
  auto* verb = to.add_subcommand("why", "Why an order does not move, and what to do about it");
  verb->add_option("ID", options->id, "TikTok's order id, or the engine's UUID")->required();
  add_remote_options(*verb, options->remote);
  verb->footer("Examples:\n"
               "  orderly why 576461413038785752\n"
               "  orderly why 576461413038785752 --json | jq -r '.causes[].code'");
  verb->callback([options, &chosen] {
    chosen = [options] {
      return with_connection(options->remote, [&](connection& engine) {
        return show_reply(engine, options->remote, engine.get(order_target(options->id, "/why")), view::why_lines);
      });
    };
  });
}

} // namespace orderly
