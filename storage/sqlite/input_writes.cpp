#include "storage/sqlite/input_writes.hpp"

#include "base/digest.hpp"
#include "storage/row_reading.hpp"
#include "storage/sqlite/statements.hpp"

#include <boost/json/serialize.hpp>

namespace orderly::sqlite {
namespace {

/// What both writes begin with: who it is and what became of it. `answer` must live until the statement has run.
void bind_decided(statement& into, const input_record& record, const std::string& answer, std::int64_t events) {
  into.id(record.what->id.value).id(record.what->delivery);
  if (record.outcome == input_outcome::pending)
    into.null().null().null();
  else
    into.integer(record.policy_version).integer(record.decided_on).at(record.decided_at);
  into.text(name_of(record.outcome)).text_or_null(answer).integer(events);
  into.text(record.what->dedupe_key).text(record.what->order.str());
}

void insert_input(connection& over, const input_record& record, const std::string& answer, std::int64_t events) {
  const auto& what = *record.what;
  const auto hash = sha256(*what.raw);
  auto insert = over.use(sql::insert_input);
  bind_decided(insert, record, answer, events);
  insert.at(what.received_at).text(name_of(what.source)).text_or_null(what.actor).text_or_null(what.shop.str());
  insert.text(what.type).text_or_null(what.notification_id);
  insert.blob(std::string_view{*what.raw});
  insert.blob(std::string_view{reinterpret_cast<const char*>(hash.data()), hash.size()}).run();
}

/// A redelivery that decides a pending row gives it its own id, which the events name; its dead letter follows.
void decide_pending(connection& over, const input_record& record, const input_standing& stored, const std::string& answer,
                    std::int64_t events) {
  auto decide = over.use(sql::decide_pending_input);
  bind_decided(decide, record, answer, events);
  decide.run();
  if (stored.id != record.what->id.value)
    over.use(sql::readdress_dead_letter).id(record.what->id.value).id(stored.id).run();
}

void write_dead_letter(connection& over, const uuid& input, const input_record& record) {
  over.use(sql::insert_dead_letter).id(input).text(name_of(*record.dead)).at(died_at(record)).run();
}

} // namespace

std::optional<input_standing> standing_of(connection& over, const input& what) {
  auto query = over.use(sql::input_standing);
  query.text(what.dedupe_key).text(what.order.str());
  if (!query.step())
    return std::nullopt;
  const auto outcome = query.text_at(0);
  return input_standing{query.id_at(1), outcome == name_of(input_outcome::pending), outcome == name_of(input_outcome::dead)};
}

void write_input(connection& over, const input_record& record, const std::optional<input_standing>& stored, std::int64_t events) {
  const auto answer = record.outcome == input_outcome::pending ? std::string{} : json::serialize(to_json(record.answer));
  if (stored)
    decide_pending(over, record, *stored, answer, events);
  else
    insert_input(over, record, answer, events);
  if (record.dead)
    write_dead_letter(over, record.what->id.value, record);
}

void count_delivery(connection& over, const std::string& dedupe_key, const tiktok_order_id& order) {
  over.use(sql::count_delivery).text(dedupe_key).text(order.str()).run();
}

void record_input(connection& over, const input_record& record) {
  const auto stored = standing_of(over, *record.what);
  if (!stored || (stored->pending && record.outcome != input_outcome::pending)) {
    write_input(over, record, stored, 0);
    return;
  }
  if (stored->id == record.what->id.value)
    return; // the same once more, after an answer that was lost
  count_delivery(over, record.what->dedupe_key, record.what->order);
  if (stored->dead && record.dead)
    write_dead_letter(over, stored->id, record);
}

void redrive_input(connection& over, std::int64_t dead_letter, timestamp now, std::vector<input_row>& into) {
  input_row dead;
  {
    auto query = over.use(sql::dead_input);
    if (!query.integer(dead_letter).step())
      return;
    dead = read_input_row(query);
  }
  over.use(sql::revive_input).text(dead.what.dedupe_key).text(dead.what.order.str()).run();
  over.use(sql::mark_redriven).at(now).integer(dead_letter).run();
  into.push_back(std::move(dead));
}

} // namespace orderly::sqlite
