#include "storage/sqlite/kept_inputs.hpp"

#include "storage/cursor.hpp"
#include "storage/named_statement.hpp"
#include "storage/paging.hpp"
#include "storage/row_reading.hpp"

namespace orderly::sqlite {
namespace {

// Parameters have numbers. The columns stand as row_reading.hpp takes them.
// clang-format off
constexpr read_statement statements[] = {
{"pending_inputs", R"(
  select i.id, i.delivery_id, i.dedupe_key, i.order_ref, i.received_at, i.source, i.actor, i.shop_id, i.type,
    i.notification_id, i.raw
  from inputs i
  where i.outcome = 'pending' and (i.received_at, i.id) > (?1, ?2) and i.received_at < ?3
    and not exists (select 1 from order_attention q where q.kind = 'quarantined' and q.until is null
      and q.order_id = (select o.id from orders o where o.tiktok_order_id = i.order_ref))
  order by i.received_at, i.id limit ?4)"},
{"pending_inputs_of_order", R"(
  select i.id, i.delivery_id, i.dedupe_key, i.order_ref, i.received_at, i.source, i.actor, i.shop_id, i.type,
    i.notification_id, i.raw
  from inputs i
  where i.outcome = 'pending' and (i.received_at, i.id) > (?1, ?2) and i.received_at < ?3 and i.order_ref = ?5
    and not exists (select 1 from order_attention q where q.kind = 'quarantined' and q.until is null
      and q.order_id = (select o.id from orders o where o.tiktok_order_id = i.order_ref))
  order by i.received_at, i.id limit ?4)"},

{"open_dead_letters", R"(
  select d.id, d.input_id, i.order_ref, i.shop_id, i.source, i.type, i.notification_id, d.cause, d.count, d.first_at,
    d.last_at, d.redriven_at, i.raw
  from dead_letters d left join inputs i on i.id = d.input_id
  where d.redriven_at is null and (d.last_at, d.id) < (?1, ?2) and (?4 is null or d.cause = ?4)
  order by d.last_at desc, d.id desc limit ?3)"},
{"all_dead_letters", R"(
  select d.id, d.input_id, i.order_ref, i.shop_id, i.source, i.type, i.notification_id, d.cause, d.count, d.first_at,
    d.last_at, d.redriven_at, i.raw
  from dead_letters d left join inputs i on i.id = d.input_id
  where (d.last_at, d.id) < (?1, ?2) and (?4 is null or d.cause = ?4)
  order by d.last_at desc, d.id desc limit ?3)"},
{"dead_letter_ids", R"(
  select id from dead_letters
  where redriven_at is null and (last_at, id) < (?1, ?2) and cause = ?3
  order by last_at desc, id desc limit ?4)"},
};
// clang-format on

consteval std::string_view sql(std::string_view name) { return named(name, statements).sql; }

} // namespace

result<pending_page> read_pending(connection& over, const pending_request& what) {
  const auto from = pending_position_from(what.cursor);
  if (!from)
    return from.error();
  auto query = over.use(what.order ? sql("pending_inputs_of_order") : sql("pending_inputs"));
  query.at(from->received_at).id(from->id).at(bound_of(what)).integer(rows_to_ask_for(what.limit));
  if (what.order)
    query.text(what.order->str());
  return page_from<input_row>(query, what.limit, read_input_row<statement>);
}

result<dead_letter_page> read_dead_letters(connection& over, const dead_letter_filter& filter) {
  const auto from = dead_letter_position_from(filter.cursor);
  if (!from)
    return from.error();
  auto query = over.use(filter.redriven ? sql("all_dead_letters") : sql("open_dead_letters"));
  query.at(from->last_at).integer(from->id).integer(rows_to_ask_for(filter.limit));
  query.text_or_null(filter.cause ? name_of(*filter.cause) : std::string_view{});
  return page_from<dead_letter_view>(query, filter.limit, read_dead_letter<statement>);
}

result<std::vector<std::int64_t>> read_dead_letter_ids(connection& over, dead_letter_cause cause, std::size_t limit) {
  std::vector<std::int64_t> ids;
  auto query = over.use(sql("dead_letter_ids"));
  const dead_letter_position newest;
  query.at(newest.last_at).integer(newest.id).text(name_of(cause)).integer(static_cast<std::int64_t>(page_size(limit)));
  while (query.step())
    ids.push_back(query.integer_at(0));
  return ids;
}

std::span<const read_statement> kept_input_statements() { return statements; }

} // namespace orderly::sqlite
