#include "storage/sqlite/reader.hpp"

#include "storage/order_row.hpp"
#include "storage/paging.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/timeline_merge.hpp"

namespace orderly::sqlite {
namespace {

void bind_key(statement& query, const order_key& key) {
  if (const auto* id = std::get_if<order_id>(&key))
    query.id(id->value);
  else
    query.text(std::get<tiktok_order_id>(key).str());
}

bool by_id(const order_key& key) { return std::holds_alternative<order_id>(key); }

} // namespace

result<loaded_order> reader::load_one(const load_request& what) {
  loaded_order loaded;
  loaded.order.tiktok_id = what.order;
  {
    auto query = over_.use(what.with_document ? sql::order_and_document_by_tiktok_id : sql::order_by_tiktok_id);
    query.text(what.order.str());
    if (query.step()) {
      auto found = read_order(query);
      if (!found)
        return found.error();
      loaded.exists = true;
      loaded.quarantined = !query.is_null(quarantined_column);
      loaded.order = *std::move(found);
      if (what.with_document) {
        auto document = read_document(query);
        if (!document)
          return document.error();
        loaded.document = std::make_shared<const json::object>(*std::move(document));
      }
    }
  }
  for (const auto& key : what.keys) {
    auto query = over_.use(sql::settled_input);
    query.text(key).text(what.order.str());
    if (!query.step())
      continue;
    auto settled = read_settled(query);
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
    auto query = over_.use(filter.state ? sql::orders_in_state : sql::orders_in_any_state);
    query.at(from->updated_at).id(from->id);
    if (filter.state)
      query.text(name_of(*filter.state));
    query.integer(rows_to_ask_for(filter.limit));
    auto page = read_page<listed_order>(query, filter.limit, read_listed);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

result<order_view> reader::find(const order_key& key) {
  return guarded([&]() -> result<order_view> {
    auto query = over_.use(by_id(key) ? sql::order_and_document_by_id : sql::order_and_document_by_tiktok_id);
    bind_key(query, key);
    if (!query.step())
      return no_such_order(key);
    auto found = read_order(query);
    if (!found)
      return found.error();
    auto document = read_document(query);
    if (!document)
      return document.error();
    return order_view{*std::move(found), *std::move(document), query.maybe_time_at(quarantined_column)};
  });
}

result<std::vector<event>> reader::events_from(const uuid& order, const timeline_position& at, std::size_t count) {
  std::vector<event> events;
  auto query = over_.use(sql::events_from);
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
  auto query = over_.use(sql::inputs_from);
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
      auto query = over_.use(by_id(key) ? sql::ids_by_id : sql::ids_by_tiktok_id);
      bind_key(query, key);
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

result<pending_page> reader::pending(const pending_request& what) {
  return guarded([&]() -> result<pending_page> {
    const auto from = pending_position_from(what.cursor);
    if (!from)
      return from.error();
    auto query = over_.use(what.order ? sql::pending_inputs_of_order : sql::pending_inputs);
    query.at(from->received_at).id(from->id).at(bound_of(what)).integer(rows_to_ask_for(what.limit));
    if (what.order)
      query.text(what.order->str());
    auto page = read_page<input_row>(query, what.limit, read_input_row);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

result<dead_letter_page> reader::dead_letters(const dead_letter_filter& filter) {
  return guarded([&]() -> result<dead_letter_page> {
    const auto from = dead_letter_position_from(filter.cursor);
    if (!from)
      return from.error();
    auto query = over_.use(filter.cause      ? filter.redriven ? sql::all_dead_letters_of_cause : sql::dead_letters_of_cause
                           : filter.redriven ? sql::all_dead_letters
                                             : sql::dead_letters);
    query.at(from->last_at).integer(from->id).integer(rows_to_ask_for(filter.limit));
    if (filter.cause)
      query.text(name_of(*filter.cause));
    auto page = read_page<dead_letter_view>(query, filter.limit, read_dead_letter);
    if (!page)
      return page.error();
    return finished(*std::move(page));
  });
}

} // namespace orderly::sqlite
