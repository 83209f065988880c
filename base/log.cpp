#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/line_writer.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>
#include <cstdio>
#include <unistd.h>

namespace orderly {
namespace {

constexpr std::size_t most_waiting = 4 << 20; // bytes

std::string_view name_of(log_level level) {
  switch (level) {
  case log_level::debug: return "debug";
  case log_level::info: return "info";
  case log_level::warn: return "warn";
  case log_level::error: break;
  }
  return "error";
}

std::string line_of(log_level level, std::string_view event, std::string_view sentence, boost::json::object fields) {
  boost::json::object line{{"at", to_rfc3339(system_clock{}.now())},
                           {"level", name_of(level)},
                           {"event", boost::json::string_view{event}},
                           {"msg", boost::json::string_view{sentence}}};
  for (auto& field : fields)
    line.insert_or_assign(field.key(), std::move(field.value()));
  return boost::json::serialize(line);
}

std::string line_of_dropped(std::uint64_t lines) {
  return line_of(log_level::warn, "log.dropped", "nobody read this log in time; lines are missing here", {{"lines", lines}});
}

std::atomic<log_level> least{log_level::warn}; // quiet until start_logging: tests and tools do not call it
/// Null until start_logging. Never destroyed: threads may log until the process is gone, and its own may be stuck in a write.
std::atomic<line_writer*> writer{nullptr};

} // namespace

void start_logging(log_level level) {
  set_log_level(level);
  writer = new line_writer{STDERR_FILENO, most_waiting, line_of_dropped};
}

void set_log_level(log_level level) { least = level; }

void finish_logging() {
  constexpr std::chrono::seconds patience{1};
  if (auto* const to = writer.load())
    to->finish(patience);
}

void log(log_level level, std::string_view event, std::string_view sentence, boost::json::object fields) {
  if (level < least.load(std::memory_order_relaxed))
    return;
  const auto line = line_of(level, event, sentence, std::move(fields));
  if (auto* const to = writer.load(std::memory_order_acquire))
    to->write(line);
  else
    std::fprintf(stderr, "%s\n", line.c_str());
}

} // namespace orderly
