// The simulator's store under the same suite. It has no SQL: a question in SQL is asked of a copy of its rows.

#include "storage/order_row.hpp"
#include "tests/contract/backend.hpp"
#include "tests/support/memory_store.hpp"

#include <boost/json/serialize.hpp>
#include <sqlite3.h>

#include <stdexcept>
#include <variant>

namespace orderly::test {
namespace {

/// Text, a number, bytes or null.
class cell {
public:
  cell(std::string_view text) : value_(std::string{text}) {}
  cell(const std::string& text) : value_(text) {}
  cell(std::int64_t number) : value_(number) {}
  cell(timestamp at) : value_(to_micros(at)) {}
  template <class T>
  cell(const std::optional<T>& value) {
    if (value)
      *this = cell{*value};
  }
  static cell bytes(std::string_view raw) {
    cell made{raw};
    made.blob_ = true;
    return made;
  }
  static cell or_null(std::string_view text) { return text.empty() ? cell{std::optional<std::int64_t>{}} : cell{text}; }

  void bind(sqlite3_stmt* to, int at) const {
    if (const auto* number = std::get_if<std::int64_t>(&value_))
      sqlite3_bind_int64(to, at, *number);
    else if (const auto* text = std::get_if<std::string>(&value_))
      blob_ ? sqlite3_bind_blob(to, at, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT)
            : sqlite3_bind_text(to, at, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
  }

private:
  std::variant<std::monostate, std::int64_t, std::string> value_;
  bool blob_ = false;
};

cell id_cell(const uuid& id) { return cell::bytes({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}); }

class copy_of_rows {
public:
  explicit copy_of_rows(const memory_tables& from) {
    check(sqlite3_open(":memory:", &db_));
    copy_orders(from);
    copy_inputs(from);
    copy_promises(from);
    copy_rest(from);
  }
  ~copy_of_rows() { sqlite3_close(db_); }
  copy_of_rows(const copy_of_rows&) = delete;
  copy_of_rows& operator=(const copy_of_rows&) = delete;

