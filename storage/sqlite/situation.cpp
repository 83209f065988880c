#include "storage/sqlite/situation.hpp"

#include "storage/row_reading.hpp"
#include "storage/sqlite/statements.hpp"

#include <utility>

namespace orderly::sqlite {

result<order_situation> read_situation(connection& over, listed_order row) {
  order_situation found{std::move(row.order), std::move(row.unreadable), {}, {}, {}};
  const auto id = found.order.id.value;
  auto attention = over.use(sql::attention_of_order);
  attention.id(id);
  while (attention.step())
    found.attention.push_back(read_attention(attention));
  auto promises = over.use(sql::unkept_promises);
  promises.id(id);
  while (promises.step())
    if (auto promise = read_promise(promises))
      found.promises.push_back(*std::move(promise));
  auto events = over.use(sql::latest_of_each_type);
  events.id(id);
  while (events.step()) {
    auto e = read_event(events);
    if (!e)
      return e.error();
    found.latest.push_back(*std::move(e));
  }
  return found;
}

} // namespace orderly::sqlite
