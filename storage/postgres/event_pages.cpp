#include "storage/postgres/event_pages.hpp"

#include "storage/paging.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/row_reading.hpp"

#include <algorithm>
#include <limits>

namespace orderly::postgres {
namespace {

struct feed_state {
  std::int64_t epoch = 0;  ///< the newest
  std::int64_t until = 0;  ///< its transactions below are all there
  feed_position last;      ///< of the epoch that was asked for
  bool holds_back = false; ///< something that is committed above `until`
};

feed_state state_of_feed(session& over, pqxx::transaction_base& in, std::int64_t asked) {
  const auto row = over.run(in, sql::feed_end, values{}.integer(asked))[0];
  feed_state now{integer_at(row, 0), integer_at(row, 1), {}, flag_at(row, 5)};
  now.last.epoch = std::min(asked, now.epoch);
  if (!row[2].is_null())
    now.last = {now.last.epoch, integer_at(row, 2), order_id{id_at(row, 3)}, integer_at(row, 4)};
  return now;
}

} // namespace

feed_position end_of_feed(session& over) {
  pqxx::nontransaction look{over.raw()};
  return state_of_feed(over, look, std::numeric_limits<std::int64_t>::max()).last;
}

result<event_page> read_events(session& over, const feed_position& at, std::size_t limit) {
  feed_state now;
  event_page page;
  {
    pqxx::nontransaction look{over.raw()};
    now = state_of_feed(over, look, at.epoch);
    if (at <= now.last) {
      values asked;
      asked.integer(at.epoch).text(std::to_string(at.pos)).id(at.order.value).integer(at.seq);
      asked.integer(now.epoch).text(std::to_string(now.until)).integer(static_cast<std::int64_t>(event_page_size(limit)));
      for (const auto& row : over.run(look, sql::events_after, asked))
        if (auto taken = take_event(row_view{row}, page); !taken)
          return taken.error();
    }
  }
  if (at > now.last)
    return lost_page(end_of_feed(over));
  page.held_back = now.holds_back;
  return finished(std::move(page), at, limit);
}

} // namespace orderly::postgres