  std::string scalar(const std::string& sql) {
    sqlite3_stmt* query = nullptr;
    check(sqlite3_prepare_v2(db_, sql.c_str(), -1, &query, nullptr));
    std::string value;
    if (sqlite3_step(query) == SQLITE_ROW)
      if (const auto* text = sqlite3_column_text(query, 0))
        value = reinterpret_cast<const char*>(text);
    check(sqlite3_finalize(query));
    return value;
  }

private:
  void copy_orders(const memory_tables& from) {
    run("create table orders(id, tiktok_order_id, state, failure, held, version, shop_id, tiktok_status, tiktok_update_time,"
        " due_at, closed_at, created_at, updated_at, facts, order_data)");
    run("create table order_events(pos, order_id, seq, at, type, source, actor, from_state, to_state, detail, input_id)");
    run("create table order_attention(order_id, kind, since, until, detail)");
    for (const auto& [tiktok_id, o] : from.orders) {
      const auto row = row_of(o.row);
      insert("orders", {id_cell(o.row.id.value), tiktok_id.str(), row.state, cell::or_null(row.failure), std::int64_t{o.row.held},
                        o.row.version, cell::or_null(row.shop), cell::or_null(row.tiktok_status), row.tiktok_update_time,
                        row.due_at, row.closed_at, o.row.created_at, o.row.updated_at, row.facts, json::serialize(o.document)});
      for (const auto& [e, pos] : o.events)
        insert("order_events", {pos, id_cell(o.row.id.value), e.seq, e.at, name_of(e.type), e.source, cell::or_null(e.actor),
                                cell::or_null(e.from ? name_of(*e.from) : ""), cell::or_null(e.to ? name_of(*e.to) : ""),
                                json::serialize(e.detail), id_cell(e.input.value)});
      for (const auto& [kind, a] : o.attention)
        insert("order_attention", {id_cell(o.row.id.value), kind, a.since, a.until, json::serialize(a.detail)});
    }
  }
  void copy_inputs(const memory_tables& from) {
    run("create table inputs(id, dedupe_key, order_ref, delivery_id, received_at, source, actor, shop_id, type, notification_id,"
        " raw, raw_hash, policy_version, decided_on, decided_at, deliveries, outcome, answer, events)");
    for (const auto& [at, in] : from.inputs)
      insert("inputs", {id_cell(in.what.id.value), at.first, at.second.str(), id_cell(in.what.delivery), in.what.received_at,
                        name_of(in.what.source), cell::or_null(in.what.actor), cell::or_null(in.what.shop.str()), in.what.type,
                        cell::or_null(in.what.notification_id), cell::bytes(*in.what.raw),
                        cell::bytes({reinterpret_cast<const char*>(in.raw_hash.data()), in.raw_hash.size()}), in.policy_version,
                        in.decided_on, in.decided_at, in.deliveries, name_of(in.outcome),
                        in.answer ? cell{json::serialize(to_json(*in.answer))} : cell::or_null(""), in.events});
  }
  void copy_promises(const memory_tables& from) {
    run("create table outbox(id, order_id, kind, ref, payload, state, due_at, attempts, lease_owner, lease_until, last_error)");
    for (const auto& [id, p] : from.outbox)
      insert("outbox",
             {id, id_cell(p.order.value), name_of(p.kind), p.ref, json::serialize(p.payload), name_of(p.state), p.due_at,
              std::int64_t{p.attempts}, cell::or_null(p.lease_owner), p.lease_until, cell::or_null(p.last_error)});
  }
  void copy_rest(const memory_tables& from) {
    run("create table dead_letters(id, input_id, cause, count, first_at, last_at, redriven_at)");
    for (const auto& [id, d] : from.dead_letters)
      insert("dead_letters", {id, id_cell(d.input.value), name_of(d.cause), d.count, d.first_at, d.last_at, d.redriven_at});
    run("create table shops(id, region, cipher, lease_owner, lease_until)");
    for (const auto& [id, s] : from.shops)
      insert("shops", {id.str(), s.region, s.cipher, cell::or_null(s.lease_owner), s.lease_until});
    run("create table shop_attention(shop_id, kind, since, until, detail)");
    for (const auto& [key, a] : from.shop_attention)
      insert("shop_attention", {key.first.str(), key.second, a.since, a.until, json::serialize(a.detail)});
    run("create table policies(version, body)");
    for (const auto& [version, text] : from.policies)
      insert("policies", {version, text});
  }

  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  void insert(const std::string& table, const std::vector<cell>& values) {
    std::string sql = "insert into " + table + " values (?";
    for (std::size_t i = 1; i < values.size(); ++i)
      sql += ",?";
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db_, (sql + ")").c_str(), -1, &statement, nullptr));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i].bind(statement, static_cast<int>(i) + 1);
    sqlite3_step(statement);
    check(sqlite3_finalize(statement));
  }
  void check(int code) const {
    if (code != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(db_));
  }
  sqlite3* db_ = nullptr;
};

class memory_under_test final : public store_under_test {
public:
  orderly::store& store() override { return store_; }
  void restart() override { store_.void_leases(); }
  void execute(const std::string&) override { no_sql(); }
  std::string scalar(const std::string& sql) override { return copy_of_rows{store_.look()}.scalar(sql); }
  long long newest_position() override { return store_.look().next_pos - 1; }
  std::shared_ptr<void> open_write(const std::string&) override { no_sql(); }

private:
  [[noreturn]] static void no_sql() { throw std::logic_error("the memory store has no SQL: test databases()"); }
  memory_store store_;
};

} // namespace

std::unique_ptr<store_under_test> fresh_memory() { return std::make_unique<memory_under_test>(); }

} // namespace orderly::test
