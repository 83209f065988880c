#include "base/log.hpp"

#include "base/clock.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace orderly {
namespace {

spdlog::level::level_enum spd_level(log_level level) {
  switch (level) {
  case log_level::debug: return spdlog::level::debug;
  case log_level::info: return spdlog::level::info;
  case log_level::warn: return spdlog::level::warn;
  case log_level::error: break;
  }
  return spdlog::level::err;
}

std::string_view name_of(log_level level) {
  switch (level) {
  case log_level::debug: return "debug";
  case log_level::info: return "info";
  case log_level::warn: return "warn";
  case log_level::error: break;
  }
  return "error";
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("orderly", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    made->set_level(spdlog::level::warn); // quiet until start_logging: tests and tools do not call it
    return made;
  }();
  return *instance;
}

} // namespace

void start_logging(log_level level) { logger().set_level(spd_level(level)); }
void set_log_level(log_level level) { logger().set_level(spd_level(level)); }

void log(log_level level, std::string_view event, std::string_view sentence, boost::json::object fields) {
  if (!logger().should_log(spd_level(level)))
    return;
  boost::json::object line{{"at", to_rfc3339(system_clock{}.now())},
                           {"level", name_of(level)},
                           {"event", boost::json::string_view{event}},
                           {"msg", boost::json::string_view{sentence}}};
  for (auto& field : fields)
    line.insert_or_assign(field.key(), std::move(field.value()));
  logger().log(spd_level(level), "{}", boost::json::serialize(line));
}

} // namespace orderly
