#include "storage/postgres/audit_source.hpp"

#include "storage/postgres/migrations.hpp"
#include "storage/postgres/pooler.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/stored.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace orderly::postgres {
namespace {

constexpr int orders_a_batch = 200;
constexpr std::size_t keys_a_fetch = 10'000;

// The session's own limits are those of an engine, which never reads for long and never pauses within a transaction.
constexpr const char* settings =
    "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = '10min'; set local work_mem = '64MB'";
// What reads a whole table is planned by its size, what reads a batch goes through an index whatever the planner thinks.
constexpr const char* plan_for_tables =
    "set local enable_seqscan = on; set local enable_hashjoin = on; set local enable_mergejoin = on";
constexpr const char* plan_for_batches = "set local enable_seqscan = off";

// Only keys are sorted; the rows, which are much larger, are then read at their places, which cannot change within the snapshot.
constexpr const char* open_keys =
    "declare audit_inputs no scroll cursor for select order_ref, ctid from inputs where order_ref <> '' order by order_ref";
constexpr const char* ownerless_events =
    "select distinct order_id from order_events e where not exists (select from orders o where o.id = e.order_id)";

#define ORDERLY_MICROS(column) "(extract(epoch from " column ") * 1000000)::int8"
constexpr statement orders_after{
    "audit_orders",
    "select id, tiktok_order_id, state, failure, tiktok_status, shop_id,"
    " tiktok_update_time, held, version, " ORDERLY_MICROS("created_at") ", " ORDERLY_MICROS("updated_at") ", " ORDERLY_MICROS(
        "due_at") ", " ORDERLY_MICROS("closed_at") ", facts, order_data from orders"
                                                   " where tiktok_order_id > $1::text order by tiktok_order_id limit $2::int8"};
constexpr const char* events_of =
    "select seq, " ORDERLY_MICROS("at") ", type, source, actor, from_state, to_state, detail,"
                                        " input_id, order_id from order_events where order_id = any(";
constexpr const char* inputs_at = "select id, dedupe_key, " ORDERLY_MICROS(
    "received_at") ", source, actor, shop_id, type,"
                   " notification_id, raw, raw_hash, policy_version, decided_on, " ORDERLY_MICROS(
                       "decided_at") ", outcome, answer, events,"
                                     " exists (select from dead_letters d where d.input_id = inputs.id), order_ref from inputs "
                                     "where ctid = any(";
constexpr const char* promises_of = "select kind, ref, state, order_id, due_at is not null from outbox"
                                    " where state in ('open','waiting') and order_id = any(";
constexpr const char* attention_of = "select kind, " ORDERLY_MICROS("since") ", order_id from order_attention"
                                                                             " where until is null and order_id = any(";
#undef ORDERLY_MICROS

std::optional<std::int64_t> maybe_integer(const pqxx::row& row, int column) {
  return row[column].is_null() ? std::nullopt : std::optional{integer_at(row, column)};
}

audit::order_columns read_columns(const pqxx::row& row) {
  audit::order_columns o;
  o.id = order_id{id_at(row, 0)};
  o.state = owned_at(row, 2);
  o.failure = owned_at(row, 3);
  o.tiktok_status = owned_at(row, 4);
  o.shop = owned_at(row, 5);
  o.tiktok_update_time = maybe_integer(row, 6);
  o.held = flag_at(row, 7);
  o.version = integer_at(row, 8);
  o.created_at = time_at(row, 9);
  o.updated_at = time_at(row, 10);
  o.due_at = maybe_time_at(row, 11);
  o.closed_at = maybe_time_at(row, 12);
  o.facts = owned_at(row, 13);
  o.document = owned_at(row, 14);
  return o;
}

audit::event_row read_event_row(const pqxx::row& row) {
  return {integer_at(row, 0), time_at(row, 1),  owned_at(row, 2), owned_at(row, 3),       owned_at(row, 4),
          owned_at(row, 5),   owned_at(row, 6), owned_at(row, 7), input_id{id_at(row, 8)}};
}

audit::input_row read_input_row(const pqxx::row& row) {
  audit::input_row in;
  in.id = input_id{id_at(row, 0)};
  in.dedupe_key = owned_at(row, 1);
  in.received_at = time_at(row, 2);
  in.source = owned_at(row, 3);
  in.actor = owned_at(row, 4);
  in.shop = owned_at(row, 5);
  in.type = owned_at(row, 6);
  in.notification_id = owned_at(row, 7);
  in.raw = bytes_from(text_at(row, 8));
  const auto hash = bytes_from(text_at(row, 9));
  std::copy_n(hash.begin(), std::min(hash.size(), in.raw_hash.size()), in.raw_hash.begin());
  in.policy_version = maybe_integer(row, 10);
  in.decided_on = maybe_integer(row, 11);
  in.decided_at = maybe_time_at(row, 12);
  in.outcome = owned_at(row, 13);
  in.answer = owned_at(row, 14);
  in.events = integer_at(row, 15);
  in.has_dead_letter = flag_at(row, 16);
  return in;
}

/// An array literal of values that need no escape but quotes: UUIDs, and places such as (12,3).
class array_literal {
public:
  void add(std::string_view value) { (text_ += text_.empty() ? "'{\"" : "\",\"") += value; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string of(std::string_view type) const { return text_ + "\"}'::" + std::string{type} + "[])"; }

private:
  std::string text_;
};

class audit_reader final : public audit::source {
public:
  explicit audit_reader(database where) : where_(std::move(where)), over_(where_, access::read), snapshot_(over_.raw()) {
    snapshot_.exec(settings);
  }

