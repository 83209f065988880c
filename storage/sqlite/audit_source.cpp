#include "storage/sqlite/audit_source.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/statements.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace orderly::sqlite {
namespace {

using sql::text;
constexpr text has_schema = "select exists (select 1 from sqlite_schema where type = 'table' and name = 'schema_migrations')";
constexpr text all_policies = "select version, body from policies";
constexpr text all_orders = R"(
  select id, tiktok_order_id, state, failure, tiktok_status, shop_id, tiktok_update_time, held, version, created_at, updated_at,
    due_at, closed_at, facts, order_data
  from orders order by tiktok_order_id)";
constexpr text events_of_order = R"(
  select seq, at, type, source, actor, from_state, to_state, detail, input_id from order_events where order_id = ? order by seq)";
// Only the keys are sorted, in a temporary file once they outgrow the cache: the rows hold buyers' data, and much more of it.
constexpr text input_keys = "select order_ref, rowid from inputs where order_ref <> '' order by order_ref";
constexpr text input_at = R"(
  select id, dedupe_key, received_at, source, actor, shop_id, type, notification_id, raw, raw_hash, policy_version, decided_on,
    decided_at, outcome, answer, events, exists (select 1 from dead_letters d where d.input_id = inputs.id)
  from inputs where rowid = ?)";
constexpr text unsettled_promises =
    "select kind, ref, state, due_at is not null from outbox where order_id = ? and state in ('open','waiting')";
constexpr text open_attention = "select kind, since from order_attention where order_id = ? and until is null";
constexpr text ownerless_events = R"(
  select order_id from (select distinct order_id from order_events) e
  where not exists (select 1 from orders o where o.id = e.order_id))";

std::string owned(std::string_view bytes) { return std::string{bytes}; }

std::optional<std::int64_t> maybe_integer(const statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{row.integer_at(column)};
}

audit::order_columns read_columns(const statement& row) {
  audit::order_columns o;
  o.id = order_id{row.id_at(0)};
  o.state = owned(row.text_at(2));
  o.failure = owned(row.text_at(3));
  o.tiktok_status = owned(row.text_at(4));
  o.shop = owned(row.text_at(5));
  o.tiktok_update_time = maybe_integer(row, 6);
  o.held = row.integer_at(7) != 0;
  o.version = row.integer_at(8);
  o.created_at = row.time_at(9);
  o.updated_at = row.time_at(10);
  o.due_at = row.maybe_time_at(11);
  o.closed_at = row.maybe_time_at(12);
  o.facts = owned(row.text_at(13));
  o.document = owned(row.text_at(14));
  return o;
}

audit::event_row read_event_row(const statement& row) {
  return {row.integer_at(0),     row.time_at(1),        owned(row.text_at(2)), owned(row.text_at(3)), owned(row.text_at(4)),
          owned(row.text_at(5)), owned(row.text_at(6)), owned(row.text_at(7)), input_id{row.id_at(8)}};
}

audit::input_row read_input_row(const statement& row) {
  audit::input_row in;
  in.id = input_id{row.id_at(0)};
  in.dedupe_key = owned(row.text_at(1));
  in.received_at = row.time_at(2);
  in.source = owned(row.text_at(3));
  in.actor = owned(row.text_at(4));
  in.shop = owned(row.text_at(5));
  in.type = owned(row.text_at(6));
  in.notification_id = owned(row.text_at(7));
  in.raw = owned(row.blob_at(8));
  const auto hash = row.blob_at(9);
  std::copy_n(hash.begin(), std::min(hash.size(), in.raw_hash.size()), in.raw_hash.begin());
  in.policy_version = maybe_integer(row, 10);
  in.decided_on = maybe_integer(row, 11);
  in.decided_at = row.maybe_time_at(12);
  in.outcome = owned(row.text_at(13));
  in.answer = owned(row.text_at(14));
  in.events = row.integer_at(15);
  in.has_dead_letter = row.integer_at(16) != 0;
  return in;
}

/// A query that is read little by little while others run between.
class cursor {
public:
  cursor(connection& over, text query) : row_(over.use(query)) { advance(); }
  [[nodiscard]] bool at_end() const { return !there_; }
  [[nodiscard]] const statement& row() const { return row_; }
  void advance() { there_ = row_.step(); }

private:
  statement row_;
  bool there_ = false;
};

class audit_reader final : public audit::source {
public:
  explicit audit_reader(const database& where) : over_(where, access::inspect), snapshot_(over_, transaction::kind::read) {}

