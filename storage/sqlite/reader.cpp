#include "storage/sqlite/reader.hpp"

#include "storage/cursor.hpp"
#include "storage/named_statement.hpp"
#include "storage/paging.hpp"
#include "storage/row_reading.hpp"
#include "storage/sqlite/kept_inputs.hpp"
#include "storage/sqlite/situation.hpp"
#include "storage/timeline_merge.hpp"

#include <iterator>

namespace orderly::sqlite {
namespace {

// Parameters are bound from left to right, unless they have numbers. The columns stand as row_reading.hpp takes them.
// clang-format off
constexpr read_statement statements[] = {
{"load_order", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null),
    case when ?2 then order_data end
  from orders where tiktok_order_id = ?1)"},
{"settled_input", R"(
  select id, raw_hash, answer from inputs where dedupe_key = ? and order_ref = ? and outcome <> 'pending')"},

{"order_by_id", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null),
    order_data
  from orders where id = ?)"},
{"order_by_tiktok_id", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null),
    order_data
  from orders where tiktok_order_id = ?)"},

{"orders_in_state", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null)
  from orders where state = ?4 and (updated_at, id) < (?1, ?2)
  order by updated_at desc, id desc limit ?3)"},
{"order_row", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null)
  from orders where id = ?)"},
// One index serves both lists: of all states, the newest of each are merged.
{"orders_in_any_state", R"(
  select id, tiktok_order_id, state, failure, shop_id, facts, held, version, created_at, updated_at, closed_at,
    (select a.since from order_attention a where a.order_id = orders.id and a.kind = 'quarantined' and a.until is null)
  from orders where rowid in (
    select r from (
      select * from (select rowid as r, updated_at, id from orders where state = 'received'
        and (updated_at, id) < (?1, ?2) order by updated_at desc, id desc limit ?3)
      union all
      select * from (select rowid as r, updated_at, id from orders where state = 'processing'
        and (updated_at, id) < (?1, ?2) order by updated_at desc, id desc limit ?3)
      union all
      select * from (select rowid as r, updated_at, id from orders where state = 'shipped'
        and (updated_at, id) < (?1, ?2) order by updated_at desc, id desc limit ?3)
      union all
      select * from (select rowid as r, updated_at, id from orders where state = 'delivered'
        and (updated_at, id) < (?1, ?2) order by updated_at desc, id desc limit ?3)
      union all
      select * from (select rowid as r, updated_at, id from orders where state = 'failed'
        and (updated_at, id) < (?1, ?2) order by updated_at desc, id desc limit ?3))
    order by updated_at desc, id desc limit ?3)
  order by updated_at desc, id desc)"},

{"ids_by_id", "select id, tiktok_order_id from orders where id = ?"},
{"ids_by_tiktok_id", "select id, tiktok_order_id from orders where tiktok_order_id = ?"},
{"events_from", R"(
  select seq, at, type, source, actor, from_state, to_state, detail, input_id from order_events
  where order_id = ? and seq <= ?
  order by seq desc limit ?)"},
{"inputs_from", R"(
  select id, received_at, source, type, dedupe_key, notification_id, outcome, deliveries from inputs
  where order_ref = ?1 and order_ref <> '' and events = 0 and (received_at, id) <= (?2, ?3)
  order by received_at desc, id desc limit ?4)"},

{"feed_end", R"(
  select (select max(epoch) from feed_epochs), pos, order_id, seq from order_events
  where pos = (select max(pos) from order_events))"},
{"feed_epoch", "select max(epoch) from feed_epochs"},
// Where the history of an epoch ends: the next one's first event.
{"feed_epoch_end", "select min(first_pos) from feed_epochs where epoch > ?"},
{"events_after", R"(
  select e.seq, e.at, e.type, e.source, e.actor, e.from_state, e.to_state, e.detail, e.input_id,
    (select max(f.epoch) from feed_epochs f where f.first_pos <= e.pos), e.pos, e.order_id, o.tiktok_order_id
  from order_events e join orders o on o.id = e.order_id where e.pos > ? order by e.pos limit ?)"},

