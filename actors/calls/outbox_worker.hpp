#pragma once
// Keeps the engine's promises (DESIGN I8): claims due rows of the outbox, calls TikTok, and brings each outcome back to its order
// as an input. Holds nothing that the outbox does not: whatever is lost with this actor is claimed again when its lease ends.

#include "actors/engine/protocol.hpp"
#include "actors/engine/services.hpp"
#include "base/metrics.hpp"
#include "domain/ports/shop_directory.hpp"
#include "domain/ports/tiktok_port.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderly {

/// What the outbox worker and the detail fetcher need; one for both.
struct call_services : engine_services {
  tiktok_port* tiktok = nullptr;
  const shop_directory* shops = nullptr;
  std::shared_ptr<struct call_metrics> measured;
};

struct call_metrics {
  explicit call_metrics(metrics& m);
  counter claimed, fetches, writes, rereads;
  gauge fetches_under_way, writes_under_way;
};

struct outbox_options {
  std::string owner; ///< of the leases
  std::chrono::seconds lease{30};
  std::chrono::milliseconds scan{1000};
  /// Rows under way at once; the client's connections are the narrower limit, the lease the longer one.
  std::size_t max_calls = 200;
};

/// A write under way.
struct claimed_write {
  outbox_row row;
  timestamp lease_until{}; ///< from then on the row is another engine's
};

struct outbox_state {
  explicit outbox_state(outbox_actor::pointer self);
  ~outbox_state();

  void claim();
  void on_claimed(const result<claimed_rows>& what, timestamp lease_until);
  void on_written(const write_reply& reply);
  /// The write of this row is over.
  void forget(std::int64_t row);
  void on_fetched();

  outbox_actor::pointer self;
  fetcher_actor fetcher;
  std::shared_ptr<const call_services> services;
  outbox_options options;
  /// Where calls bring their outcomes, and orders their answers. This worker's own: one that comes for a dead worker is dropped,
  /// the lease ends, and the order is read before a write is made again.
  ref_of<outbox_actor> ref;
  /// Under way: until the order has answered for the outcome, so that what waits there is bounded as the calls are.
  std::size_t fetches = 0;
  std::map<std::int64_t, claimed_write> writes; ///< by row
  static constexpr const char* name = kind_name<outbox_actor>;

private:
  void ship(const claimed_write& what);

  bool claiming_ = false, claim_again_ = false;
};

/// @param ref of this worker and its fetcher alone; opened and closed by the worker
outbox_actor::behavior_type outbox_worker(outbox_actor::stateful_pointer<outbox_state> self, fetcher_actor fetcher,
                                          std::shared_ptr<const call_services> services, outbox_options options,
                                          ref_of<outbox_actor> ref);

} // namespace orderly