  result<void> check_schema() {
    if (snapshot_.exec("select to_regclass('schema_migrations') is null")[0][0].as<bool>())
      return error{error_code::bad_config, "storage.url: it names a database that is not Orderly's", {}};
    return check_known(snapshot_.exec("select coalesce(max(version), 0) from schema_migrations")[0][0].as<std::int64_t>());
  }

  result<std::map<std::int64_t, std::string>> policies() override {
    return guarded([&] {
      std::map<std::int64_t, std::string> all;
      for (const auto& row : snapshot_.exec("select version, body from policies"))
        all.emplace(integer_at(row, 0), owned_at(row, 1));
      return all;
    });
  }

  result<std::optional<audit::order_dossier>> next() override {
    return guarded([&]() -> std::optional<audit::order_dossier> {
      while (ready_.empty() && !(orders_end_ && keys_end_ && keys_.empty()))
        read_batch();
      if (ready_.empty())
        return std::nullopt;
      auto one = std::move(ready_.front());
      ready_.pop_front();
      return one;
    });
  }

  result<std::vector<order_id>> ownerless() override {
    return guarded([&] {
      snapshot_.exec(plan_for_tables);
      std::vector<order_id> found;
      for (const auto& row : snapshot_.exec(ownerless_events))
        found.push_back(order_id{id_at(row, 0)});
      return found;
    });
  }

private:
  using batch = std::map<std::string, audit::order_dossier>;
  using owners = std::unordered_map<std::string, audit::order_dossier*>; ///< by the order's UUID, as the server writes it

  template <class F>
  auto guarded(F&& f) noexcept -> result<decltype(f())> {
    try {
      return f();
    } catch (const std::exception& caught) {
      return error_of(caught, where_);
    }
  }

  /// The next orders, and with them every input whose order_ref is not beyond the last of them.
  void read_batch() {
    if (!begun_) {
      snapshot_.exec(plan_for_tables);
      snapshot_.exec(open_keys);
      snapshot_.exec(plan_for_batches);
      begun_ = true;
    }
    batch all;
    owners by_id;
    array_literal ids;
    const auto found = over_.run(snapshot_, orders_after, values{}.text(last_order_).integer(orders_a_batch));
    for (const auto& row : found) {
      last_order_ = owned_at(row, 1);
      auto& one = all[last_order_];
      one.row = read_columns(row);
      by_id.emplace(owned_at(row, 0), &one);
      ids.add(text_at(row, 0));
    }
    orders_end_ = static_cast<int>(found.size()) < orders_a_batch;
    if (!ids.empty())
      read_parts(ids, by_id);
    read_inputs(all);
    for (auto& [id, one] : all) {
      one.id = tiktok_order_id{id};
      ready_.push_back(std::move(one));
    }
  }

  void read_parts(const array_literal& ids, const owners& by_id) {
    for (const auto& row : snapshot_.exec(events_of + ids.of("uuid") + " order by order_id, seq"))
      by_id.at(owned_at(row, 9))->events.push_back(read_event_row(row));
    for (const auto& row : snapshot_.exec(promises_of + ids.of("uuid")))
      by_id.at(owned_at(row, 3))->promises.push_back({owned_at(row, 0), owned_at(row, 1), owned_at(row, 2), flag_at(row, 4)});
    for (const auto& row : snapshot_.exec(attention_of + ids.of("uuid")))
      by_id.at(owned_at(row, 2))->attention.push_back({owned_at(row, 0), time_at(row, 1)});
  }

  void read_inputs(batch& all) {
    array_literal places;
    for (fetch_keys(); !keys_.empty() && (orders_end_ || keys_.front().order <= last_order_); fetch_keys()) {
      places.add(keys_.front().place);
      keys_.pop_front();
    }
    if (places.empty())
      return;
    for (const auto& row : snapshot_.exec(inputs_at + places.of("tid")))
      all[owned_at(row, 17)].inputs.push_back(read_input_row(row));
  }

  /// Makes sure that there is a next key, unless there is none.
  void fetch_keys() {
    if (!keys_.empty() || keys_end_)
      return;
    const auto found = snapshot_.exec("fetch forward " + std::to_string(keys_a_fetch) + " from audit_inputs");
    for (const auto& row : found)
      keys_.push_back({owned_at(row, 0), owned_at(row, 1)});
    keys_end_ = std::cmp_less(found.size(), keys_a_fetch); // signed in libpqxx 7
  }

  struct input_key {
    std::string order, place;
  };
  database where_;
  session over_;
  snapshot_transaction snapshot_;
  bool begun_ = false, orders_end_ = false, keys_end_ = false;
  std::string last_order_;
  std::deque<input_key> keys_;
  std::deque<audit::order_dossier> ready_;
};

} // namespace

result<std::unique_ptr<audit::source>> open_audit(const std::string& url, const std::string& schema) {
  auto where = database_from(url);
  if (!where)
    return where.error();
  try {
    if (auto direct = refuse_transaction_pooler(*where); !direct)
      return direct.error();
    auto found = schema_in_force(*where, schema);
    if (!found)
      return found.error();
    where->schema = *std::move(found);
    auto reader = std::make_unique<audit_reader>(*where);
    if (auto known = reader->check_schema(); !known)
      return known.error();
    return std::unique_ptr<audit::source>{std::move(reader)};
  } catch (const std::exception& caught) {
    return error_of(caught, *where);
  }
}

} // namespace orderly::postgres
