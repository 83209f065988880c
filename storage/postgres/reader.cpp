#include "storage/postgres/reader.hpp"

#include "storage/order_row.hpp"
#include "storage/paging.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/timeline_merge.hpp"

namespace orderly::postgres {
namespace {

pqxx::result by_key(session& over, pqxx::transaction_base& in, const order_key& key, const statement& with_id,
                    const statement& with_tiktok_id) {
  if (const auto* id = std::get_if<order_id>(&key))
    return over.run(in, with_id, values{}.id(id->value));
  return over.run(in, with_tiktok_id, values{}.text(std::get<tiktok_order_id>(key).str()));
}

result<void> take_order(const pqxx::row& row, loaded_order& into) {
  auto found = read_order(row);
  if (!found)
    return found.error();
  into.exists = true;
  into.quarantined = maybe_time_at(row, quarantined_column).has_value();
  into.order = *std::move(found);
  if (row[document_column].is_null())
    return {};
  auto document = read_document(row);
  if (!document)
    return document.error();
  into.document = std::make_shared<const json::object>(*std::move(document));
  return {};
}

result<void> take_settled(const pqxx::row& row, loaded_order& into) {
  auto settled = read_settled(row, settled_column);
  if (!settled)
    return settled.error();
  into.settled.emplace(owned_at(row, settled_column + 3), *std::move(settled));
  return {};
}

result<std::vector<event>> events_from(session& over, pqxx::transaction_base& in, const uuid& order, const timeline_position& at,
                                       std::size_t count) {
  std::vector<event> events;
  for (const auto& row :
       over.run(in, sql::events_from, values{}.id(order).integer(at.seq).integer(static_cast<std::int64_t>(count)))) {
    auto e = read_event(row);
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
  for (const auto& row : over.run(in, sql::inputs_from, asked))
    inputs.push_back(read_input(row));
  return inputs;
}

} // namespace

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
    for (const auto& row : over.run(look, sql::load_orders, asked)) {
      auto& into = all[static_cast<std::size_t>(integer_at(row, place_column))];
      if (!into)
        continue; // it cannot be read
      const bool is_order = !row[0].is_null();
      if (auto taken = is_order ? take_order(row, *into) : take_settled(row, *into); !taken)
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
    auto page = read_page<listed_order>(over.run(look, filter.state ? sql::orders_in_state : sql::orders_in_any_state, asked),
                                        filter.limit, read_listed);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

result<order_view> reader::find(const order_key& key) {
  return guarded([&](session& over) -> result<order_view> {
    pqxx::nontransaction look{over.raw()};
    const auto rows_found = by_key(over, look, key, sql::order_by_id, sql::order_by_tiktok_id);
    if (rows_found.empty())
      return no_such_order(key);
    auto found = read_order(rows_found[0]);
    if (!found)
      return found.error();
    auto document = read_document(rows_found[0]);
    if (!document)
      return document.error();
    return order_view{*std::move(found), *std::move(document), maybe_time_at(rows_found[0], quarantined_column)};
  });
}

result<timeline_page> reader::timeline(const order_key& key, std::size_t limit, const std::string& cursor) {
  return guarded([&](session& over) -> result<timeline_page> {
    const auto from = timeline_position_from(cursor);
    if (!from)
      return from.error();
    snapshot_transaction snapshot{over.raw()};
    const auto ids = by_key(over, snapshot, key, sql::ids_by_id, sql::ids_by_tiktok_id);
    if (ids.empty())
      return no_such_order(key);
    const auto size = page_size(limit);
    auto events = events_from(over, snapshot, id_at(ids[0], 0), *from, size + 1);
    if (!events)
      return events.error();
    return merge_timeline(*std::move(events), inputs_from(over, snapshot, text_at(ids[0], 1), *from, size + 1), size);
  });
}

result<pending_page> reader::pending(const pending_request& what) {
  return guarded([&](session& over) -> result<pending_page> {
    const auto from = pending_position_from(what.cursor);
    if (!from)
      return from.error();
    values asked;
    asked.at(from->received_at).id(from->id).at(bound_of(what)).integer(rows_to_ask_for(what.limit));
    if (what.order)
      asked.text(what.order->str());
    pqxx::nontransaction look{over.raw()};
    auto page = read_page<input_row>(over.run(look, what.order ? sql::pending_inputs_of_order : sql::pending_inputs, asked),
                                     what.limit, read_input_row);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

result<dead_letter_page> reader::dead_letters(const dead_letter_filter& filter) {
  return guarded([&](session& over) -> result<dead_letter_page> {
    const auto from = dead_letter_position_from(filter.cursor);
    if (!from)
      return from.error();
    values asked;
    asked.at(from->last_at).integer(from->id).integer(rows_to_ask_for(filter.limit));
    if (filter.cause)
      asked.text(name_of(*filter.cause));
    const auto& wanted = filter.cause      ? filter.redriven ? sql::all_dead_letters_of_cause : sql::dead_letters_of_cause
                         : filter.redriven ? sql::all_dead_letters
                                           : sql::dead_letters;
    pqxx::nontransaction look{over.raw()};
    auto page = read_page<dead_letter_view>(over.run(look, wanted, asked), filter.limit, read_dead_letter);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

} // namespace orderly::postgres
