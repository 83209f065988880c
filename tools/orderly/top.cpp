// orderly top: who has how much to do, redrawn in place; plain samples where no screen can be drawn.

#include "tools/orderly/remote/engine_address.hpp"
#include "tools/orderly/top_loop.hpp"
#include "tools/orderly/verbs.hpp"

#include <algorithm>
#include <thread>

namespace orderly {
namespace {

constexpr std::size_t plain_limit = 20, around = 4; ///< orders; lines of a terminal that are none

/// Samples for programs, one below the other.
exit_code print_samples(connection& engine, const top_settings& settings) {
  view::rate_window window{settings.window};
  const auto height = is_terminal() ? size_of_screen().height : plain_limit + around;
  const auto limit = settings.limit.value_or(std::min(plain_limit, height - std::min(height, around)));
  for (std::size_t left = settings.batch.value_or(1); left > 0; --left) {
    const auto came = engine.get(top_target(settings, limit));
    const auto code = show_reply(engine, settings.remote, came, [&](const json::object& answer, const view::style& by) {
      auto sample = answer;
      if (settings.window != engines_window)
        window.apply(sample);
      return view::top_plain(sample, by);
    });
    if (code != exit_code::done)
      return code;
    if (left > 1)
      std::this_thread::sleep_for(settings.every);
  }
  return exit_code::done;
}

exit_code run(const top_settings& settings) {
  const bool screen = can_draw() && !settings.batch && !settings.remote.json;
  if (!screen)
    return with_connection(settings.remote, [&](connection& engine) { return print_samples(engine, settings); });
  const wake_source wakes; // before the connection's thread
  return with_connection(settings.remote, [&](connection& engine) { return draw_samples(engine, settings, wakes); });
}

struct top_options {
  top_settings settings;
  double every = 1;
  std::int64_t window = 10;
};

} // namespace

void add_top(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<top_options>();
  auto& settings = options->settings;
  auto* verb = to.add_subcommand("top", "Who has how much to do, again and again until Ctrl-C");
  verb->add_option("--sort", settings.sort, "mailbox, oldest, handled or restarts; greatest first")
      ->type_name("KEY")
      ->check(one_of_names({"mailbox", "oldest", "handled", "restarts"}));
  verb->add_option("--limit", settings.limit, "How many actors, 0 to 200; 0: totals only")
      ->type_name("N")
      ->check(CLI::Range(0, 200));
  verb->add_option("--window", options->window, "Seconds that rates are over; 10 unless said otherwise")
      ->type_name("S")
      ->check(CLI::Range(1, 3600));
  verb->add_option("--every", options->every, "Seconds between two looks; 1 unless said otherwise")
      ->type_name("S")
      ->check(CLI::Range(0.5, 3600.0));
  verb->add_option("--batch", settings.batch, "Print N samples, one below the other, and end")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  add_remote_options(*verb, settings.remote);
  verb->footer("Into a pipe, with TERM=dumb or NO_COLOR: one plain sample, unless --batch.\n\n"
               "Examples:\n"
               "  orderly top --limit 0               are we losing anything?\n"
               "  orderly top --sort handled          which order is hot?\n"
               "  orderly top --batch 60 --every 10   ten minutes for a file");
  verb->callback([options, &chosen] {
    chosen = [options] {
      options->settings.every = std::chrono::milliseconds{static_cast<std::int64_t>(options->every * 1000)};
      options->settings.window = std::chrono::seconds{options->window};
      return run(options->settings);
    };
  });
}

} // namespace orderly
