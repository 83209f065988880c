#pragma once
// The reads of a server under test: from a memory store whose rows a test puts there, or a failure that it wants.

#include "tests/support/direct_reads.hpp"
#include "tests/support/memory_store.hpp"

#include <mutex>
#include <optional>

namespace orderly::test {

class stored_orders final : public reads {
public:
  void add(order o, json::object document = {}, std::optional<timestamp> quarantined_since = {}) {
    rows.edit([&](memory_tables& t) {
      auto& row = t.orders[o.tiktok_id];
      row.row = std::move(o);
      row.document = std::move(document);
      if (quarantined_since)
        row.attention["quarantined"] = {*quarantined_since, std::nullopt, {}};
    });
  }
  /// Of every read from now on.
  void fail_with(error_code code) {
    const std::lock_guard lock{mutex_};
    failure_ = error{code, "file /var/lib/secret.db is locked", {}};
  }

  void work_again() {
    const std::lock_guard lock{mutex_};
    failure_.reset();
  }

  void load(load_request what, reply<loaded_order> done) override { done(load_one(*from_, what)); }
  void run_job(read_job job) override {
    const auto failure = failing();
    job.read(failure ? result<order_queries*>{*failure} : from_.get())();
  }

  memory_store rows;

private:
  std::optional<error> failing() {
    const std::lock_guard lock{mutex_};
    return failure_;
  }

  std::unique_ptr<order_queries> from_ = make_memory_reader(rows);
  std::mutex mutex_;
  std::optional<error> failure_;
};

} // namespace orderly::test
