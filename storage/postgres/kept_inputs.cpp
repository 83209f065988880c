#include "storage/postgres/kept_inputs.hpp"

#include "storage/cursor.hpp"
#include "storage/named_statement.hpp"
#include "storage/paging.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/row_reading.hpp"

namespace orderly::postgres {
namespace {

// The columns stand as row_reading.hpp takes them; times come as microseconds since 1970.
// clang-format off
constexpr statement statements[] = {
// Whether an order is quarantined is asked behind a limit: by its key, whatever the planner thinks of the number of open ones.
// Bodies behind the bound of a page stay in the store.
{"pending_inputs", R"sql(
select i.id, i.delivery_id, i.dedupe_key, i.order_ref, (extract(epoch from i.received_at) * 1000000)::int8, i.source, i.actor,
  i.shop_id, i.type, i.notification_id, case when i.bytes_before < $5::int8 then encode(i.raw, 'hex') end
from (
  select p.*, coalesce(sum(octet_length(p.raw)) over (
    order by p.received_at, p.id rows between unbounded preceding and 1 preceding), 0) as bytes_before
  from (
    select * from inputs i
    where i.outcome = 'pending' and (i.received_at, i.id) > ($1::timestamptz, $2::uuid)
      and i.received_at < $3::timestamptz
      and coalesce((select q.until is not null from orders o join order_attention q on q.order_id = o.id
        where o.tiktok_order_id = i.order_ref and q.kind = 'quarantined' limit 1), true)
    order by i.received_at, i.id limit $4::int8) p) i
order by i.received_at, i.id)sql"},
{"pending_inputs_of_order", R"sql(
select i.id, i.delivery_id, i.dedupe_key, i.order_ref, (extract(epoch from i.received_at) * 1000000)::int8, i.source, i.actor,
  i.shop_id, i.type, i.notification_id, case when i.bytes_before < $5::int8 then encode(i.raw, 'hex') end
from (
  select p.*, coalesce(sum(octet_length(p.raw)) over (
    order by p.received_at, p.id rows between unbounded preceding and 1 preceding), 0) as bytes_before
  from (
    select * from inputs i
    where i.outcome = 'pending' and (i.received_at, i.id) > ($1::timestamptz, $2::uuid)
      and i.received_at < $3::timestamptz and i.order_ref = $6::text
      and coalesce((select q.until is not null from orders o join order_attention q on q.order_id = o.id
        where o.tiktok_order_id = i.order_ref and q.kind = 'quarantined' limit 1), true)
    order by i.received_at, i.id limit $4::int8) p) i
order by i.received_at, i.id)sql"},
// The page first, then the inputs of its letters only.
{"open_dead_letters", R"sql(
select d.id, d.input_id, d.order_ref, d.shop_id, d.source, d.type, d.notification_id, d.cause, d.count,
  (extract(epoch from d.first_at) * 1000000)::int8, (extract(epoch from d.last_at) * 1000000)::int8,
  (extract(epoch from d.redriven_at) * 1000000)::int8,
  case when d.bytes_before < $4::int8 then encode(d.raw, 'hex') end
from (
  select l.*, i.order_ref, i.shop_id, i.source, i.type, i.notification_id, i.raw, coalesce(sum(octet_length(i.raw)) over (
    order by l.last_at desc, l.id desc rows between unbounded preceding and 1 preceding), 0) as bytes_before
  from (
    select * from dead_letters d
    where d.redriven_at is null and (d.last_at, d.id) < ($1::timestamptz, $2::int8) and ($5::text = '' or d.cause = $5::text)
    order by d.last_at desc, d.id desc limit $3::int8) l
  left join inputs i on i.id = l.input_id) d
order by d.last_at desc, d.id desc)sql"},
{"all_dead_letters", R"sql(
select d.id, d.input_id, d.order_ref, d.shop_id, d.source, d.type, d.notification_id, d.cause, d.count,
  (extract(epoch from d.first_at) * 1000000)::int8, (extract(epoch from d.last_at) * 1000000)::int8,
  (extract(epoch from d.redriven_at) * 1000000)::int8,
  case when d.bytes_before < $4::int8 then encode(d.raw, 'hex') end
from (
  select l.*, i.order_ref, i.shop_id, i.source, i.type, i.notification_id, i.raw, coalesce(sum(octet_length(i.raw)) over (
    order by l.last_at desc, l.id desc rows between unbounded preceding and 1 preceding), 0) as bytes_before
  from (
    select * from dead_letters d
    where (d.last_at, d.id) < ($1::timestamptz, $2::int8) and ($5::text = '' or d.cause = $5::text)
    order by d.last_at desc, d.id desc limit $3::int8) l
  left join inputs i on i.id = l.input_id) d
order by d.last_at desc, d.id desc)sql"},
{"dead_letter_ids", R"sql(
select d.id from dead_letters d where d.redriven_at is null and d.cause = $1::text
order by d.last_at desc, d.id desc limit $2::int8)sql"},
};
// clang-format on

consteval const statement& sql(std::string_view name) { return named(name, statements); }

constexpr auto most_bytes = static_cast<std::int64_t>(page_bytes);

/// What `read` makes of each row's view.
template <class T, class Read>
auto page_of_rows(const pqxx::result& rows, std::size_t asked, Read read) {
  return page_from<T>(rows, asked, [&](const pqxx::row& row) { return read(row_view{row}); });
}

} // namespace

result<pending_page> read_pending(session& over, const pending_request& what) {
  const auto from = pending_position_from(what.cursor);
  if (!from)
    return from.error();
  values asked;
  asked.at(from->received_at).id(from->id).at(bound_of(what)).integer(rows_to_ask_for(what.limit)).integer(most_bytes);
  if (what.order)
    asked.text(what.order->str());
  pqxx::nontransaction look{over.raw()};
  const auto& wanted = what.order ? sql("pending_inputs_of_order") : sql("pending_inputs");
  return page_of_rows<input_row>(over.run(look, wanted, asked), what.limit, read_input_row<row_view>);
}

result<dead_letter_page> read_dead_letters(session& over, const dead_letter_filter& filter) {
  const auto from = dead_letter_position_from(filter.cursor);
  if (!from)
    return from.error();
  values asked;
  asked.at(from->last_at).integer(from->id).integer(rows_to_ask_for(filter.limit)).integer(most_bytes);
  asked.text(filter.cause ? name_of(*filter.cause) : std::string_view{});
  pqxx::nontransaction look{over.raw()};
  const auto& wanted = filter.redriven ? sql("all_dead_letters") : sql("open_dead_letters");
  return page_of_rows<dead_letter_view>(over.run(look, wanted, asked), filter.limit, read_dead_letter<row_view>);
}

result<std::vector<std::int64_t>> read_dead_letter_ids(session& over, dead_letter_cause cause, std::size_t limit) {
  values asked;
  asked.text(name_of(cause)).integer(static_cast<std::int64_t>(page_size(limit)));
  pqxx::nontransaction look{over.raw()};
  std::vector<std::int64_t> ids;
  for (const auto& row : over.run(look, sql("dead_letter_ids"), asked))
    ids.push_back(integer_at(row, 0));
  return ids;
}

std::span<const statement> kept_input_statements() { return statements; }

} // namespace orderly::postgres
