#pragma once
// One JSON line an event, on stderr. INFO must be understandable without knowing the code.

#include <boost/json/object.hpp>

#include <string_view>

namespace orderly {

enum class log_level { debug, info, warn, error };

/// Call once, before the first thread. From then on lines are written by a thread of their own: whoever logs never waits for who
/// reads them, and what is too much is dropped and told of (`log.dropped`). Before, as in tools and tests, each is written at
/// once.
void start_logging(log_level level);
/// Waits a second at most for what has been logged to be written. Before the process ends.
void finish_logging();
/// Safe from every thread; takes effect at once.
void set_log_level(log_level level);

/// @param event a stable name with dots, e.g. "webhook.refused"
/// @param sentence what happened, for a person
void log(log_level level, std::string_view event, std::string_view sentence, boost::json::object fields = {});

} // namespace orderly
