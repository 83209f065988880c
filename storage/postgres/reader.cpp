#include "storage/postgres/reader.hpp"

#include "storage/cursor.hpp"
#include "storage/named_statement.hpp"
#include "storage/paging.hpp"
#include "storage/postgres/event_pages.hpp"
#include "storage/postgres/kept_inputs.hpp"
#include "storage/postgres/situation.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/row_reading.hpp"
#include "storage/timeline_merge.hpp"

#include <iterator>

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
{"quarantined_orders", "select count(*) from order_attention where kind = 'quarantined' and until is null"},
};
// clang-format on

consteval const statement& sql(std::string_view name) { return named(name, statements); }

/// Columns of load_orders behind those of an order: the place of its request, and a settled input's.
constexpr int place_column = 13, settled_column = 14;

pqxx::result by_key(session& over, pqxx::transaction_base& in, const order_key& key, const statement& with_id,
                    const statement& with_tiktok_id) {
  if (const auto* id = std::get_if<order_id>(&key))
    return over.run(in, with_id, values{}.id(id->value));
  return over.run(in, with_tiktok_id, values{}.text(std::get<tiktok_order_id>(key).str()));
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
    return page_from<listed_order>(over.run(look, wanted, asked), filter.limit,
                                   [](const pqxx::row& row) { return read_listed(row_view{row}); });
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
  return guarded([&](session& over) { return read_pending(over, what); });
}

result<dead_letter_page> reader::dead_letters(const dead_letter_filter& filter) {
  return guarded([&](session& over) { return read_dead_letters(over, filter); });
}

result<std::vector<std::int64_t>> reader::dead_letter_ids(dead_letter_cause cause, std::size_t limit) {
  return guarded([&](session& over) { return read_dead_letter_ids(over, cause, limit); });
}

result<std::size_t> reader::quarantined_orders() {
  return guarded([&](session& over) -> result<std::size_t> {
    pqxx::nontransaction look{over.raw()};
    return static_cast<std::size_t>(integer_at(over.run(look, sql("quarantined_orders"), values{})[0], 0));
  });
}

} // namespace

std::unique_ptr<order_queries> make_reader(const database& where) { return std::make_unique<reader>(where); }

std::vector<statement> read_statements() {
  std::vector<statement> all{std::begin(statements), std::end(statements)};
  const auto of_inputs = kept_input_statements();
  all.insert(all.end(), of_inputs.begin(), of_inputs.end());
  return all;
}

} // namespace orderly::postgres
