// orderly tree: the engine's actors as they supervise each other.

#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/verbs.hpp"
#include "tools/orderly/view/engine_views.hpp"

namespace orderly {

void add_tree(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<remote_options>();
  auto* verb = to.add_subcommand("tree", "The engine's actors as they supervise each other");
  add_remote_options(*verb, *options);
  verb->footer("'!' marks what needs a person; of an order, orderly why ID says what.\n\n"
               "Examples:\n"
               "  orderly tree\n"
               "  orderly tree | grep '!'\n"
               "  orderly tree --json");
  verb->callback([options, &chosen] {
    chosen = [options] {
      return with_connection(*options, [&](connection& engine) {
        return show_reply(engine, *options, engine.get("/api/v1/actors/tree"), view::tree_lines);
      });
    };
  });
}

} // namespace orderly
