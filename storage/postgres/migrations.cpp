#include "storage/postgres/migrations.hpp"

#include "storage/postgres/postgres_store.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace orderly::postgres {
namespace {

// Keys compare as bytes (collate "C"): faster, and the same order for every engine whatever its server's
// locale. No foreign keys to orders: the writer holds the order's row while it writes beside it, and the
// check would be a query a row.
constexpr const char* first_schema = R"sql(
create table orders(
  id uuid primary key default gen_random_uuid(),
  tiktok_order_id text collate "C" not null constraint idx_orders_tiktok_id unique,
  state text not null default 'received' check (state in ('received','processing','shipped','delivered','failed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  shop_id text,
  tiktok_status text,
  tiktok_update_time bigint,
  version bigint not null default 0,
  failure text,
  held boolean not null default false,
  due_at timestamptz,
  closed_at timestamptz,
  facts jsonb not null default '{}',
  order_data jsonb not null check (jsonb_typeof(order_data) = 'object')
) with (fillfactor = 80, toast_tuple_target = 1024, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05);
-- Each change makes a new version of the row. The document, which seldom changes, lies beside it and is not copied along.
alter table orders alter column facts set storage main;
create index idx_orders_state on orders(state, updated_at desc, id desc);
create index orders_held on orders(updated_at desc, id desc) where held;

create table order_events(
  order_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  type text not null,
  source text not null,
  actor text,
  from_state text,
  to_state text,
  detail jsonb not null default '{}',
  input_id uuid not null,
  xid xid8 not null default pg_current_xact_id(), -- with a snapshot it tells what was committed since, in whatever order
  primary key (order_id, seq)
);
create index order_events_xid on order_events(xid);

create table inputs(
  id uuid not null,
  dedupe_key text collate "C" not null,
  order_ref text collate "C" not null default '',
  delivery_id uuid not null,
  received_at timestamptz not null,
  source text not null,
  actor text,
  shop_id text,
  type text not null,
  notification_id text,
  raw bytea not null,
  raw_hash bytea not null,
  policy_version bigint,
  decided_on bigint,
  decided_at timestamptz,
  deliveries bigint not null default 1,
  outcome text not null,
  answer jsonb,
  events bigint not null default 0, -- how many it caused
  primary key (dedupe_key, order_ref)
);
-- What a timeline shows beside the events. An input that caused an event is found through it, and costs no entry here.
create index inputs_without_event on inputs(order_ref, received_at desc, id desc) where events = 0 and order_ref <> '';
create index inputs_pending on inputs(received_at) where outcome = 'pending';

create table outbox(
  id bigint generated always as identity primary key, -- never given twice: it is part of dedupe keys
  order_id uuid,
  shop_id text,
  kind text collate "C" not null,
  ref text collate "C" not null default '',
  writes boolean not null, -- calls that change something at TikTok go one at a time per order
  payload jsonb not null default '{}',
  state text not null check (state in ('open','waiting','done','failed','withdrawn')),
  due_at timestamptz,
  attempts bigint not null default 0,
  lease_owner text,
  lease_until timestamptz,
  last_error text
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create unique index outbox_unsettled on outbox(order_id, kind, ref) where state in ('open','waiting');
create index outbox_due on outbox(due_at) where state = 'open';
create index outbox_leased on outbox(lease_until) where lease_until is not null and state = 'open';
create index outbox_withdrawn on outbox(order_id) where state = 'withdrawn' and lease_until is not null;

create table order_attention(
  order_id uuid not null,
  kind text collate "C" not null,
  since timestamptz not null,
  until timestamptz,
  detail jsonb not null default '{}',
  assignee text,
  snoozed_until timestamptz,
  primary key (order_id, kind)
);
create index order_attention_open on order_attention(kind, since) where until is null;

create table shop_attention(
  shop_id text not null,
  kind text collate "C" not null,
  since timestamptz not null,
  until timestamptz,
  detail jsonb not null default '{}',
  assignee text,
  snoozed_until timestamptz,
  primary key (shop_id, kind)
);

create table policies(
  version bigint generated always as identity primary key,
  body jsonb not null unique,
  created_at timestamptz not null default now()
);

create table shops(
  id text primary key,
  region text not null,
  cipher text not null,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table sync_cursors(
  shop_id text primary key,
  updated_to bigint not null, -- TikTok's seconds: everything changed before it has been read
  updated_at timestamptz not null default now()
);

create table dead_letters(
  id bigint generated always as identity primary key,
  input_id uuid not null unique,
  cause text not null,
  count bigint not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  redriven_at timestamptz
);

create table users(
  name text primary key,
  role text not null check (role in ('viewer','operator','admin')),
  password_hash text not null,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);

create table sessions(
  token_hash text primary key,
  user_name text not null references users(name),
  csrf_token text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table api_tokens(
  token_hash text primary key,
  user_name text not null references users(name),
  role text not null check (role in ('viewer','operator','admin')),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table audit_log(
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text,
  detail jsonb not null default '{}'
);
)sql";

constexpr const char* life_and_death = R"sql(
-- Ids grow with time, so this index grows at its end. Found by id: dead letters, webhooks, the causes of events.
create index inputs_id on inputs(id);
drop index inputs_pending;
create index inputs_pending on inputs(received_at, id) where outcome = 'pending';
create index inputs_pending_of_order on inputs(order_ref, received_at, id) where outcome = 'pending';
create index dead_letters_open on dead_letters(last_at desc, id desc) where redriven_at is null;
create index dead_letters_latest on dead_letters(last_at desc, id desc);
drop index outbox_due;
create index outbox_due on outbox(due_at, id) where state = 'open';
)sql";

// The engines of this database, each by the server that knew it (liveness.hpp).
constexpr const char* engines_table = R"sql(
create table engines(
  name text collate "C" primary key,
  server timestamptz not null, -- when that one was started
  since timestamptz not null default now()
);
)sql";

constexpr const char* feed_of_commits = R"sql(
-- An epoch ends where a restore or a failover may have lost commits, or has brought ids of transactions from another server.
create table feed_epochs(
  epoch bigint primary key,
  server text not null unique, -- see begin_epoch (statements.hpp)
  begun_at timestamptz not null default now()
);
insert into feed_epochs(epoch, server) values (0, 'before epochs');
alter table order_events add column epoch bigint not null default 0;
create index order_events_feed on order_events(epoch, xid);
drop index order_events_xid;
create index inputs_delivery on inputs(delivery_id); -- its trace
)sql";

constexpr const char* epochs_of_known_servers = R"sql(
-- A server may begin an epoch once more: when a dump brought its tables back, or ids that are ahead of its own.
alter table feed_epochs drop constraint feed_epochs_server_key;
)sql";

/// Version n stands at place n - 1.
constexpr std::array<const char*, 5> steps{first_schema, life_and_death, engines_table, feed_of_commits, epochs_of_known_servers};

constexpr const char* migrations_table =
    "create table schema_migrations(version bigint primary key, applied_at timestamptz not null default now());\n";

// Behind each step, for all tables so far. Supabase lets the roles of its public API do everything with each new table of the
// schema: buyers' addresses, token hashes. So none of it is granted, and row level security, without a policy, shows nobody but
// their owner a row, whatever is granted later. Other programs' tables in the schema are left alone.
constexpr const char* close_to_others = R"sql(
do $$
declare
  part record;
  reader name;
begin
  for part in
    select c.oid::regclass as name, c.relkind = 'r' as is_table, c.relrowsecurity as is_closed,
      case c.relkind when 'r' then 'table' else 'sequence' end as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and (c.relkind = 'r' and c.relname = any('{TABLES}')
      or c.relkind = 'S' and exists (select from pg_depend d join pg_class t on t.oid = d.refobjid
        where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
          and d.deptype in ('a','i') and t.relnamespace = n.oid and t.relname = any('{TABLES}')))
  loop
    if part.is_table and not part.is_closed then
      execute format('alter table %s enable row level security', part.name);
    end if;
    execute format('revoke all on %s %s from public', part.kind, part.name);
    for reader in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
      execute format('revoke all on %s %s from %I', part.kind, part.name, reader);
    end loop;
  end loop;
end $$;
)sql";

std::string closing() {
  constexpr std::string_view mark = "TABLES";
  const auto tables = comma_separated(table_names());
  std::string text = close_to_others;
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += tables.size())
    text.replace(at, mark.size(), tables);
  return text;
}

