#include "app/orderlyd.hpp"

#include "app/command_line.hpp"
#include "app/data_dir.hpp"
#include "app/instance.hpp"
#include "app/live_config.hpp"
#include "app/open_files.hpp"
#include "app/signals.hpp"
#include "app/standard_streams.hpp"
#include "base/exit_code.hpp"
#include "base/log.hpp"
#include "storage/store.hpp"

#include <boost/json/serialize.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace orderly {
namespace {

/// Beyond shutdown.grace, for what takes no grace: a transaction under way, the ends of threads.
constexpr std::chrono::seconds stop_margin{5};

exit_code failed(const error& why) {
  log(log_level::error, "start.failed", to_string(why), why.details);
  return exit_code_of(why.code);
}

void print_problems(const loaded_config& loaded) {
  for (const auto& problem : loaded.problems)
    std::fprintf(stderr, "%s\n", to_string(problem).c_str());
}

result<void> announce(const instance& running, const data_dir& folder) {
  const boost::json::object fields{{"pid", ::getpid()}, {"listen", running.listen()}, {"admin_listen", running.admin_listen()}};
  if (auto written = folder.write(ready_file, boost::json::serialize(fields) + "\n"); !written)
    return written;
  log(log_level::info, "ready", "orderlyd is ready", fields);
  return {};
}

/// What the engine says when it cannot go on: the first reason, which may bring others about.
class failure_notice {
public:
  void tell(const error& why) {
    {
      std::lock_guard lock(mutex_);
      if (!why_)
        why_ = why;
    }
    wake_waiter();
  }
  [[nodiscard]] std::optional<error> why() const {
    std::lock_guard lock(mutex_);
    return why_;
  }

private:
  mutable std::mutex mutex_;
  std::optional<error> why_;
};

/// The signal, or 0 for a failure.
int wait_for_end(live_config& live, const failure_notice& failure) {
  for (;;) {
    const int signal = next_signal();
    if (signal == SIGHUP)
      live.reread();
    else if (signal != 0 || failure.why())
      return signal;
  }
}

/// May take long: another engine may be migrating the same database.
result<std::unique_ptr<instance>> start(const config& values, const data_dir& folder, const run_options& options,
                                        failure_notice& failure) {
  const end_while_starting ends_at_a_signal;
  return instance::start(values, folder, options, [&failure](const error& why) { failure.tell(why); });
}

exit_code serve(const config& values, const config_sources& sources, const run_options& options) {
  auto folder = data_dir::open(values.data_dir);
  if (!folder)
    return failed(folder.error());
  failure_notice failure;
  auto running = start(within_open_files(values), *folder, options, failure);
  if (!running)
    return failed(running.error());
  if (const auto announced = announce(**running, *folder); !announced)
    return failed(announced.error());

  live_config live{sources, values, **running};
  const int signal = wait_for_end(live, failure);
  const auto grace = live.grace();
  end_at_next_signal(grace + stop_margin);
  log(log_level::info, "stopping", "takes nothing new and finishes what is under way",
      {{"signal", signal}, {"grace_s", grace.count()}});
  folder->remove(ready_file);
  (*running)->stop(grace);
  running->reset();
  const auto broken = failure.why();
  log(broken ? log_level::error : log_level::info, "stopped",
      broken ? "orderlyd has ended because of a fault: " + broken->message : "orderlyd has ended");
  return broken ? exit_code_of(broken->code) : exit_code::done;
}

exit_code run(int argc, char** argv, const run_options& options) {
  const auto given = read_command_line(argc, argv);
  if (given.ends)
    return *given.ends;
  const auto loaded = load_config(given.sources);
  print_problems(loaded);
  if (!loaded.problems.empty())
    return exit_code::bad_config;
  if (given.print_config)
    std::fputs(print_config(loaded.values).c_str(), stdout);
  if (given.check_config)
    std::puts("The configuration has no problems.");
  if (given.print_schema)
    std::fputs(schema_as_sql(loaded.values.storage.schema, given.schema_version).c_str(), stdout);
  if (given.print_config || given.check_config || given.print_schema)
    return exit_code::done;

  umask(077); // the database, its journal and every other file hold buyers' data
  block_signals();
  start_logging(log_level_of(loaded.values));
  warn_of_gaps(loaded.values);
  return serve(loaded.values, given.sources, options);
}

} // namespace

int run_orderlyd(int argc, char** argv, const run_options& options) {
  int code = static_cast<int>(exit_code::internal);
  try {
    open_standard_streams();
    code = static_cast<int>(run(argc, argv, options));
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "orderlyd: internal: %s\n", fault.what());
  }
  finish_logging();
  return code;
}

} // namespace orderly
