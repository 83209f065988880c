#pragma once
// One running engine: every part, in the order in which they need each other.

#include "actors/engine/engine.hpp"
#include "app/access.hpp"
#include "app/data_dir.hpp"
#include "app/orderlyd.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "config/config.hpp"
#include "net/access/authenticator.hpp"
#include "net/access/live_access.hpp"
#include "net/server.hpp"
#include "net/tiktok/client.hpp"
#include "net/tiktok/shop_table.hpp"
#include "storage/read/read_pool.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace orderly {

class instance {
public:
  /// Opens the store, remembers the policy and the shops, makes sure that there is a user, starts the engine
  /// and then the listeners. Errors: those of the parts; nothing is left running then.
  /// @param on_failure when it cannot go on: internal, of a defect; storage_unavailable, of a database that is gone. On a thread
  /// of it, which must not wait for it
  static result<std::unique_ptr<instance>> start(const config& from, const data_dir& folder, const run_options& options,
                                                 const std::function<void(const error& why)>& on_failure);
  ~instance();
  instance(const instance&) = delete;
  instance& operator=(const instance&) = delete;

  [[nodiscard]] std::string listen() const { return server_->listen(); }
  [[nodiscard]] std::string admin_listen() const { return server_->admin_listen(); }
  /// What can change while it runs: the secrets, for webhooks and for calls, the shops with their tokens, and the admission
  /// limit. Errors: those of the store, which has to know each shop; nothing has changed then. Blocks.
  result<void> take_over(const config& from);
  /// Takes nothing new and finishes what is under way; what takes longer than `grace` is told that it must be asked again, or
  /// cut. The destructor ends the rest.
  void stop(std::chrono::milliseconds grace);

private:
  explicit instance(const config& from) : config_(from) {}
  result<void> open_storage(const data_dir& folder, const run_options& options,
                            const std::function<void(const error& why)>& on_failure);
  result<void> prepare_storage(const data_dir& folder);
  result<void> connect_shops_beside_the_engine(const config& from);
  result<void> start_engine(const std::function<void(const error& why)>& on_failure);
  result<void> start_access(const data_dir& folder);
  result<void> start_server();

  config config_;
  system_clock time_;
  uuid_v7_source ids_{time_};
  const std::string engine_name_ = to_string(ids_.next());
  metrics measured_;
  policy rules_;
  shop_table shops_;
  std::atomic<bool> storage_lost_ = false;
  // Each uses those above it; the destructor says in which order they end.
  std::unique_ptr<orderly::store> store_;
  std::unique_ptr<reads> reader_;
  std::unique_ptr<tiktok_client> tiktok_;
  std::unique_ptr<orderly::engine> engine_;
  std::unique_ptr<stored_access> stored_access_;
  std::unique_ptr<live_access> access_;
  std::unique_ptr<authenticator> authenticator_;
  std::unique_ptr<orderly::server> server_;
};

} // namespace orderly
