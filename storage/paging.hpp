#pragma once
// One page of a list, the same for both stores: what differs is where the rows come from and how one is read.

#include "base/result.hpp"
#include "domain/ports/order_queries.hpp"
#include "storage/input_row.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace orderly {

constexpr std::size_t page_size(std::size_t asked) {
  constexpr std::size_t largest = 200;
  return std::clamp<std::size_t>(asked, 1, largest);
}
/// What to ask the database for: one row more tells whether there is a next page.
constexpr std::int64_t rows_to_ask_for(std::size_t asked) { return static_cast<std::int64_t>(page_size(asked)) + 1; }

template <class T>
struct page_of {
  std::vector<T> rows;
  bool more = false;
};

/// What a row adds to the bytes that bound its page (kept_inputs.hpp).
inline std::size_t body_bytes(const listed_order&) { return 0; }
inline std::size_t body_bytes(const input_row& row) { return row.what.raw->size(); }
inline std::size_t body_bytes(const dead_letter_view& letter) { return letter.raw->size(); }

/// `read(row)` gives a T or a result<T>, whose error is the page's.
template <class T, class Rows, class Read>
result<page_of<T>> read_page(Rows&& rows, std::size_t asked, Read&& read) {
  page_of<T> page;
  std::size_t bytes = 0;
  for (const auto& row : rows) {
    if (page.rows.size() == page_size(asked) || bytes >= page_bytes) {
      page.more = true;
      break;
    }
    result<T> one = read(row);
    if (!one)
      return one.error();
    bytes += body_bytes(*one);
    page.rows.push_back(*std::move(one));
  }
  return page;
}

/// Rows received before it are asked for.
inline timestamp bound_of(const pending_request& what) {
  return what.received_before == timestamp{} ? timestamp::max() : what.received_before;
}

/// With the cursor of the next page, if there is one.
order_page finished(page_of<listed_order> page);
pending_page finished(page_of<input_row> page);
dead_letter_page finished(page_of<dead_letter_view> page);

constexpr std::size_t event_page_size(std::size_t asked) {
  constexpr std::size_t largest = 1000;
  return std::clamp<std::size_t>(asked, 1, largest);
}
/// One that goes on from its last event, or where it was asked from. A position is always that of an event that was given out:
/// after a crash PostgreSQL may use those ids of transactions again that it had only handed out.
event_page finished(event_page page, const feed_position& asked_from, std::size_t limit);
event_page lost_page(const feed_position& end);

/// The whole page.
template <class T, class Rows, class Read>
auto page_from(Rows&& rows, std::size_t asked, Read&& read) -> result<decltype(finished(page_of<T>{}))> {
  auto page = read_page<T>(std::forward<Rows>(rows), asked, std::forward<Read>(read));
  if (!page)
    return page.error();
  return finished(*std::move(page));
}

} // namespace orderly