  result<void> check_schema() {
    auto table = over_.use(has_schema);
    table.step();
    if (table.integer_at(0) == 0)
      return error{error_code::bad_config, "storage.url: it names a database that is not Orderly's", {}};
    auto stored = over_.use(sql::schema_version);
    stored.step();
    return check_known(stored.integer_at(0));
  }

  result<std::map<std::int64_t, std::string>> policies() override {
    return guarded([&]() -> result<std::map<std::int64_t, std::string>> {
      std::map<std::int64_t, std::string> all;
      auto query = over_.use(all_policies);
      while (query.step())
        all.emplace(query.integer_at(0), owned(query.text_at(1)));
      return all;
    });
  }

  result<std::optional<audit::order_dossier>> next() override {
    return guarded([&]() -> result<std::optional<audit::order_dossier>> {
      if (!orders_) {
        orders_.emplace(over_, all_orders);
        keys_.emplace(over_, input_keys);
      }
      if (orders_->at_end() && keys_->at_end())
        return std::optional<audit::order_dossier>{};
      return std::optional{read_next()};
    });
  }

  result<std::vector<order_id>> ownerless() override {
    return guarded([&]() -> result<std::vector<order_id>> {
      std::vector<order_id> found;
      auto query = over_.use(ownerless_events);
      while (query.step())
        found.push_back(order_id{query.id_at(0)});
      return found;
    });
  }

private:
  /// The smaller one of the two streams' next ids, with what both say of it.
  audit::order_dossier read_next() {
    const auto order = orders_->at_end() ? std::string_view{} : orders_->row().text_at(1);
    const auto named = keys_->at_end() ? std::string_view{} : keys_->row().text_at(0);
    audit::order_dossier all;
    all.id = tiktok_order_id{owned(keys_->at_end() || (!orders_->at_end() && order <= named) ? order : named)};
    if (!orders_->at_end() && order == all.id.str()) {
      all.row = read_columns(orders_->row());
      orders_->advance();
      read_parts(all);
    }
    for (; !keys_->at_end() && keys_->row().text_at(0) == all.id.str(); keys_->advance()) {
      auto query = over_.use(input_at);
      if (query.integer(keys_->row().integer_at(1)).step())
        all.inputs.push_back(read_input_row(query));
    }
    return all;
  }

  void read_parts(audit::order_dossier& all) {
    auto events = over_.use(events_of_order);
    events.id(all.row->id.value);
    while (events.step())
      all.events.push_back(read_event_row(events));
    auto promises = over_.use(unsettled_promises);
    promises.id(all.row->id.value);
    while (promises.step())
      all.promises.push_back(
          {owned(promises.text_at(0)), owned(promises.text_at(1)), owned(promises.text_at(2)), promises.integer_at(3) != 0});
    auto attention = over_.use(open_attention);
    attention.id(all.row->id.value);
    while (attention.step())
      all.attention.push_back({owned(attention.text_at(0)), attention.time_at(1)});
  }

  connection over_;
  transaction snapshot_;
  std::optional<cursor> orders_, keys_; // end before the transaction does
};

/// Why no engine's database can be there; SQLite itself only says "unable to open database file".
std::string why_no_file(const std::string& path) {
  std::error_code ec;
  const auto found = std::filesystem::status(path, ec);
  if (ec || !std::filesystem::is_regular_file(found))
    return std::filesystem::exists(found) ? "it is no file" : ec.message();
  return ::access(path.c_str(), R_OK) == 0 ? "" : std::strerror(errno);
}

error unreadable(const std::string& path, const std::string& why) {
  return {error_code::storage_unavailable, "the database " + path + " cannot be read: " + why, {}};
}

/// Also a reader keeps the index of the log in a file beside the database.
std::string hint_for(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  return ::access(folder.c_str(), W_OK) == 0 ? "" : "; to read it takes a folder that can be written: copy it with its -wal file";
}

} // namespace

result<std::unique_ptr<audit::source>> open_audit(const std::string& path) {
  if (const auto why = why_no_file(path); !why.empty())
    return unreadable(path, why);
  auto opened = guarded([&]() -> result<std::unique_ptr<audit::source>> {
    auto reader = std::make_unique<audit_reader>(database{path, {}});
    if (auto known = reader->check_schema(); !known)
      return known.error();
    return std::unique_ptr<audit::source>{std::move(reader)};
  });
  if (!opened && opened.error().code == error_code::storage_unavailable)
    return unreadable(path, opened.error().message + hint_for(path));
  return opened;
}

} // namespace orderly::sqlite
