#pragma once
// A page of the feed as GET /stream sends it: each event is encoded once, whoever listens. Of the stream's thread.

#include "net/api/order_stream.hpp"
#include "net/http/shared_bytes.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace orderly {

class stream_page {
public:
  explicit stream_page(event_page of);

  [[nodiscard]] std::size_t size() const { return read_.events.size(); }
  [[nodiscard]] const feed_position& next() const { return read_.next; }
  /// Of all that is committed.
  [[nodiscard]] bool is_end() const { return read_.is_end && !read_.held_back; }
  [[nodiscard]] bool lost() const { return read_.lost; }
  [[nodiscard]] const feed_position& position_of(std::size_t i) const { return read_.events[i].at; }
  /// What is behind `last` was not read yet.
  void cut_after(const feed_position& last);

  /// The orders whose events one of these wants.
  [[nodiscard]] std::vector<order_id> orders_for(const std::vector<const stream_filter*>& filters) const;
  /// As they are now.
  void put_rows(std::vector<listed_order> rows);

  /// Indices, ascending. Precondition for those below: the rows of these orders were put.
  [[nodiscard]] std::vector<std::size_t> events_for(const stream_filter& filter) const;
  shared_bytes text_of(std::size_t i);
  /// All events, one after the other.
  shared_bytes whole();

private:
  std::string encoded(std::size_t i) const;
  void index();

  event_page read_;
  std::map<order_id, std::vector<std::size_t>> by_order_;
  std::map<tiktok_order_id, order_id> ids_;
  std::map<order_id, listed_order> rows_;
  std::vector<std::optional<shared_bytes>> texts_;
  std::optional<shared_bytes> whole_;
};

} // namespace orderly
