#pragma once
// The read port without threads: answers at once, on the caller's thread, from a real connection. For deterministic tests.

#include "domain/ports/reads.hpp"
#include "storage/store.hpp"

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

class direct_reader final : public order_reader {
public:
  explicit direct_reader(std::unique_ptr<store_reader> from) : from_(std::move(from)) {}
  void load(load_request what, reply<loaded_order> done) override;
  void list(order_filter filter, reply<order_page> done) override { done(from_->list(filter)); }
  void find(order_key key, reply<order_view> done) override { done(from_->find(key)); }
  void timeline(order_key key, std::size_t limit, std::string cursor, reply<timeline_page> done) override {
    done(from_->timeline(key, limit, cursor));
  }
  void pending(pending_request what, reply<pending_page> done) override { done(from_->pending(what)); }
  void dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) override { done(from_->dead_letters(filter)); }
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
  std::unique_ptr<store_reader> from_;
  int failing_ = 0, throwing_ = 0;
  std::set<std::string> poisoned_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
};

inline void direct_reader::load(load_request what, reply<loaded_order> done) {
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
  auto found = from_->load({&what, 1});
  done(found ? std::move(found->front()) : result<loaded_order>{found.error()});
}

} // namespace orderly::test
