#include "storage/postgres/situation.hpp"

#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/row_reading.hpp"

#include <utility>

namespace orderly::postgres {

result<order_situation> read_situation(session& over, pqxx::transaction_base& in, listed_order row) {
  order_situation found{std::move(row.order), std::move(row.unreadable), {}, {}, {}};
  const auto of = values{}.id(found.order.id.value);
  for (const auto& each : over.run(in, sql::attention_of_order, of))
    found.attention.push_back(read_attention(row_view{each}));
  for (const auto& each : over.run(in, sql::unkept_promises, of))
    if (auto promise = read_promise(row_view{each}))
      found.promises.push_back(*std::move(promise));
  for (const auto& each : over.run(in, sql::latest_of_each_type, of)) {
    auto e = read_event(row_view{each});
    if (!e)
      return e.error();
    found.latest.push_back(*std::move(e));
  }
  return found;
}

} // namespace orderly::postgres
