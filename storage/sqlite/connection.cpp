#include "storage/sqlite/connection.hpp"

#include "storage/sqlite/statements.hpp"

#include <sqlite3.h>

#include <cstring>
#include <utility>

namespace orderly::sqlite {
namespace {

constexpr int busy_wait_ms = 2000;

fault fault_of(sqlite3* db, int code) { return {code, db ? sqlite3_errmsg(db) : sqlite3_errstr(code)}; }

// synchronous=full: the log is flushed before COMMIT returns. No commit copies the log into the database: log_keeper does.
// secure_delete: erased personal data leaves no trace in free pages.
constexpr const char* writer_settings = "pragma synchronous=full; pragma wal_autocheckpoint=0; pragma foreign_keys=on;"
                                        "pragma secure_delete=on; pragma cache_size=-65536; pragma temp_store=memory;"
                                        "pragma journal_size_limit=134217728";
// busy_timeout: for readers in the way of a log that begins anew, while the writers wait. schema_version: reads the database,
// since a connection that has not knows of no log.
constexpr const char* keeper_settings = "pragma synchronous=full; pragma wal_autocheckpoint=0; pragma busy_timeout=20;"
                                        "pragma journal_size_limit=134217728; pragma schema_version";
constexpr const char* reader_settings = "pragma query_only=on; pragma cache_size=-16384; pragma temp_store=memory";
constexpr const char* inspector_settings = "pragma query_only=on; pragma cache_size=-32768; pragma temp_store=file";
// Not for the engine's own: the checks of its schema call JSON functions, which SQLite 3.40 calls unsafe.
constexpr const char* distrusting_settings = "pragma trusted_schema=off; pragma query_only=on";
constexpr const char* filling_settings = "pragma synchronous=off; pragma journal_mode=memory";

const char* settings_of(access how) {
  switch (how) {
  case access::read: return reader_settings;
  case access::keep_log: return keeper_settings;
  case access::inspect: return inspector_settings;
  case access::distrust: return distrusting_settings;
  case access::fill: return filling_settings;
  case access::create:
  case access::write: break;
  }
  return writer_settings;
}

} // namespace

bool fault::refuses() const {
  const int primary = code_ & 0xff;
  return primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH || primary == SQLITE_RANGE;
}

bool fault::leaves_doubt() const { return of_commit_ && (code_ & 0xff) == SQLITE_IOERR; }

fault fault::of_commit() const {
  auto same = *this;
  same.of_commit_ = true;
  return same;
}

fault fault::refusal(std::string message) { return {SQLITE_MISMATCH, std::move(message)}; }

// --- statement ---

statement::~statement() {
  if (!inner_)
    return;
  sqlite3_reset(inner_);
  sqlite3_clear_bindings(inner_);
}

void statement::check(int code) const {
  if (code != SQLITE_OK)
    throw fault_of(sqlite3_db_handle(inner_), code);
}

statement& statement::integer(std::int64_t value) {
  check(sqlite3_bind_int64(inner_, next_++, value));
  return *this;
}

statement& statement::text(std::string_view value) {
  if (std::memchr(value.data(), 0, value.size()))
    throw fault::refusal("a text holds a NUL character");
  check(sqlite3_bind_text64(inner_, next_++, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

statement& statement::blob(std::string_view value) {
  check(sqlite3_bind_blob64(inner_, next_++, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC));
  return *this;
}

statement& statement::id(const uuid& value) {
  check(sqlite3_bind_blob64(inner_, next_++, value.bytes.data(), value.bytes.size(), SQLITE_STATIC));
  return *this;
}

statement& statement::null() {
  check(sqlite3_bind_null(inner_, next_++));
  return *this;
}

bool statement::step() {
  const int code = sqlite3_step(inner_);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  throw fault_of(sqlite3_db_handle(inner_), code);
}

std::int64_t statement::run() {
  while (step()) {
  }
  return sqlite3_changes64(sqlite3_db_handle(inner_));
}

bool statement::is_null(int column) const { return sqlite3_column_type(inner_, column) == SQLITE_NULL; }
std::int64_t statement::integer_at(int column) const { return sqlite3_column_int64(inner_, column); }

std::optional<timestamp> statement::maybe_time_at(int column) const {
  return is_null(column) ? std::nullopt : std::optional{time_at(column)};
}

std::string_view statement::text_at(int column) const {
  const auto* bytes = sqlite3_column_text(inner_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(inner_, column));
  return bytes ? std::string_view{reinterpret_cast<const char*>(bytes), size} : std::string_view{};
}

std::string_view statement::blob_at(int column) const {
  const auto* bytes = sqlite3_column_blob(inner_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(inner_, column));
  return bytes ? std::string_view{static_cast<const char*>(bytes), size} : std::string_view{};
}

uuid statement::id_at(int column) const {
  uuid id;
  const auto bytes = blob_at(column);
  if (bytes.size() == id.bytes.size())
    std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

// --- connection ---

connection::connection(const database& where, access how) {
  const bool only_reads = how == access::inspect || how == access::distrust;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (only_reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    (how == access::create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(where.path.c_str(), &inner_, flags, where.vfs.empty() ? nullptr : where.vfs.c_str());
  if (code != SQLITE_OK) {
    auto f = fault_of(inner_, code);
    sqlite3_close_v2(inner_);
    throw f;
  }
  try {
    sqlite3_busy_timeout(inner_, busy_wait_ms);
    sqlite3_db_config(inner_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr); // no statement damages the file itself
    if (how == access::create)
      begin_log();
    run(settings_of(how));
  } catch (...) {
    close();
    throw;
  }
}

connection::~connection() { close(); }

void connection::close() {
  for (const auto& [sql, inner] : prepared_)
    sqlite3_finalize(inner);
  sqlite3_close_v2(inner_);
}

statement connection::use(std::string_view sql) {
  auto& inner = prepared_[sql.data()];
  if (!inner) {
    const int code =
        sqlite3_prepare_v3(inner_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &inner, nullptr);
    if (code != SQLITE_OK)
      throw fault_of(inner_, code);
  }
  return statement{inner};
}

void connection::run(const char* sql) {
  const int code = sqlite3_exec(inner_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    throw fault_of(inner_, code);
}

void connection::begin_log() {
  auto mode = use(sql::write_ahead_log);
  // A VFS or file system without shared memory answers with the old mode instead of an error.
  if (!mode.step() || mode.text_at(0) != "wal")
    throw fault{SQLITE_CANTOPEN, "the file system of the database cannot hold a write-ahead log"};
}

bool connection::in_transaction() const { return sqlite3_get_autocommit(inner_) == 0; }

void connection::run_while(std::function<bool()> go_on) {
  constexpr int steps = 10'000; // of SQLite's machine, a millisecond or so
  go_on_ = std::move(go_on);
  const auto asked = [](void* of) { return static_cast<connection*>(of)->go_on_() ? 0 : 1; };
  sqlite3_progress_handler(inner_, steps, asked, this);
}

void connection::leave_log() { sqlite3_db_config(inner_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

void connection::after_commits(std::function<void(int pages)> tell) {
  tell_ = std::move(tell);
  const auto hook = [](void* of, sqlite3*, const char*, int pages) {
    static_cast<connection*>(of)->tell_(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(inner_, hook, this);
}

std::optional<int> connection::checkpoint(checkpoint_kind how) {
  int mode = SQLITE_CHECKPOINT_PASSIVE;
  if (how != checkpoint_kind::beside_writers)
    mode = how == checkpoint_kind::restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_TRUNCATE;
  int pages = 0, copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(inner_, nullptr, mode, &pages, &copied);
  if (code == SQLITE_BUSY)
    return std::nullopt;
  if (code != SQLITE_OK)
    throw fault_of(inner_, code);
  return copied;
}

// --- transaction ---

transaction::transaction(connection& over, kind how) : over_(over) {
  over_.use(how == kind::write ? sql::begin_write : sql::begin_read).run();
}

transaction::~transaction() {
  if (!over_.in_transaction()) // committed, or SQLite rolled back by itself after a full disk or a failed
                               // write
    return;
  try {
    over_.use(sql::rollback).run();
  } catch (const fault&) {
    // Still open: whoever owns the connection sees in_transaction() and replaces it whole.
  }
}

void transaction::commit() {
  try {
    over_.use(sql::commit).run();
  } catch (const fault& f) {
    throw f.of_commit();
  }
}

error error_of(const fault& f) {
  if (f.refuses())
    return {error_code::refused_by_store, f.what(), {}};
  return {f.leaves_doubt() ? error_code::storage_outcome_unknown : error_code::storage_unavailable,
          std::string{"SQLite: "} + f.what(),
          {}};
}

} // namespace orderly::sqlite
