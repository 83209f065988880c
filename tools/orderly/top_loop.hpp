#pragma once
// `orderly top` on a screen: ask, draw, wait, whatever the engine and the person do meanwhile.

#include "tools/orderly/remote/live_screen.hpp"
#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/view/engine_views.hpp"

namespace orderly {

inline constexpr std::chrono::seconds engines_window{10}; ///< its own rates are over that

struct top_settings {
  remote_options remote;
  std::string sort = "mailbox";
  std::optional<std::size_t> limit, batch;
  std::chrono::seconds window = engines_window;
  std::chrono::milliseconds every{1000};
};

std::string top_target(const top_settings& settings, std::size_t limit);

/// Until a signal. Only a first answer that does not come, or a token that is refused, ends it otherwise.
exit_code draw_samples(connection& engine, const top_settings& settings, const wake_source& wakes);

} // namespace orderly
