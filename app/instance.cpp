#include "app/instance.hpp"

#include "app/options.hpp"
#include "storage/store_task.hpp"

#include <filesystem>
#include <future>
#include <system_error>

namespace orderly {

result<std::unique_ptr<instance>> instance::start(const config& from, const data_dir& folder, const run_options& options,
                                                  const std::function<void(const error& why)>& on_failure) {
  std::unique_ptr<instance> made{new instance{from}};
  if (auto done = made->open_storage(folder, options, on_failure); !done)
    return done.error();
  if (auto done = made->prepare_storage(folder); !done)
    return done.error();
  if (auto done = made->start_engine(on_failure); !done)
    return done.error();
  if (auto done = made->start_access(folder); !done)
    return done.error();
  if (auto done = made->start_server(); !done)
    return done.error();
  return made;
}

/// The engine stops while the server still stands: it answers what it was given, and those answers need their sessions. It goes
/// after the server, whose requests it answers to the last. TikTok's client goes after the stop: it may still be asked until
/// then, and its late answers are dropped.
instance::~instance() {
  if (engine_)
    engine_->stop(std::chrono::milliseconds{0});
  server_.reset();
  authenticator_.reset();
  access_.reset();
  stored_access_.reset();
  tiktok_.reset();
  reader_.reset();
  engine_.reset();
  store_.reset();
}

result<void> instance::take_over(const config& from) {
  if (from.tiktok.shops != config_.tiktok.shops) {
    if (auto done = connect_shops_beside_the_engine(from); !done)
      return done;
    config_.tiktok.shops = from.tiktok.shops;
  }
  server_->accept_secrets(webhook_secrets_of(from));
  server_->limit_in_flight(server_options_of(from, rules_).max_in_flight);
  tiktok_->sign_with(from.tiktok.app_secret);
  return {};
}

void instance::stop(std::chrono::milliseconds grace) {
  using steady = std::chrono::steady_clock;
  const auto end = steady::now() + grace;
  server_->drain(grace);
  engine_->stop(std::max(std::chrono::ceil<std::chrono::milliseconds>(end - steady::now()), std::chrono::milliseconds{0}));
}

result<void> instance::open_storage(const data_dir& folder, const run_options& options,
                                    const std::function<void(const error& why)>& on_failure) {
  auto wanted = store_options_of(config_, folder.path(), options.sqlite_vfs);
  wanted.on_loss = [this, on_failure](const error& why) {
    storage_lost_ = true;
    on_failure(why);
  };
  auto opened = open_store(wanted);
  if (!opened)
    return opened.error();
  store_ = options.wrap_store ? options.wrap_store(std::move(*opened)) : std::move(*opened);
  folder.remove(ready_file); // of a crash; not earlier: it may have been another engine's until the store's
                             // lock was ours
  return {};
}

result<void> instance::prepare_storage(const data_dir& folder) {
  auto admin = store_->open_admin();
  if (!admin)
    return admin.error();
  auto rules = (*admin)->remember_policy(policy_of(config_));
  if (!rules)
    return rules.error();
  rules_ = *rules;
  auto writer = store_->open_writer();
  if (!writer)
    return writer.error();
  auto shops = shops_of(config_, time_.now());
  if (auto done = (*writer)->upsert_shops(shops); !done) // attention and leases of a shop need its row
    return done;
  shops_.replace(std::move(shops));
  if (auto done = ensure_first_user(**admin, folder); !done)
    return done;
  return {};
}

/// The store first. Not for long: the thread that asks is the one that hears signals.
result<void> instance::connect_shops_beside_the_engine(const config& from) {
  constexpr std::chrono::seconds patience{5};
  auto shops = shops_of(from, time_.now());
  const auto stored = std::make_shared<std::promise<result<void>>>();
  auto outcome = stored->get_future();
  write_on(
      engine_->writes(), [shops](store_writer& on) { return on.upsert_shops(shops); },
      [stored](result<void> done) { stored->set_value(std::move(done)); });
  if (outcome.wait_for(patience) != std::future_status::ready)
    return error{error_code::storage_unavailable, "the store did not take the shops within 5 s", {}};
  if (auto done = outcome.get(); !done)
    return done;
  shops_.replace(std::move(shops));
  return {};
}

result<void> instance::start_engine(const std::function<void(const error& why)>& on_failure) {
  auto reader = make_read_pool(*store_, read_pool_options_of(config_), measured_);
  if (!reader)
    return reader.error();
  reader_ = std::move(*reader);
  auto tiktok = make_tiktok_client(tiktok_client_options_of(config_), shops_, time_, measured_);
  if (!tiktok)
    return tiktok.error();
  tiktok_ = std::move(*tiktok);
  auto options = engine_options_of(config_, rules_);
  options.engine_name = engine_name_;
  options.on_failure = [on_failure](const std::string& why) { on_failure({error_code::internal, why, {}}); };
  auto started = orderly::start_engine(options, {*store_, *reader_, *tiktok_, shops_, time_, ids_, measured_});
  if (!started)
    return started.error();
  engine_ = std::move(*started);
  return {};
}

result<void> instance::start_access(const data_dir& folder) {
  auto kept = stored_access::over(*store_, engine_->writes());
  if (!kept)
    return kept.error();
  stored_access_ = std::move(*kept);
  access_ = std::make_unique<live_access>(*stored_access_, time_);
  authenticator_ = std::make_unique<authenticator>(*access_, [first = folder.file(admin_password_file)] {
    std::error_code ignored;
    return std::filesystem::exists(first, ignored);
  });
  return access_->start();
}

result<void> instance::start_server() {
  const auto ready = [this] { return engine_->healthy() && !storage_lost_; };
  const server_parts parts{engine_->port(), engine_->actors(), *reader_, *authenticator_, ready, time_, ids_, measured_, shops_};
  auto options = server_options_of(config_, rules_);
  options.engine_name = engine_name_;
  auto started = orderly::start_server(options, parts);
  if (!started)
    return started.error();
  server_ = std::move(*started);
  return {};
}

} // namespace orderly
