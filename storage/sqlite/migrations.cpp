#include "storage/sqlite/migrations.hpp"

#include "storage/sqlite/statements.hpp"

#include <array>
#include <map>
#include <string>
#include <utility>

namespace orderly::sqlite {
namespace {

// UUIDs are blobs of 16 bytes, big-endian, so that they sort by time. The engine's times are integer
// microseconds, TikTok's integer seconds. JSON is text. `(now)` is spelled out: unixepoch('subsec') is newer
// than Debian 12.
#define ORDERLY_NOW "(cast(strftime('%s','now') as integer)*1000000 + cast(substr(strftime('%f','now'),4) as integer)*1000)"

constexpr const char* first_schema = R"sql(
create table orders(
  id blob not null primary key default (randomblob(16)) check (length(id) = 16),
  tiktok_order_id text not null,
  state text not null default 'received' check (state in ('received','processing','shipped','delivered','failed')),
  created_at integer not null default )sql" ORDERLY_NOW R"sql(,
  updated_at integer not null default )sql" ORDERLY_NOW R"sql(,
  shop_id text,
  tiktok_status text,
  tiktok_update_time integer,
  version integer not null default 0,
  failure text,
  held integer not null default 0 check (held in (0, 1)),
  due_at integer,
  closed_at integer,
  facts text not null default '{}',
  -- The last column: a list reads past it never, and a change of the columns before it leaves its pages alone.
  order_data text not null check (json_type(order_data) = 'object')
) strict;
create unique index idx_orders_tiktok_id on orders(tiktok_order_id);
create index idx_orders_state on orders(state, updated_at, id);

create table order_events(
  pos integer primary key, -- rows are never deleted and one writer commits at a time, so it grows in the order of commits
  order_id blob not null references orders(id),
  seq integer not null,
  at integer not null,
  type text not null,
  source text not null,
  actor text,
  from_state text,
  to_state text,
  detail text not null default '{}',
  input_id blob not null,
  unique (order_id, seq)
) strict;

create table inputs(
  id blob not null,
  dedupe_key text not null,
  order_ref text not null default '',
  delivery_id blob not null,
  received_at integer not null,
  source text not null,
  actor text,
  shop_id text,
  type text not null,
  notification_id text,
  raw blob not null,
  raw_hash blob not null,
  policy_version integer,
  decided_on integer,
  decided_at integer,
  deliveries integer not null default 1,
  outcome text not null,
  answer text,
  events integer not null default 0, -- how many it caused
  primary key (dedupe_key, order_ref)
) strict;
-- What a timeline shows beside the events. An input that caused an event is found through it, and costs no entry here.
create index inputs_without_event on inputs(order_ref, received_at, id) where events = 0 and order_ref <> '';
create index inputs_pending on inputs(received_at) where outcome = 'pending';

create table outbox(
  id integer primary key autoincrement, -- never given twice: it is part of dedupe keys
  order_id blob references orders(id),
  shop_id text,
  kind text not null,
  ref text not null default '',
  writes integer not null check (writes in (0, 1)), -- calls that change something at TikTok go one at a time per order
  payload text not null default '{}',
  state text not null check (state in ('open','waiting','done','failed','withdrawn')),
  due_at integer,
  attempts integer not null default 0,
  lease_owner text,
  lease_until integer,
  last_error text
) strict;
create unique index outbox_unsettled on outbox(order_id, kind, ref) where state in ('open','waiting');
create index outbox_due on outbox(due_at) where state = 'open';
create index outbox_leased on outbox(lease_until) where lease_until is not null;

create table order_attention(
  order_id blob not null references orders(id),
  kind text not null,
  since integer not null,
  until integer,
  detail text not null default '{}',
  assignee text,
  snoozed_until integer,
  primary key (order_id, kind)
) strict, without rowid;

create table shop_attention(
  shop_id text not null,
  kind text not null,
  since integer not null,
  until integer,
  detail text not null default '{}',
  assignee text,
  snoozed_until integer,
  primary key (shop_id, kind)
) strict, without rowid;

create table policies(
  version integer primary key,
  body text not null unique,
  created_at integer not null default )sql" ORDERLY_NOW R"sql(
) strict;

create table shops(
  id text not null primary key,
  region text not null,
  cipher text not null,
  lease_owner text,
  lease_until integer,
  created_at integer not null default )sql" ORDERLY_NOW R"sql(,
  updated_at integer not null default )sql" ORDERLY_NOW R"sql(
) strict;

create table sync_cursors(
  shop_id text not null primary key,
  updated_to integer not null, -- TikTok's seconds: everything changed before it has been read
  updated_at integer not null default )sql" ORDERLY_NOW R"sql(
) strict;

create table dead_letters(
  id integer primary key autoincrement,
  input_id blob not null unique,
  cause text not null,
  count integer not null default 1,
  first_at integer not null,
  last_at integer not null,
  redriven_at integer
) strict;

create table users(
  name text not null primary key,
  role text not null check (role in ('viewer','operator','admin')),
  password_hash text not null,
  created_at integer not null default )sql" ORDERLY_NOW R"sql(,
  disabled_at integer
) strict;

create table sessions(
  token_hash text not null primary key,
  user_name text not null references users(name),
  csrf_token text not null,
  created_at integer not null default )sql" ORDERLY_NOW R"sql(,
  expires_at integer not null
) strict;

create table api_tokens(
  token_hash text not null primary key,
  user_name text not null references users(name),
  role text not null check (role in ('viewer','operator','admin')),
  created_at integer not null default )sql" ORDERLY_NOW R"sql(,
  revoked_at integer
) strict;

create table audit_log(
  id integer primary key autoincrement,
  at integer not null,
  actor text not null,
  action text not null,
  subject text,
  detail text not null default '{}'
) strict;
)sql";

constexpr const char* life_and_death = R"sql(
-- Ids grow with time, so this index grows at its end. Found by id: dead letters, webhooks, the causes of events.
create index inputs_id on inputs(id);
drop index inputs_pending;
create index inputs_pending on inputs(received_at, id) where outcome = 'pending';
create index inputs_pending_of_order on inputs(order_ref, received_at, id) where outcome = 'pending';
create index dead_letters_open on dead_letters(last_at, id) where redriven_at is null;
create index dead_letters_latest on dead_letters(last_at, id);
drop index outbox_due;
create index outbox_due on outbox(due_at, id) where state = 'open';
)sql";

