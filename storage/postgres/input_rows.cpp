// Writing inputs and their dead letters, those of units and those apart from any commit.

#include "base/digest.hpp"
#include "storage/input_row.hpp"
#include "storage/postgres/batch.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace orderly::postgres {

namespace {

rows input_rows() {
  using t = type;
  return {t::text,    t::text, t::uuid, t::uuid, t::integer, t::integer, t::time, t::text,  t::json,
          t::integer, t::time, t::text, t::text, t::text,    t::text,    t::text, t::bytes, t::bytes};
}

void add_input(rows& into, const input_record& record, std::int64_t events) {
  const auto& what = *record.what;
  into.text(what.dedupe_key).text(what.order.str()).id(what.id.value).id(what.delivery);
  if (record.outcome == input_outcome::pending)
    into.null().null().null().text(name_of(record.outcome)).null();
  else
    into.integer(record.policy_version)
        .integer(record.decided_on)
        .at(record.decided_at)
        .text(name_of(record.outcome))
        .json(json::serialize(to_json(record.answer)));
  into.integer(events).at(what.received_at).text(name_of(what.source)).text_or_null(what.actor).text_or_null(what.shop.str());
  into.text(what.type).text_or_null(what.notification_id);
  into.bytes(std::string_view{*what.raw});
  const auto hash = sha256(*what.raw);
  into.bytes({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

rows dead_rows() { return {type::uuid, type::text, type::time}; }

void add_dead(rows& into, const uuid& input, const input_record& record) {
  into.id(input).text(name_of(*record.dead)).at(died_at(record));
}

using key = std::pair<std::string_view, std::string_view>; ///< the row's: dedupe key and order
key key_of(const input_record& record) { return {record.what->dedupe_key, record.what->order.str()}; }

/// Of inputs whose rows had been pending under another id.
void readdress(session& over, pqxx::transaction_base& in, std::span<const decided_input> all, const pqxx::result& repeated) {
  rows moved{type::text, type::text, type::uuid, type::uuid};
  for (const auto& row : repeated) {
    if (row[1].is_null())
      continue;
    const key of{text_at(row, 1), text_at(row, 2)};
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return key_of(*one.record) == of; });
    const auto stored = id_at(row, 3);
    if (at != all.end() && at->record->what->id.value != stored)
      moved.text(of.first).text(of.second).id(stored).id(at->record->what->id.value);
  }
  if (!moved.empty())
    over.run(in, sql::readdress_inputs, moved);
}

/// Inputs of different keys.
void record_round(session& over, pqxx::transaction_base& in, std::span<const input_record* const> round) {
  auto asked = input_rows();
  std::map<key, const input_record*> given;
  for (const auto* record : round) {
    add_input(asked, *record, 0);
    given.emplace(key_of(*record), record);
  }
  std::vector<decided_input> decided;
  auto dead = dead_rows(), dead_again = dead_rows();
  for (const auto& row : over.run(in, sql::record_inputs, asked)) {
    const auto& record = *given.at({text_at(row, 0), text_at(row, 1)});
    const auto stored = id_at(row, 2);
    const auto outcome = input_outcome_from(text_at(row, 3));
    if (outcome == input_outcome::pending && record.outcome != input_outcome::pending)
      decided.push_back({&record, 0});
    else if (outcome == input_outcome::dead && record.dead) // new or the same again, its first answer being lost; or another
      add_dead(stored == record.what->id.value ? dead : dead_again, stored, record);
  }
  write_inputs(over, in, decided);
  if (!dead.empty())
    over.run(in, sql::write_dead_letter_once, dead);
  if (!dead_again.empty())
    over.run(in, sql::write_dead_letter, dead_again);
}

} // namespace

void write_inputs(session& over, pqxx::transaction_base& in, std::span<const decided_input> all) {
  if (all.empty())
    return;
  auto asked = input_rows(), dead = dead_rows();
  for (const auto& [record, events] : all) {
    add_input(asked, *record, events);
    if (record->dead)
      add_dead(dead, record->what->id.value, *record);
  }
  const auto outcome = over.run(in, sql::write_inputs, asked);
  if (integer_at(outcome[0], 0) != static_cast<std::int64_t>(all.size()))
    throw input_settled{};
  readdress(over, in, all, outcome);
  if (!dead.empty())
    over.run(in, sql::write_dead_letter, dead);
}

void record_inputs(session& over, pqxx::transaction_base& in, std::span<const input_record> inputs) {
  std::vector<std::vector<const input_record*>> rounds; // the n-th ones of their keys
  std::map<key, std::size_t> times;
  for (const auto& record : inputs) {
    const auto round = times[key_of(record)]++;
    rounds.resize(std::max(rounds.size(), round + 1));
    rounds[round].push_back(&record);
  }
  for (const auto& round : rounds)
    record_round(over, in, round);
}

} // namespace orderly::postgres
