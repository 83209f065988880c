#include "net/api/stream_page.hpp"

#include "net/api/stream_event.hpp"

#include <algorithm>
#include <utility>

namespace orderly {

stream_page::stream_page(event_page of) : read_(std::move(of)) { index(); }

void stream_page::index() {
  by_order_.clear();
  ids_.clear();
  for (std::size_t i = 0; i < read_.events.size(); ++i) {
    by_order_[read_.events[i].at.order].push_back(i);
    ids_.emplace(read_.events[i].order, read_.events[i].at.order);
  }
  texts_.assign(read_.events.size(), std::nullopt);
}

void stream_page::cut_after(const feed_position& last) {
  const auto behind = [&](const committed_event& e) { return e.at > last; };
  read_.events.erase(std::find_if(read_.events.begin(), read_.events.end(), behind), read_.events.end());
  read_.next = std::min(read_.next, last);
  index();
}

std::vector<order_id> stream_page::orders_for(const std::vector<const stream_filter*>& filters) const {
  std::vector<order_id> orders;
  const bool all = std::any_of(filters.begin(), filters.end(), [](const auto* each) { return !each->order; });
  if (all) {
    for (const auto& [id, events] : by_order_)
      orders.push_back(id);
    return orders;
  }
  for (const auto* each : filters)
    if (const auto events = events_for({each->order, {}}); !events.empty())
      orders.push_back(position_of(events.front()).order);
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  return orders;
}

void stream_page::put_rows(std::vector<listed_order> rows) {
  for (auto& row : rows) {
    const auto id = row.order.id;
    rows_.insert_or_assign(id, std::move(row));
  }
}

std::vector<std::size_t> stream_page::events_for(const stream_filter& filter) const {
  const auto is_of_shop = [&](std::size_t i) {
    const auto row = rows_.find(position_of(i).order);
    return !filter.shop || (row != rows_.end() && row->second.order.facts.shop == *filter.shop);
  };
  std::vector<std::size_t> wanted;
  const auto take = [&](std::size_t i) {
    if (is_of_shop(i))
      wanted.push_back(i);
  };
  if (!filter.order) {
    for (std::size_t i = 0; i < size(); ++i)
      take(i);
    return wanted;
  }
  const auto* id = std::get_if<order_id>(&*filter.order);
  if (const auto* named = std::get_if<tiktok_order_id>(&*filter.order)) {
    const auto found = ids_.find(*named);
    id = found == ids_.end() ? nullptr : &found->second;
  }
  if (const auto events = id ? by_order_.find(*id) : by_order_.end(); events != by_order_.end())
    for (const auto i : events->second)
      take(i);
  return wanted;
}

/// Only an order's last event has its row: what is between would be shown and replaced at once.
std::string stream_page::encoded(std::size_t i) const {
  const auto& order = position_of(i).order;
  const bool is_last = by_order_.at(order).back() == i;
  const auto row = rows_.find(order);
  return change_event(read_.events[i], is_last && row != rows_.end() ? &row->second : nullptr);
}

shared_bytes stream_page::text_of(std::size_t i) {
  if (!texts_[i])
    texts_[i] = share(encoded(i));
  return *texts_[i];
}

shared_bytes stream_page::whole() {
  if (!whole_) {
    std::string all;
    for (std::size_t i = 0; i < size(); ++i)
      all += encoded(i);
    whole_ = share(std::move(all));
  }
  return *whole_;
}

} // namespace orderly
