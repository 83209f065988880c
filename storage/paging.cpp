#include "storage/paging.hpp"

#include "base/log.hpp"
#include "storage/cursor.hpp"

namespace orderly {

order_page finished(page_of<listed_order> page) {
  for (const auto& row : page.rows)
    if (!row.unreadable.empty())
      log(log_level::error, "order.unreadable", "an order is listed without its facts, which cannot be read",
          {{"order", row.order.tiktok_id.str()}, {"why", row.unreadable}});
  order_page out;
  if (page.more) {
    const auto& last = page.rows.back().order;
    out.next_cursor = to_cursor(list_position{last.updated_at, last.id.value});
  }
  out.orders = std::move(page.rows);
  return out;
}

pending_page finished(page_of<input_row> page) {
  pending_page out;
  if (page.more) {
    const auto& last = page.rows.back().what;
    out.next_cursor = to_cursor(pending_position{last.received_at, last.id.value});
  }
  out.inputs = inputs_from(std::move(page.rows));
  return out;
}

dead_letter_page finished(page_of<dead_letter_view> page) {
  dead_letter_page out;
  if (page.more)
    out.next_cursor = to_cursor(dead_letter_position{page.rows.back().last_at, page.rows.back().id});
  out.letters = std::move(page.rows);
  return out;
}

event_page finished(event_page page, const feed_position& asked_from, std::size_t limit) {
  page.is_end = page.events.size() < event_page_size(limit);
  page.next = page.events.empty() ? asked_from : page.events.back().at;
  return page;
}

event_page lost_page(const feed_position& end) {
  event_page page;
  page.next = end;
  page.lost = true;
  return page;
}

} // namespace orderly
