#include "storage/postgres/reader.hpp"

#include "storage/cursor.hpp"
#include "storage/paging.hpp"
#include "storage/postgres/event_pages.hpp"
#include "storage/postgres/situation.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/row_reading.hpp"
#include "storage/timeline_merge.hpp"

namespace orderly::postgres {
namespace {

// The columns stand as row_reading.hpp takes them; times come as microseconds since 1970.
// clang-format off
constexpr statement statements[] = {
// Orders, and the settled inputs among the keys in hand: one statement, since both must be of one moment, and a lone webhook of a
// new order waits for each journey to the server. A row without an order is such an input.
{"load_orders", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1),
  case when a.with_document then o.order_data end, a.place, null, null, null, null
from unnest($1::int8[], $2::text[], $3::bool[]) as a(place, key, with_document)
join orders o on o.tiktok_order_id = a.key
union all
select null, null, null, null, null, null, null, null, null, null, null, null, null, k.place,
  i.id, encode(i.raw_hash, 'hex'), i.answer, i.dedupe_key
from unnest($4::int8[], $5::text[], $6::text[]) as k(place, key, ref)
join inputs i on i.dedupe_key = k.key and i.order_ref = k.ref where i.outcome <> 'pending')sql"},
{"order_by_id", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1),
  o.order_data
from orders o where o.id = $1::uuid)sql"},
{"order_by_tiktok_id", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1),
  o.order_data
from orders o where o.tiktok_order_id = $1::text)sql"},
{"orders_in_state", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1)
from (
  select * from orders o where o.state = $4::text and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
  order by o.updated_at desc, o.id desc limit $3::int8) o
order by o.updated_at desc, o.id desc limit $3::int8)sql"},
{"order_rows", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1)
from orders o where o.id = any($1::uuid[]))sql"},
// One index serves both lists: of all states, the newest of each are merged. Quarantines are asked for behind the merge.
{"orders_in_any_state", R"sql(
select o.id, o.tiktok_order_id, o.state, o.failure, o.shop_id, o.facts, o.held, o.version,
  (extract(epoch from o.created_at) * 1000000)::int8,
  (extract(epoch from o.updated_at) * 1000000)::int8, (extract(epoch from o.closed_at) * 1000000)::int8,
  (select case when t.until is null then (extract(epoch from t.since) * 1000000)::int8 end from order_attention t
   where t.order_id = o.id and t.kind = 'quarantined' limit 1)
from (
  select * from (
  (select * from orders o where o.state = 'received' and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
   order by o.updated_at desc, o.id desc limit $3::int8)
  union all
  (select * from orders o where o.state = 'processing' and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
   order by o.updated_at desc, o.id desc limit $3::int8)
  union all
  (select * from orders o where o.state = 'shipped' and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
   order by o.updated_at desc, o.id desc limit $3::int8)
  union all
  (select * from orders o where o.state = 'delivered' and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
   order by o.updated_at desc, o.id desc limit $3::int8)
  union all
  (select * from orders o where o.state = 'failed' and (o.updated_at, o.id) < ($1::timestamptz, $2::uuid)
   order by o.updated_at desc, o.id desc limit $3::int8)) o
  order by o.updated_at desc, o.id desc limit $3::int8) o
order by o.updated_at desc, o.id desc)sql"},
{"ids_by_id", "select id, tiktok_order_id from orders where id = $1::uuid"},
{"ids_by_tiktok_id", "select id, tiktok_order_id from orders where tiktok_order_id = $1::text"},
{"events_from", R"sql(
select seq, (extract(epoch from at) * 1000000)::int8, type, source, actor, from_state, to_state, detail, input_id
from order_events where order_id = $1::uuid and seq <= $2::int8 order by seq desc limit $3::int8)sql"},
{"inputs_from", R"sql(
select id, (extract(epoch from received_at) * 1000000)::int8, source, type, dedupe_key, notification_id, outcome, deliveries
from inputs
where order_ref = $1::text and order_ref <> '' and events = 0 and (received_at, id) <= ($2::timestamptz, $3::uuid)
order by received_at desc, id desc limit $4::int8)sql"},
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
{"quarantined_orders", "select count(*) from order_attention where kind = 'quarantined' and until is null"},
};
// clang-format on

/// A name that is none does not compile.
consteval const statement& sql(std::string_view name) {
  for (const auto& one : statements)
    if (one.name == name)
      return one;
  throw "no statement has this name";
}

/// Columns of load_orders behind those of an order: the place of its request, and a settled input's.
constexpr int place_column = 13, settled_column = 14;