{"quarantined_orders", "select count(*) from order_attention where kind = 'quarantined' and until is null"},
};
// clang-format on

consteval std::string_view sql(std::string_view name) { return named(name, statements).sql; }

class reader final : public order_queries {
public:
  explicit reader(const database& where) : over_(where, access::read) {}

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

private:
  result<loaded_order> load_one(const load_request& what);
  /// Of what this transaction sees.
  feed_position end_of_feed();
  bool is_lost(const feed_position& at, const feed_position& end);
  statement by_key(const order_key& key, std::string_view with_id, std::string_view with_tiktok_id);
  result<std::vector<event>> events_from(const uuid& order, const timeline_position& at, std::size_t count);
  std::vector<input_view> inputs_from(const std::string& order, const timeline_position& at, std::size_t count);
  connection over_;
};

/// With the key bound: it must live until the last step.
statement reader::by_key(const order_key& key, std::string_view with_id, std::string_view with_tiktok_id) {
  const auto* id = std::get_if<order_id>(&key);
  auto query = over_.use(id ? with_id : with_tiktok_id);
  if (id)
    query.id(id->value);
  else
    query.text(std::get<tiktok_order_id>(key).str());
  return query;
}

result<loaded_order> reader::load_one(const load_request& what) {
  loaded_order loaded;
  loaded.order.tiktok_id = what.order;
  {
    auto query = over_.use(sql("load_order"));
    query.text(what.order.str()).integer(what.with_document);
    if (query.step())
      if (auto taken = take_order(query, loaded); !taken)
        return taken.error();
  }
  for (const auto& key : what.keys) {
    auto query = over_.use(sql("settled_input"));
    query.text(key).text(what.order.str());
    if (!query.step())
      continue;
    auto settled = read_settled(query, 0);
    if (!settled)
      return settled.error();
    loaded.settled.emplace(key, *std::move(settled));
  }
  return loaded;
}

result<std::vector<result<loaded_order>>> reader::load(std::span<const load_request> what) {
  return guarded([&]() -> result<std::vector<result<loaded_order>>> {
    std::vector<result<loaded_order>> all;
    all.reserve(what.size());
    transaction snapshot{over_, transaction::kind::read}; // the row and the settled keys must be of one moment
    for (const auto& request : what)
      all.push_back(load_one(request));
    return all;
  });
}

result<order_page> reader::list(const order_filter& filter) {
  return guarded([&]() -> result<order_page> {
    const auto from = list_position_from(filter.cursor);
    if (!from)
      return from.error();
    auto query = over_.use(filter.state ? sql("orders_in_state") : sql("orders_in_any_state"));
    query.at(from->updated_at).id(from->id).integer(rows_to_ask_for(filter.limit));
    if (filter.state)
      query.text(name_of(*filter.state));
    return page_from<listed_order>(query, filter.limit, read_listed<statement>);
  });
}

result<std::vector<listed_order>> reader::rows_of(std::span<const order_id> orders) {
  return guarded([&]() -> result<std::vector<listed_order>> {
    std::vector<listed_order> rows;
    transaction snapshot{over_, transaction::kind::read};
    for (const auto& order : orders) {
      auto query = over_.use(sql("order_row"));
      query.id(order.value);
      if (query.step())
        rows.push_back(read_listed(query));
    }
    return rows;
  });
}

result<order_view> reader::find(const order_key& key) {
  return guarded([&]() -> result<order_view> {
    auto query = by_key(key, sql("order_by_id"), sql("order_by_tiktok_id"));
    if (!query.step())
      return no_such_order(key);
    return read_order_view(query);
  });
}

result<order_situation> reader::situation_of(const order_key& key) {
  return guarded([&]() -> result<order_situation> {
    transaction snapshot{over_, transaction::kind::read};
    listed_order row;
    {
      auto query = by_key(key, sql("order_by_id"), sql("order_by_tiktok_id"));
      if (!query.step())
        return no_such_order(key);
      row = read_listed(query);
    }
    return read_situation(over_, std::move(row));
  });
}

