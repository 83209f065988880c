#pragma once
// An order_reader over a few orders in memory; remembers what it was asked.

#include "domain/ports/reads.hpp"

#include <mutex>

namespace orderly::test {

class memory_reader final : public order_reader {
public:
  void add(order o, json::object document = {}, std::optional<timestamp> quarantined_since = {}) {
    const std::lock_guard lock{mutex_};
    views_.push_back({std::move(o), std::move(document), quarantined_since});
  }
  void fail_with(error_code code) {
    const std::lock_guard lock{mutex_};
    failure_ = error{code, "file /var/lib/secret.db is locked", {}};
  }
  [[nodiscard]] order_filter last_filter() {
    const std::lock_guard lock{mutex_};
    return filter_;
  }
  std::vector<timeline_entry> timeline_rows;
  std::string unreadable; ///< of the rows of lists

  void load(load_request what, reply<loaded_order> done) override {
    loaded_order none;
    none.order.tiktok_id = what.order;
    done(none);
  }
  void list(order_filter filter, reply<order_page> done) override {
    std::unique_lock lock{mutex_};
    filter_ = filter;
    order_page page;
    for (const auto& view : views_)
      if (!filter.state || view.order.state == *filter.state)
        page.orders.push_back({view.order, unreadable});
    const bool more = page.orders.size() > filter.limit;
    if (more)
      page.orders.resize(filter.limit);
    page.next_cursor = more ? "more" : "";
    const auto failure = failure_;
    lock.unlock();
    failure ? done(*failure) : done(std::move(page));
  }
  void find(order_key key, reply<order_view> done) override {
    std::unique_lock lock{mutex_};
    for (const auto& view : views_)
      if (key == order_key{view.order.id} || key == order_key{view.order.tiktok_id}) {
        auto copy = view;
        lock.unlock();
        return done(std::move(copy));
      }
    lock.unlock();
    done(error{error_code::order_not_found, "No order has this id.", {}});
  }
  void timeline(order_key, std::size_t, std::string, reply<timeline_page> done) override {
    done(timeline_page{timeline_rows, ""});
  }
  void pending(pending_request, reply<pending_page> done) override { done(pending_page{}); }
  void dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) override {
    std::unique_lock lock{mutex_};
    dead_letter_page page;
    for (const auto& letter : dead_)
      if ((!filter.cause || letter.cause == *filter.cause) && (filter.redriven || !letter.redriven_at))
        page.letters.push_back(letter);
    if (page.letters.size() > filter.limit) {
      page.letters.resize(filter.limit);
      page.next_cursor = "more";
    }
    const auto failure = failure_;
    lock.unlock();
    failure ? done(*failure) : done(std::move(page));
  }
  void add_dead_letter(dead_letter_view letter) {
    const std::lock_guard lock{mutex_};
    dead_.push_back(std::move(letter));
  }

private:
  std::mutex mutex_;
  std::vector<order_view> views_;
  std::vector<dead_letter_view> dead_;
  std::optional<error> failure_;
  order_filter filter_;
};

} // namespace orderly::test