constexpr auto most_bytes = static_cast<std::int64_t>(page_bytes);

pqxx::result by_key(session& over, pqxx::transaction_base& in, const order_key& key, const statement& with_id,
                    const statement& with_tiktok_id) {
  if (const auto* id = std::get_if<order_id>(&key))
    return over.run(in, with_id, values{}.id(id->value));
  return over.run(in, with_tiktok_id, values{}.text(std::get<tiktok_order_id>(key).str()));
}

/// What `read` makes of each row's view.
template <class T, class Read>
auto page_of_rows(const pqxx::result& rows, std::size_t asked, Read read) {
  return page_from<T>(rows, asked, [&](const pqxx::row& row) { return read(row_view{row}); });
}

result<void> take_settled(const pqxx::row& row, loaded_order& into) {
  auto settled = read_settled(row_view{row}, settled_column);
  if (!settled)
    return settled.error();
  into.settled.emplace(owned_at(row, settled_column + 3), *std::move(settled));
  return {};
}

result<std::vector<event>> events_from(session& over, pqxx::transaction_base& in, const uuid& order, const timeline_position& at,
                                       std::size_t count) {
  std::vector<event> events;
  for (const auto& row :
       over.run(in, sql("events_from"), values{}.id(order).integer(at.seq).integer(static_cast<std::int64_t>(count)))) {
    auto e = read_event(row_view{row});
    if (!e)
      return e.error();
    events.push_back(*std::move(e));
  }
  return events;
}

std::vector<input_view> inputs_from(session& over, pqxx::transaction_base& in, std::string_view order,
                                    const timeline_position& at, std::size_t count) {
  std::vector<input_view> inputs;
  values asked;
  asked.text(order).at(at.input.updated_at).id(at.input.id).integer(static_cast<std::int64_t>(count));
  for (const auto& row : over.run(in, sql("inputs_from"), asked))
    inputs.push_back(read_input(row_view{row}));
  return inputs;
}

class reader final : public order_queries, private connected {
public:
  explicit reader(database where) : connected(std::move(where), access::read) {}

  result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) override;
  result<order_page> list(const order_filter& filter) override;
  result<std::vector<listed_order>> rows_of(std::span<const order_id> orders) override;
  result<order_view> find(const order_key& key) override;
  result<order_situation> situation_of(const order_key& key) override;
  result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) override;
  result<event_page> events_after(const feed_position& at, std::size_t limit) override;
  result<feed_position> feed_end() override;
  result<pending_page> pending(const pending_request& what) override;
  result<dead_letter_page> dead_letters(const dead_letter_filter& filter) override;
  result<std::vector<std::int64_t>> dead_letter_ids(dead_letter_cause cause, std::size_t limit) override;
  result<std::size_t> quarantined_orders() override;
};

result<std::vector<result<loaded_order>>> reader::load(std::span<const load_request> what) {
  return guarded([&](session& over) -> result<std::vector<result<loaded_order>>> {
    std::vector<result<loaded_order>> all(what.size());
    for (std::size_t i = 0; i < what.size(); ++i)
      all[i]->order.tiktok_id = what[i].order;
    rows orders{type::integer, type::text, type::boolean}, keys{type::integer, type::text, type::text};
    for (std::size_t i = 0; i < what.size(); ++i) {
      const auto place = static_cast<std::int64_t>(i);
      orders.integer(place).text(what[i].order.str()).flag(what[i].with_document);
      for (const auto& key : what[i].keys)
        keys.integer(place).text(key).text(what[i].order.str());
    }
    auto asked = orders.take();
    for (auto& column : keys.take())
      asked.push_back(std::move(column));
    pqxx::nontransaction look{over.raw()};
    for (const auto& row : over.run(look, sql("load_orders"), asked)) {
      auto& into = all[static_cast<std::size_t>(integer_at(row, place_column))];
      if (!into)
        continue; // it cannot be read
      const bool is_order = !row[0].is_null();
      if (auto taken = is_order ? take_order(row_view{row}, *into) : take_settled(row, *into); !taken)
        into = taken.error();
    }
    return all;
  });
}

result<order_page> reader::list(const order_filter& filter) {
  return guarded([&](session& over) -> result<order_page> {
    const auto from = list_position_from(filter.cursor);
    if (!from)
      return from.error();
    values asked;
    asked.at(from->updated_at).id(from->id).integer(rows_to_ask_for(filter.limit));
    if (filter.state)
      asked.text(name_of(*filter.state));
    pqxx::nontransaction look{over.raw()};
    const auto& wanted = filter.state ? sql("orders_in_state") : sql("orders_in_any_state");
    return page_of_rows<listed_order>(over.run(look, wanted, asked), filter.limit, read_listed<row_view>);
  });
}