result<std::vector<event>> reader::events_from(const uuid& order, const timeline_position& at, std::size_t count) {
  std::vector<event> events;
  auto query = over_.use(sql("events_from"));
  query.id(order).integer(at.seq).integer(static_cast<std::int64_t>(count));
  while (query.step()) {
    auto e = read_event(query);
    if (!e)
      return e.error();
    events.push_back(*std::move(e));
  }
  return events;
}

std::vector<input_view> reader::inputs_from(const std::string& order, const timeline_position& at, std::size_t count) {
  std::vector<input_view> inputs;
  auto query = over_.use(sql("inputs_from"));
  query.text(order).at(at.input.updated_at).id(at.input.id).integer(static_cast<std::int64_t>(count));
  while (query.step())
    inputs.push_back(read_input(query));
  return inputs;
}

result<timeline_page> reader::timeline(const order_key& key, std::size_t limit, const std::string& cursor) {
  return guarded([&]() -> result<timeline_page> {
    const auto from = timeline_position_from(cursor);
    if (!from)
      return from.error();
    transaction snapshot{over_, transaction::kind::read};
    uuid id;
    std::string tiktok_id;
    {
      auto query = by_key(key, sql("ids_by_id"), sql("ids_by_tiktok_id"));
      if (!query.step())
        return no_such_order(key);
      id = query.id_at(0);
      tiktok_id = query.text_at(1);
    }
    const auto size = page_size(limit);
    auto events = events_from(id, *from, size + 1);
    if (!events)
      return events.error();
    return merge_timeline(*std::move(events), inputs_from(tiktok_id, *from, size + 1), size);
  });
}

feed_position reader::end_of_feed() {
  auto last = over_.use(sql("feed_end"));
  if (last.step())
    return {last.integer_at(0), last.integer_at(1), order_id{last.id_at(2)}, last.integer_at(3)};
  auto epoch = over_.use(sql("feed_epoch"));
  epoch.step();
  return {epoch.integer_at(0), 0, {}, 0};
}

bool reader::is_lost(const feed_position& at, const feed_position& end) {
  if (at.epoch >= end.epoch)
    return at.epoch > end.epoch || at.pos > end.pos;
  auto query = over_.use(sql("feed_epoch_end"));
  query.integer(at.epoch).step();
  return at.pos >= query.integer_at(0);
}

result<feed_position> reader::feed_end() {
  return guarded([&]() -> result<feed_position> {
    transaction snapshot{over_, transaction::kind::read};
    return end_of_feed();
  });
}

result<event_page> reader::events_after(const feed_position& at, std::size_t limit) {
  return guarded([&]() -> result<event_page> {
    transaction snapshot{over_, transaction::kind::read};
    if (const auto end = end_of_feed(); is_lost(at, end))
      return lost_page(end);
    event_page page;
    auto query = over_.use(sql("events_after"));
    query.integer(at.pos).integer(static_cast<std::int64_t>(event_page_size(limit)));
    while (query.step())
      if (auto taken = take_event(query, page); !taken)
        return taken.error();
    return finished(std::move(page), at, limit);
  });
}

result<pending_page> reader::pending(const pending_request& what) {
  return guarded([&] { return read_pending(over_, what); });
}

result<dead_letter_page> reader::dead_letters(const dead_letter_filter& filter) {
  return guarded([&] { return read_dead_letters(over_, filter); });
}

result<std::vector<std::int64_t>> reader::dead_letter_ids(dead_letter_cause cause, std::size_t limit) {
  return guarded([&] { return read_dead_letter_ids(over_, cause, limit); });
}

result<std::size_t> reader::quarantined_orders() {
  return guarded([&]() -> result<std::size_t> {
    auto query = over_.use(sql("quarantined_orders"));
    query.step();
    return static_cast<std::size_t>(query.integer_at(0));
  });
}

} // namespace

std::unique_ptr<order_queries> make_reader(const database& where) { return std::make_unique<reader>(where); }

std::vector<read_statement> read_statements() {
  std::vector<read_statement> all{std::begin(statements), std::end(statements)};
  const auto of_inputs = kept_input_statements();
  all.insert(all.end(), of_inputs.begin(), of_inputs.end());
  return all;
}

} // namespace orderly::sqlite
