#include "storage/sqlite/order_writes.hpp"

#include "storage/order_row.hpp"
#include "storage/sqlite/statements.hpp"

#include <boost/json/serialize.hpp>

namespace orderly::sqlite {
namespace {

/// Bytes that SQLite's record format spends on an integer.
std::size_t stored_size(std::int64_t number) {
  const auto magnitude = static_cast<std::uint64_t>(number < 0 ? ~number : number);
  if (number == 0 || number == 1)
    return 0;
  for (const auto& [bits, bytes] : {std::pair{7, 1}, {15, 2}, {23, 3}, {31, 4}, {47, 6}})
    if (magnitude >> bits == 0)
      return static_cast<std::size_t>(bytes);
  return 8;
}

std::size_t stored_size(const std::optional<timestamp>& at) { return at ? stored_size(to_micros(*at)) : 0; }

/// SQLite rewrites a row whole when its size changes, the pages of order_data with it; a row of equal size is overwritten in
/// place, and only pages whose bytes differ are written. So blanks behind the facts (still the same JSON) round the size of all
/// other columns up: an order with a detail is rewritten whole only when it outgrows a step.
void round_up_size(const order& o, order_row& row) {
  constexpr std::size_t step = 512;
  if (!o.facts.detail)
    return; // no document to spare
  const auto others = row.state.size() + row.failure.size() + row.tiktok_status.size() + row.shop.size() +
                      stored_size(o.version) + stored_size(o.updated_at) + stored_size(row.closed_at) + stored_size(row.due_at) +
                      stored_size(row.tiktok_update_time.value_or(0));
  const auto used = others + row.facts.size();
  row.facts.append((step - used % step) % step, ' ');
}

order_row padded_row_of(const order& o) {
  auto row = row_of(o);
  round_up_size(o, row);
  return row;
}

/// The parameters that every write of a row begins with.
void bind_row(statement& into, const order& o, const order_row& row) {
  into.text(row.state).text_or_null(row.failure).integer(o.held ? 1 : 0).integer(o.version).at(o.updated_at);
  into.at(row.closed_at).text_or_null(row.shop).text_or_null(row.tiktok_status);
  into.integer(row.tiktok_update_time).at(row.due_at).text(row.facts);
}

void project_attention(connection& over, const uuid& order, const event& e, std::string_view detail) {
  const auto change = attention_of(e);
  if (!change)
    return;
  if (change->raised)
    over.use(sql::raise_attention).id(order).text(change->kind).at(e.at).text(detail).run();
  else
    over.use(sql::clear_attention).at(e.at).id(order).text(change->kind).run();
}

} // namespace

std::optional<order_fence> fence_of(connection& over, const tiktok_order_id& order) {
  auto query = over.use(sql::stored_version);
  query.text(order.str());
  if (!query.step())
    return std::nullopt;
  return order_fence{query.integer_at(0), query.id_at(1), query.integer_at(2)};
}

void insert_order(connection& over, const order_unit& unit) {
  const auto row = padded_row_of(*unit.after);
  const auto document = unit.document ? json::serialize(*unit.document) : std::string{"{}"};
  auto insert = over.use(sql::insert_order);
  bind_row(insert, *unit.after, row);
  insert.text(document).id(unit.after->id.value).text(unit.order.str()).at(unit.after->created_at).run();
}

void update_order(connection& over, const order_unit& unit, const order_fence& stored) {
  const auto row = padded_row_of(*unit.after);
  if (!unit.document) {
    auto update = over.use(sql::update_order);
    bind_row(update, *unit.after, row);
    update.integer(stored.row).run();
    return;
  }
  const auto document = json::serialize(*unit.document);
  auto update = over.use(sql::update_order_and_document);
  bind_row(update, *unit.after, row);
  update.text(document).integer(stored.row).run();
}

void write_event(connection& over, const uuid& order, const event& e) {
  const auto detail = json::serialize(e.detail);
  auto insert = over.use(sql::insert_event);
  insert.id(order).integer(e.seq).at(e.at).text(name_of(e.type)).text(e.source).text_or_null(e.actor);
  insert.text_or_null(e.from ? name_of(*e.from) : "").text_or_null(e.to ? name_of(*e.to) : "");
  insert.text(detail).id(e.input.value).run();
  project_attention(over, order, e, detail);
}

void write_note(connection& over, const attention_note& note) {
  const bool of_order = !note.order.empty();
  const auto& subject = of_order ? note.order.str() : note.shop.str();
  if (!note.raised) {
    over.use(of_order ? sql::clear_note_of_order : sql::clear_note_of_shop).text(subject).text(note.kind).at(note.at).run();
    return;
  }
  const auto detail = json::serialize(note.detail);
  over.use(of_order ? sql::note_order : sql::note_shop).text(subject).text(note.kind).at(note.at).text(detail).run();
}

} // namespace orderly::sqlite