void add_names(std::string_view step, std::vector<std::string>& into) {
  constexpr std::string_view creates = "create table ";
  for (std::size_t at = 0; (at = step.find(creates, at)) != std::string_view::npos;) {
    at += creates.size();
    into.emplace_back(step.substr(at, step.find('(', at) - at));
  }
}

// Any number that only this program uses: engines that start together migrate one after the other.
constexpr const char* lock = "select pg_advisory_xact_lock(7237971092416135521)";

result<void> run_steps(session& over) {
  for (;;) {
    pqxx::work locked{over.raw()};
    locked.exec(lock);
    if (locked.exec("select to_regclass('schema_migrations')")[0][0].is_null())
      locked.exec(migrations_table);
    const auto version = locked.exec("select coalesce(max(version), 0) from schema_migrations")[0][0].as<std::int64_t>();
    if (auto known = check_known(version); !known)
      return known;
    if (version == static_cast<std::int64_t>(steps.size()))
      return {};
    locked.exec(steps[static_cast<std::size_t>(version)]);
    locked.exec("insert into schema_migrations(version) values (" + std::to_string(version + 1) + ")");
    locked.exec(closing());
    locked.commit();
  }
}

} // namespace

result<void> check_known(std::int64_t version) {
  if (version <= static_cast<std::int64_t>(steps.size()))
    return {};
  return error{error_code::storage_newer,
               "the database has schema version " + std::to_string(version) + ", this program knows up to " +
                   std::to_string(steps.size()) + "; start the version that wrote it, or a newer one",
               {}};
}

std::vector<std::string> table_names() {
  std::vector<std::string> all;
  add_names(migrations_table, all);
  for (const std::string_view step : steps)
    add_names(step, all);
  return all;
}

std::string comma_separated(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names)
    all += (all.empty() ? "" : ",") + name;
  return all;
}

result<void> migrate(session& over) {
  try {
    return run_steps(over);
  } catch (const pqxx::insufficient_privilege& denied) {
    return error{error_code::bad_config,
                 "storage.url: its role may not bring the schema up to date: " + message_of(denied) +
                     "; let the tables' owner do it (grant create on schema), or run what `orderlyd --print-schema` prints",
                 {}};
  }
}

std::string schema_script(const std::string& schema, std::int64_t after) {
  const auto name = '"' + schema + '"';
  std::string text = "-- The tables of Orderly, as SQL for PostgreSQL 14 or newer.\n";
  if (schema != default_schema) // `if not exists` would ask for the right to create one all the same
    text += "do $$ begin if to_regnamespace('" + name + "') is null then create schema " + name + "; end if; end $$;\n";
  text += "set search_path = " + name + ";\n";
  if (after == 0)
    text += migrations_table;
  for (auto at = static_cast<std::size_t>(after); at < steps.size(); ++at) {
    const auto version = std::to_string(at + 1);
    text += "\n-- Schema version " + version + ".\n" + steps[at] + "insert into schema_migrations(version) values (" + version +
            ");\n";
  }
  return text + closing() + "reset search_path;\n";
}

} // namespace orderly::postgres
