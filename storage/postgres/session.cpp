#include "storage/postgres/session.hpp"

#include "storage/postgres/statements.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <libpq-fe.h>
#include <string_view>

namespace orderly::postgres {
namespace {

struct option {
  std::string_view key, value;
};
// A dead peer is noticed within half a minute; after a failover only the server that takes writes will do. `options` keeps
// PGOPTIONS of the environment away.
constexpr std::array<option, 8> defaults{{{"application_name", "orderly"},
                                          {"options", ""},
                                          {"connect_timeout", "10"},
                                          {"keepalives_idle", "10"},
                                          {"keepalives_interval", "5"},
                                          {"keepalives_count", "3"},
                                          {"tcp_user_timeout", "20000"},
                                          {"target_session_attrs", "primary"}}};

std::string quoted(std::string_view value) {
  std::string out{"'"};
  for (const char c : value) {
    if (c == '\'' || c == '\\')
      out += '\\';
    out += c;
  }
  return out += '\'';
}

// Each setting is for this session only, and whatever changes what a statement means or does is set here: nothing is left to the
// role, the database or the environment (PGCLIENTENCODING and the like). Set by statements, because poolers refuse the startup
// packet's `options`. idle_in_transaction_session_timeout: an engine that stops in mid transaction must not keep its orders
// locked. row_security = off: a policy that would hide rows from us is an error, not a smaller answer.
constexpr const char* common_settings =
    "set client_encoding = 'UTF8'; set client_min_messages = error; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; "
    "set timezone = 'UTC'; set bytea_output = 'hex'; set extra_float_digits = 1; set standard_conforming_strings = on; "
    "set array_nulls = on; set transform_null_equals = off; set row_security = off; "
    "set default_transaction_isolation = 'read committed'; set default_transaction_deferrable = off; "
    "set exit_on_error = off; set idle_in_transaction_session_timeout = '15s'; set idle_session_timeout = 0; "
    "select set_config('transaction_timeout', '0', false) where current_setting('server_version_num')::int >= 170000; "
    "select set_config('session_replication_role', 'origin', false) " // replica: foreign keys and triggers are passed over
    "where current_setting('session_replication_role') <> 'origin'; ";
// A generic plan each, since planning costs more than running; a nested loop from the parameters into an
// index, since the planner has no way to know how long the arrays are; and along the index, whose order is
// often the one that is wanted. See refresh_plans().
#define ORDERLY_PLANS                                                                                                            \
  "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; "                            \
  "set enable_hashjoin = off; set enable_mergejoin = off; set jit = off; "                                                       \
  "set max_parallel_workers_per_gather = 0; set enable_indexscan = on; set enable_indexonlyscan = on; "                          \
  "set enable_nestloop = on; set enable_sort = on; set enable_incremental_sort = on; "
constexpr const char* writer_settings = ORDERLY_PLANS "set default_transaction_read_only = off; set synchronous_commit = on; "
                                                      "set statement_timeout = '30s'; "
                                                      "set lock_timeout = '10s'";
constexpr const char* reader_settings =
    ORDERLY_PLANS "set statement_timeout = '30s'; set lock_timeout = '10s'; set default_transaction_read_only = on";
#undef ORDERLY_PLANS
// A migration takes as long as it takes, and so does waiting for the engine that runs it.
constexpr const char* migration_settings =
    "set default_transaction_read_only = off; set synchronous_commit = on; set statement_timeout = 0; set lock_timeout = 0; "
    "set default_table_access_method = heap";

const char* settings_of(access how) {
  switch (how) {
  case access::write: return writer_settings;
  case access::read: return reader_settings;
  case access::migrate: break;
  }
  return migration_settings;
}

std::string first_line(std::string_view text) {
  constexpr std::string_view prefix = "ERROR:  ";
  if (text.starts_with(prefix))
    text.remove_prefix(prefix.size());
  return std::string{text.substr(0, text.find('\n'))};
}

bool begins_with_one_of(std::string_view state, std::initializer_list<std::string_view> classes) {
  return std::any_of(classes.begin(), classes.end(), [&](std::string_view c) { return state.starts_with(c); });
}

} // namespace

result<database> database_from(const std::string& url) {
  char* why = nullptr;
  std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> given{PQconninfoParse(url.c_str(), &why), PQconninfoFree};
  if (!given) {
    // libpq's message may repeat the URL, and with it the password.
    const std::string_view text = why ? why : "";
    const auto reason = first_line(text.substr(0, text.find(": \"")));
    PQfreemem(why);
    return error{error_code::bad_config, "storage.url: " + (reason.empty() ? "it cannot be read" : reason), {}};
  }
  database where;
  for (const auto* o = given.get(); o->keyword; ++o) {
    if (!o->val)
      continue;
    where.options += std::string{o->keyword} + '=' + quoted(o->val) + ' ';
    if (std::string_view{o->keyword} == "password")
      where.password = o->val;
  }
  for (const auto& d : defaults) {
    const auto* o = given.get();
    while (o->keyword && o->keyword != d.key)
      ++o;
    if (o->keyword && !o->val)
      where.options += std::string{d.key} + '=' + quoted(d.value) + ' ';
  }
  return where;
}

session::session(const database& where, access how) : connection_(connect(where.options)), quiet_(make_quiet(*connection_)) {
  pqxx::nontransaction setup{*connection_};
  if (!where.schema.empty())
    setup.exec("set search_path = " + connection_->quote_name(where.schema));
  setup.exec(std::string{common_settings} + settings_of(how));
  if (how == access::write)
    setup.exec(sql::begin_epoch.sql);
}

void session::refresh_plans() {
  constexpr std::uint64_t often_enough = 1024;
  const auto use = ++uses_;
  if (!std::has_single_bit(use) && use % often_enough != 0)
    return;
  pqxx::nontransaction at_once{*connection_};
  at_once.exec("discard plans");
}

pqxx::result session::run(pqxx::transaction_base& in, const statement& what, const std::vector<std::string>& parameters) {
  if (prepared_.insert(what.name).second)
    connection_->prepare(what.name, what.sql);
  return exec_binary(in, what.name, parameters);
}

trouble trouble_of(const std::exception& caught) {
  if (dynamic_cast<const pqxx::in_doubt_error*>(&caught) || dynamic_cast<const pqxx::statement_completion_unknown*>(&caught))
    return trouble::unknown;
  if (dynamic_cast<const pqxx::transaction_rollback*>(&caught))
    return trouble::again;
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&caught);
  if (!sql)
    return trouble::failed;
  // Values: cardinality, data exception, integrity, program limit (an index row too long), and what a trigger
  // raises.
  if (begins_with_one_of(sql->sqlstate(), {"21", "22", "23", "54", "P0"}))
    return trouble::refused;
  return begins_with_one_of(sql->sqlstate(), {"40"}) ? trouble::again : trouble::failed;
}

std::string message_of(const std::exception& caught) { return first_line(caught.what()); }

error error_of(const std::exception& caught, const database& where) {
  auto text = message_of(caught);
  if (!where.password.empty())
    for (std::size_t at = 0; (at = text.find(where.password, at)) != std::string::npos; at += 3)
      text.replace(at, where.password.size(), "***");
  switch (trouble_of(caught)) {
  case trouble::unknown: return {error_code::storage_outcome_unknown, "PostgreSQL: " + text, {}};
  case trouble::refused: return {error_code::refused_by_store, "PostgreSQL: " + text, {}};
  case trouble::again:
  case trouble::failed: break;
  }
  return {error_code::storage_unavailable, "PostgreSQL: " + text, {}};
}

} // namespace orderly::postgres
