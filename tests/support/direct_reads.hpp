#pragma once
// The reads without threads: answered at once, on the caller's thread, from a real connection, unless a test wants loads to fail,
// to throw or to wait.

#include "domain/ports/reads.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly::test {

/// The answer to one load.
inline result<loaded_order> load_one(order_queries& from, const load_request& what) {
  auto found = from.load({&what, 1});
  return found ? std::move(found->front()) : result<loaded_order>{found.error()};
}

class direct_reads final : public reads {
public:
  explicit direct_reads(std::unique_ptr<order_queries> from) : from_(std::move(from)) {}
  void load(load_request what, reply<loaded_order> done) override;
  void run_job(read_job job) override {
    if (job.as == read_class::pages)
      ++pages;
    job.read(from_.get())();
  }
  /// For the test itself.
  order_queries& queries() { return *from_; }
  int pages = 0; ///< reads of that class so far

  /// The next so many loads fail.
  void fail_loads(int count) { failing_ = count; }
  /// Whose handler runs: the registry reads too, and the defects are in orders.
  std::string_view caller;
  /// Loads of this order throw until told otherwise: a defect that ends its actor whatever it handles.
  void throw_on_order(const std::string& id) { poisoned_.insert(id); }
  void forgive_orders() { poisoned_.clear(); }
  /// The next so many loads of orders throw, which ends the actor that asked: the stand-in for a defect in a handler.
  void throw_on_loads(int count) { throwing_ = count; }
  /// Loads are not answered until release().
  void hold_loads() { holding_ = true; }
  /// Whoever waits for them is gone.
  void drop_loads() { held_.clear(); }
  void release() {
    holding_ = false;
    for (auto& one : std::exchange(held_, {}))
      one();
  }

private:
  std::unique_ptr<order_queries> from_;
  int failing_ = 0, throwing_ = 0;
  std::set<std::string> poisoned_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
};

inline void direct_reads::load(load_request what, reply<loaded_order> done) {
  if (caller == "order" && (throwing_ > 0 || poisoned_.contains(what.order.str()))) {
    throwing_ = std::max(0, throwing_ - 1);
    throw std::runtime_error("the test says so");
  }
  if (holding_) {
    held_.emplace_back(
        [this, what = std::move(what), done = std::move(done)]() mutable { load(std::move(what), std::move(done)); });
    return;
  }
  if (failing_ > 0) {
    --failing_;
    done(error{error_code::storage_unavailable, "the test says so", {}});
    return;
  }
  done(load_one(*from_, what));
}

} // namespace orderly::test