constexpr const char* open_attention = R"sql(
-- `until`, though it is null in all of them: so the number of quarantined orders, asked for all the time, is read from the index.
create index order_attention_open on order_attention(kind, since, until) where until is null;
)sql";

constexpr const char* migrations_table = "create table if not exists schema_migrations(version integer primary key, applied_at "
                                         "integer not null default " ORDERLY_NOW ") strict";
#undef ORDERLY_NOW

constexpr const char* feed_of_commits = R"sql(
-- An epoch ends where a restore may have lost commits: events from `first_pos` on are of it.
create table feed_epochs(epoch integer primary key, first_pos integer not null unique) strict;
insert into feed_epochs values (0, 0);
create index inputs_delivery on inputs(delivery_id); -- its trace
)sql";

/// Version n stands at place n - 1.
constexpr std::array<const char*, 4> steps{first_schema, life_and_death, open_attention, feed_of_commits};

std::int64_t stored_version(connection& over) {
  auto query = over.use(sql::schema_version);
  query.step();
  return query.integer_at(0);
}

void run_step(connection& over, std::int64_t version) {
  over.run(steps[static_cast<std::size_t>(version)]);
  over.use(sql::record_migration).integer(version + 1).run();
}

/// The text of each table, index, trigger and view by its type and name.
std::map<std::string, std::string> definitions(connection& over) {
  std::map<std::string, std::string> all;
  auto query = over.use("select type || ' ' || name, coalesce(sql, '') from sqlite_schema");
  while (query.step())
    all.emplace(query.text_at(0), query.text_at(1));
  return all;
}

/// What SQLite makes by itself, and `analyze`.
bool is_sqlites_own(const std::string& name) {
  return name == "table sqlite_sequence" || name == "table sqlite_stat1" || name == "table sqlite_stat4";
}

} // namespace

std::int64_t schema_version(connection& over) {
  auto table = over.use("select count(*) from sqlite_schema where type = 'table' and name = 'schema_migrations'");
  table.step();
  return table.integer_at(0) == 0 ? 0 : stored_version(over);
}

std::int64_t newest_schema_version() { return static_cast<std::int64_t>(steps.size()); }

std::string foreign_schema(connection& over) {
  connection model{{":memory:", {}}, access::fill};
  model.run(migrations_table);
  const auto stored = stored_version(over);
  for (std::int64_t version = 0; version < stored; ++version)
    run_step(model, version);
  auto expected = definitions(model);
  for (const auto& [name, text] : definitions(over)) {
    const auto own = expected.find(name);
    if (own == expected.end() && !is_sqlites_own(name))
      return "it has the " + name + ", which no version of Orderly makes";
    if (own != expected.end() && own->second != text)
      return "its " + name + " is not as Orderly makes it";
    if (own != expected.end())
      expected.erase(own);
  }
  return expected.empty() ? "" : "it lacks the " + expected.begin()->first;
}

result<void> check_known(std::int64_t version) {
  if (version <= static_cast<std::int64_t>(steps.size()))
    return {};
  return error{error_code::storage_newer,
               "the database has schema version " + std::to_string(version) + ", this program knows up to " +
                   std::to_string(steps.size()) + "; start the version that wrote it, or a newer one",
               {}};
}

result<void> migrate(connection& over) {
  for (;;) {
    transaction locked{over, transaction::kind::write};
    over.run(migrations_table);
    const auto version = stored_version(over);
    if (auto known = check_known(version); !known)
      return known;
    if (version == static_cast<std::int64_t>(steps.size()))
      return {};
    run_step(over, version);
    locked.commit();
  }
}

} // namespace orderly::sqlite