result<std::vector<listed_order>> reader::rows_of(std::span<const order_id> orders) {
  return guarded([&](session& over) -> result<std::vector<listed_order>> {
    rows wanted{type::uuid};
    for (const auto& order : orders)
      wanted.id(order.value);
    std::vector<listed_order> found;
    pqxx::nontransaction look{over.raw()};
    for (const auto& row : over.run(look, sql("order_rows"), wanted.take()))
      found.push_back(read_listed(row_view{row}));
    return found;
  });
}

result<order_view> reader::find(const order_key& key) {
  return guarded([&](session& over) -> result<order_view> {
    pqxx::nontransaction look{over.raw()};
    const auto found = by_key(over, look, key, sql("order_by_id"), sql("order_by_tiktok_id"));
    if (found.empty())
      return no_such_order(key);
    const auto row = found[0];
    return read_order_view(row_view{row});
  });
}

result<order_situation> reader::situation_of(const order_key& key) {
  return guarded([&](session& over) -> result<order_situation> {
    snapshot_transaction snapshot{over.raw()};
    const auto found = by_key(over, snapshot, key, sql("order_by_id"), sql("order_by_tiktok_id"));
    if (found.empty())
      return no_such_order(key);
    const auto row = found[0];
    return read_situation(over, snapshot, read_listed(row_view{row}));
  });
}

result<timeline_page> reader::timeline(const order_key& key, std::size_t limit, const std::string& cursor) {
  return guarded([&](session& over) -> result<timeline_page> {
    const auto from = timeline_position_from(cursor);
    if (!from)
      return from.error();
    snapshot_transaction snapshot{over.raw()};
    const auto ids = by_key(over, snapshot, key, sql("ids_by_id"), sql("ids_by_tiktok_id"));
    if (ids.empty())
      return no_such_order(key);
    const auto size = page_size(limit);
    auto events = events_from(over, snapshot, id_at(ids[0], 0), *from, size + 1);
    if (!events)
      return events.error();
    return merge_timeline(*std::move(events), inputs_from(over, snapshot, text_at(ids[0], 1), *from, size + 1), size);
  });
}

result<feed_position> reader::feed_end() {
  return guarded([](session& over) -> result<feed_position> { return end_of_feed(over); });
}

result<event_page> reader::events_after(const feed_position& at, std::size_t limit) {
  return guarded([&](session& over) { return read_events(over, at, limit); });
}

result<pending_page> reader::pending(const pending_request& what) {
  return guarded([&](session& over) -> result<pending_page> {
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
  });
}

result<dead_letter_page> reader::dead_letters(const dead_letter_filter& filter) {
  return guarded([&](session& over) -> result<dead_letter_page> {
    const auto from = dead_letter_position_from(filter.cursor);
    if (!from)
      return from.error();
    values asked;
    asked.at(from->last_at).integer(from->id).integer(rows_to_ask_for(filter.limit)).integer(most_bytes);
    asked.text(filter.cause ? name_of(*filter.cause) : std::string_view{});
    pqxx::nontransaction look{over.raw()};
    const auto& wanted = filter.redriven ? sql("all_dead_letters") : sql("open_dead_letters");
    return page_of_rows<dead_letter_view>(over.run(look, wanted, asked), filter.limit, read_dead_letter<row_view>);
  });
}

result<std::vector<std::int64_t>> reader::dead_letter_ids(dead_letter_cause cause, std::size_t limit) {
  return guarded([&](session& over) -> result<std::vector<std::int64_t>> {
    values asked;
    asked.text(name_of(cause)).integer(static_cast<std::int64_t>(page_size(limit)));
    pqxx::nontransaction look{over.raw()};
    std::vector<std::int64_t> ids;
    for (const auto& row : over.run(look, sql("dead_letter_ids"), asked))
      ids.push_back(integer_at(row, 0));
    return ids;
  });
}

result<std::size_t> reader::quarantined_orders() {
  return guarded([&](session& over) -> result<std::size_t> {
    pqxx::nontransaction look{over.raw()};
    return static_cast<std::size_t>(integer_at(over.run(look, sql("quarantined_orders"), values{})[0], 0));
  });
}

} // namespace

std::unique_ptr<order_queries> make_reader(const database& where) { return std::make_unique<reader>(where); }

std::span<const statement> read_statements() { return statements; }

} // namespace orderly::postgres
