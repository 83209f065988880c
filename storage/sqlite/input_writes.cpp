#include "storage/sqlite/input_writes.hpp"

#include "base/digest.hpp"
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
  insert.blob(record.keep_raw ? std::string_view{*what.raw} : std::string_view{});
  insert.blob(std::string_view{reinterpret_cast<const char*>(hash.data()), hash.size()}).run();
}

} // namespace

std::optional<stored_input> stored_input_of(connection& over, const input& what) {
  auto query = over.use(sql::input_standing);
  query.text(what.dedupe_key).text(what.order.str());
  if (!query.step())
    return std::nullopt;
  return stored_input{query.id_at(1), query.text_at(0) == name_of(input_outcome::pending)};
}

void write_input(connection& over, const input_record& record, bool was_pending, std::int64_t events) {
  const auto answer = record.outcome == input_outcome::pending ? std::string{} : json::serialize(to_json(record.answer));
  if (was_pending) {
    auto decide = over.use(sql::decide_pending_input);
    bind_decided(decide, record, answer, events);
    decide.run();
  } else {
    insert_input(over, record, answer, events);
  }
  if (!record.dead)
    return;
  const auto& what = *record.what;
  over.use(sql::insert_dead_letter).id(what.id.value).text(name_of(*record.dead)).at(what.received_at).run();
}

void count_delivery(connection& over, const std::string& dedupe_key, const tiktok_order_id& order) {
  over.use(sql::count_delivery).text(dedupe_key).text(order.str()).run();
}

void record_input(connection& over, const input_record& record) {
  const auto stored = stored_input_of(over, *record.what);
  if (!stored) {
    write_input(over, record, false, 0);
    return;
  }
  count_delivery(over, record.what->dedupe_key, record.what->order);
  over.use(sql::count_dead_letter).at(record.what->received_at).id(stored->id).run();
}

} // namespace orderly::sqlite
