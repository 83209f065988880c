#include "app/live_config.hpp"

#include "base/log.hpp"

#include <boost/json/array.hpp>

#include <exception>

namespace orderly {
namespace {

void keep(std::string_view why) { log(log_level::warn, "config.kept", std::string{why} + "; nothing was changed"); }

/// What can change while the engine runs.
void copy_live(const config& from, config& into) {
  into.log_level = from.log_level;
  into.engine.max_in_flight = from.engine.max_in_flight;
  into.shutdown.grace = from.shutdown.grace;
  if (from.tiktok.app_key != into.tiktok.app_key)
    return; // the secrets and shops of another app fit no key that is in force
  into.tiktok.app_secret = from.tiktok.app_secret;
  into.tiktok.app_secret_file = from.tiktok.app_secret_file;
  into.tiktok.previous_app_secrets = from.tiktok.previous_app_secrets;
  into.tiktok.shops = from.tiktok.shops;
}

} // namespace

void live_config::reread() {
  try {
    const auto loaded = load_config(sources_);
    for (const auto& problem : loaded.problems)
      log(log_level::warn, "config.problem", to_string(problem));
    if (!loaded.problems.empty())
      return keep("the configuration has problems");
    take_over(loaded.values);
  } catch (const std::exception& fault) { // an engine that serves must not end by a file
    keep(std::string{"the configuration cannot be read: "} + fault.what());
  }
}

void live_config::take_over(const config& read) {
  auto next = in_force_;
  copy_live(read, next);
  boost::json::array changed;
  for (const auto& key : changed_keys(in_force_, next))
    changed.emplace_back(key);
  if (const auto done = running_.take_over(next); !done)
    return keep("the shops cannot be stored: " + to_string(done.error()));
  set_log_level(log_level_of(next));
  in_force_ = std::move(next);
  log(log_level::info, "config.reloaded", "the configuration was read again", {{"changed", changed}});
  for (const auto& key : changed_keys(in_force_, read))
    log(log_level::warn, "config.needs_restart", key + " has changed and takes effect at the next start", {{"key", key}});
  warn_of_gaps(in_force_);
}

void warn_of_gaps(const config& values) {
  if (values.tiktok.app_key.empty() || (values.tiktok.app_secret.empty() && values.tiktok.previous_app_secrets.empty()))
    log(log_level::warn, "config.incomplete", "tiktok.app_key or the app's secret is not set: every webhook will be refused");
}

} // namespace orderly
