#pragma once
// Every SQL statement that writes, or serves a write, and runs more than once, but those of one short write (short_writes.cpp); a
// reader's stand in reader.cpp. Rows come as one array a column (binary.hpp); a statement serves a whole batch.

#include "storage/postgres/session.hpp"

// clang-format off
namespace orderly::postgres::sql {

// --- writing orders ---
// Locks the rows that are there in the order of their keys, the same for every engine, and only then looks at their versions.
// `version` is the new one, null when the row is only fenced; a null document stays.
inline constexpr statement fence_and_update{"fence_and_update", R"sql(
with asked as (
  select * from unnest($1::int8[], $2::text[], $3::int8[], $4::text[], $5::text[], $6::bool[], $7::int8[], $8::timestamptz[],
    $9::timestamptz[], $10::text[], $11::text[], $12::int8[], $13::timestamptz[], $14::jsonb[], $15::jsonb[])
    as a(place, key, expected, state, failure, held, version, updated_at, closed_at, shop_id, tiktok_status, tiktok_update_time,
      due_at, facts, document)),
locked as materialized (
  select a.*, o.id, o.version as stored from asked a join orders o on o.tiktok_order_id = a.key
  order by a.key collate "C" for no key update of o),
changed as (
  update orders o set state = l.state, failure = l.failure, held = l.held, version = l.version, updated_at = l.updated_at,
    closed_at = l.closed_at, shop_id = l.shop_id, tiktok_status = l.tiktok_status, tiktok_update_time = l.tiktok_update_time,
    due_at = l.due_at, facts = l.facts, order_data = coalesce(l.document, o.order_data)
  from locked l where o.id = l.id and l.version is not null and l.stored = l.expected)
select place, id, stored from locked)sql"};
// An order that another engine has created, or is just creating, is left out of the answer.
inline constexpr statement create_orders{"create_orders", R"sql(
insert into orders(tiktok_order_id, id, state, failure, held, version, created_at, updated_at, closed_at, shop_id, tiktok_status,
  tiktok_update_time, due_at, facts, order_data)
select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bool[], $6::int8[], $7::timestamptz[], $8::timestamptz[],
  $9::timestamptz[], $10::text[], $11::text[], $12::int8[], $13::timestamptz[], $14::jsonb[], $15::jsonb[]) as a(key)
order by a.key collate "C"
on conflict (tiktok_order_id) do nothing returning tiktok_order_id)sql"};
// Told: the transaction's id.
inline constexpr statement insert_events{"insert_events", R"sql(
with written as (
  insert into order_events(order_id, seq, at, type, source, actor, from_state, to_state, detail, input_id, epoch)
  select a.*, (select max(epoch) from feed_epochs) from unnest($1::uuid[], $2::int8[], $3::timestamptz[], $4::text[], $5::text[],
    $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::uuid[]) as a)
select pg_current_xact_id()::text::int8)sql"};
// At each new connection that writes: no connection outlives its server. A server is known by what made it and by its timeline,
// which a failover changes; the database and the table are others after a restore. Rows that were read back into the tables that
// were there show otherwise: the newest epoch is another server's, or has ids that this one has not given out yet.
inline constexpr statement begin_epoch{"begin_epoch", R"sql(
with here as (
  select concat_ws('.', (select system_identifier from pg_control_system()),
    left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
    (select oid from pg_database where datname = current_database()), 'feed_epochs'::regclass::oid) as server,
    pg_snapshot_xmax(pg_current_snapshot()) as next),
newest as (select epoch, server from feed_epochs order by epoch desc limit 1)
insert into feed_epochs(epoch, server)
select newest.epoch + 1, here.server from here, newest
where newest.server <> here.server
  or exists (select from order_events e where (e.epoch, e.xid) >= (newest.epoch, here.next) and e.epoch = newest.epoch)
on conflict do nothing)sql"};
inline constexpr statement raise_attention{"raise_attention", R"sql(
insert into order_attention(order_id, kind, since, detail)
select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::jsonb[])
on conflict (order_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail, assignee = null,
  snoozed_until = null where order_attention.until is not null)sql"};
// Row by row through the key, whatever the planner thinks of the number of open ones: `until` is asked for behind the limit.
inline constexpr statement clear_attention{"clear_attention", R"sql(
with open as materialized (
  select a.* from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as a(id, kind, at) cross join lateral (
    select t.until from order_attention t where t.order_id = a.id and t.kind = a.kind limit 1) t where t.until is null)
update order_attention t set until = open.at from open where t.order_id = open.id and t.kind = open.kind)sql"};
// Attention apart from an order's commit: for those that are stored.
inline constexpr statement note_order{"note_order", R"sql(
insert into order_attention(order_id, kind, since, detail)
select o.id, $2::text, $3::timestamptz, $4::jsonb from orders o where o.tiktok_order_id = $1::text
on conflict (order_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail, assignee = null,
  snoozed_until = null where order_attention.until is not null)sql"};
// Does not ask for the open ones: the planner would go through all that are open of that kind.
inline constexpr statement clear_note_of_order{"clear_note_of_order", R"sql(
update order_attention set until = coalesce(until, $3::timestamptz)
where order_id = (select id from orders where tiktok_order_id = $1::text) and kind = $2::text)sql"};
inline constexpr statement note_shop{"note_shop", R"sql(
insert into shop_attention(shop_id, kind, since, detail)
select s.id, $2::text, $3::timestamptz, $4::jsonb from shops s where s.id = $1::text
on conflict (shop_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail, assignee = null,
  snoozed_until = null where shop_attention.until is not null)sql"};
inline constexpr statement clear_note_of_shop{"clear_note_of_shop", R"sql(
update shop_attention set until = $3::timestamptz where shop_id = $1::text and kind = $2::text and until is null)sql"};

// --- why an order does not move ---
// By its key, whatever the planner thinks of the number of open ones: `until` is asked for behind the fence.
inline constexpr statement attention_of_order{"attention_of_order", R"sql(
select kind, (extract(epoch from since) * 1000000)::int8 from (
  select * from order_attention where order_id = $1::uuid offset 0) t
where until is null order by kind)sql"};
inline constexpr statement unkept_promises{"unkept_promises", R"sql(
select id, kind, state, (extract(epoch from due_at) * 1000000)::int8, attempts,
  (extract(epoch from lease_until) * 1000000)::int8, last_error
from outbox where order_id = $1::uuid and state in ('open','waiting') order by id)sql"};
inline constexpr statement latest_of_each_type{"latest_of_each_type", R"sql(
select seq, (extract(epoch from at) * 1000000)::int8, type, source, actor, from_state, to_state, detail, input_id
from order_events where order_id = $1::uuid
  and seq = any(array(select max(seq) from order_events where order_id = $1::uuid group by type))
order by seq desc)sql"};

// --- writing inputs ---
inline constexpr statement standing_of_inputs{"standing_of_inputs", R"sql(
select a.place, i.outcome = 'pending' from unnest($1::int8[], $2::text[], $3::text[]) as a(place, key, ref)
join inputs i on i.dedupe_key = a.key and i.order_ref = a.ref)sql"};
// A pending row is decided, a settled one left as it is. Told: how many were written, and the ids of those that were delivered
// more than once, among which are all whose row has another id than the input that decided it.
inline constexpr statement write_inputs{"write_inputs", R"sql(
with written as (
  insert into inputs as i (dedupe_key, order_ref, id, delivery_id, policy_version, decided_on, decided_at, outcome, answer,
    events, received_at, source, actor, shop_id, type, notification_id, raw, raw_hash)
  select * from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::int8[], $6::int8[], $7::timestamptz[], $8::text[],
    $9::jsonb[], $10::int8[], $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::bytea[], $18::bytea[]) as a(key, ref)
  order by a.key collate "C", a.ref collate "C"
  on conflict (dedupe_key, order_ref) do update set deliveries = i.deliveries + (i.id <> excluded.id)::int,
    delivery_id = excluded.delivery_id, policy_version = excluded.policy_version, decided_on = excluded.decided_on,
    decided_at = excluded.decided_at, outcome = excluded.outcome, answer = excluded.answer, events = excluded.events
  where i.outcome = 'pending' returning i.dedupe_key, i.order_ref, i.id, i.deliveries)
select (select count(*) from written), w.dedupe_key, w.order_ref, w.id
from (select 1) as always left join written w on w.deliveries > 1)sql"};
// What is there stays, counts a delivery unless it is the same input or about to be decided, and is locked. Told: what stands.
inline constexpr statement record_inputs{"record_inputs", R"sql(
insert into inputs as i (dedupe_key, order_ref, id, delivery_id, policy_version, decided_on, decided_at, outcome, answer, events,
  received_at, source, actor, shop_id, type, notification_id, raw, raw_hash)
select * from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::int8[], $6::int8[], $7::timestamptz[], $8::text[],
  $9::jsonb[], $10::int8[], $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bytea[],
  $18::bytea[]) as a(key, ref)
order by a.key collate "C", a.ref collate "C"
on conflict (dedupe_key, order_ref) do update
  set deliveries = i.deliveries + (i.id <> excluded.id and (i.outcome <> 'pending' or excluded.outcome = 'pending'))::int
returning i.dedupe_key, i.order_ref, i.id, i.outcome)sql"};
// A redelivery that decided a pending row gives it its own id, which the events name; its dead letter follows.
inline constexpr statement readdress_inputs{"readdress_inputs", R"sql(
with moved as materialized (
  select * from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) as a(key, ref, old, new)),
letters as (update dead_letters d set input_id = m.new from moved m where d.input_id = m.old)
update inputs i set id = m.new from moved m where i.dedupe_key = m.key and i.order_ref = m.ref)sql"};
inline constexpr statement count_deliveries{"count_deliveries", R"sql(
with again as materialized (
  select i.dedupe_key, i.order_ref, a.times from unnest($1::text[], $2::text[], $3::int8[]) as a(key, ref, times)
  join inputs i on i.dedupe_key = a.key and i.order_ref = a.ref
  order by i.dedupe_key, i.order_ref for no key update of i)
update inputs i set deliveries = i.deliveries + again.times from again
where i.dedupe_key = again.dedupe_key and i.order_ref = again.order_ref)sql"};
inline constexpr statement write_dead_letter{"write_dead_letter", R"sql(
insert into dead_letters as d (input_id, cause, first_at, last_at)
select a.id, a.cause, a.at, a.at from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as a(id, cause, at)
on conflict (input_id) do update set count = d.count + 1, cause = excluded.cause,
  last_at = greatest(d.last_at, excluded.last_at), redriven_at = null)sql"};
inline constexpr statement write_dead_letter_once{"write_dead_letter_once", R"sql(
insert into dead_letters as d (input_id, cause, first_at, last_at)
select a.id, a.cause, a.at, a.at from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as a(id, cause, at)
on conflict (input_id) do nothing)sql"};

// --- the outbox ---
// The two forms differ in what becomes of the lease of a row that is there. One that was claimed again since the attempt that is
// given stays as it is.
inline constexpr statement open_promises{"open_promises", R"sql(
insert into outbox as o (order_id, kind, ref, writes, payload, state, due_at, last_error, attempts)
select a.order_id, a.kind, a.ref, a.writes, a.payload, a.state, a.due_at, a.last_error, a.attempt
from unnest($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::bool[], $6::jsonb[], $7::text[], $8::timestamptz[], $9::text[],
  $10::int8[]) as a(place, order_id, kind, ref, writes, payload, state, due_at, last_error, attempt)
order by a.place
on conflict (order_id, kind, ref) where state in ('open','waiting') do update set state = excluded.state,
  due_at = excluded.due_at, payload = case when excluded.payload = '{}' then o.payload else excluded.payload end,
  last_error = coalesce(excluded.last_error, o.last_error), lease_owner = null, lease_until = null
where excluded.attempts = 0 or o.attempts = excluded.attempts)sql"};
inline constexpr statement open_promises_keeping_leases{"open_promises_keeping_leases", R"sql(
insert into outbox as o (order_id, kind, ref, writes, payload, state, due_at, last_error, attempts)
select a.order_id, a.kind, a.ref, a.writes, a.payload, a.state, a.due_at, a.last_error, a.attempt
from unnest($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::bool[], $6::jsonb[], $7::text[], $8::timestamptz[], $9::text[],
  $10::int8[]) as a(place, order_id, kind, ref, writes, payload, state, due_at, last_error, attempt)
order by a.place
on conflict (order_id, kind, ref) where state in ('open','waiting') do update set state = excluded.state,
  due_at = excluded.due_at, payload = case when excluded.payload = '{}' then o.payload else excluded.payload end,
  last_error = coalesce(excluded.last_error, o.last_error)
where excluded.attempts = 0 or o.attempts = excluded.attempts)sql"};
// A withdrawn call may be under way: its lease keeps the next write of the order waiting.
inline constexpr statement settle_promises{"settle_promises", R"sql(
with unsettled as materialized (
  select o.id, a.state, a.last_error from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
    as a(order_id, kind, ref, state, last_error) cross join lateral (
    select id from outbox o where o.order_id = a.order_id and o.kind = a.kind and o.ref = a.ref
      and o.state in ('open','waiting') limit 1) o)
update outbox o set state = u.state, last_error = coalesce(u.last_error, o.last_error),
  lease_owner = case when u.state = 'withdrawn' then o.lease_owner end,
  lease_until = case when u.state = 'withdrawn' then o.lease_until end
from unsettled u where o.id = u.id)sql"};

// The inputs first, in the order of their keys, like everybody: then nobody else has their dead letters in hand.
inline constexpr statement redrive{"redrive", R"sql(
with dead as materialized (
  select d.id as letter, i.dedupe_key, i.order_ref from (select distinct * from unnest($1::int8[])) as a(letter)
  join dead_letters d on d.id = a.letter join inputs i on i.id = d.input_id where i.outcome = 'dead'
  order by i.dedupe_key, i.order_ref for no key update of i),
marked as (update dead_letters d set redriven_at = $2::timestamptz from dead where d.id = dead.letter),
revived as (
  update inputs i set outcome = 'pending', policy_version = null, decided_on = null, decided_at = null, answer = null
  from dead where i.dedupe_key = dead.dedupe_key and i.order_ref = dead.order_ref returning i.*)
select i.id, i.delivery_id, i.dedupe_key, i.order_ref, (extract(epoch from i.received_at) * 1000000)::int8, i.source,
  i.actor, i.shop_id, i.type, i.notification_id, encode(i.raw, 'hex') from revived i)sql"};
// A quarantined order could not be told what its calls led to: they would be made again at the end of each lease. Asked behind a
// limit: by the order's key, whatever the planner thinks of the number of open ones.
// Else only writes to TikTok wait: for their order's hold, and for every earlier write of the order, on whichever engine it runs.
// The rows of an order get their ids under its lock, so an earlier id is never committed after a later one.
// Two questions, each with its own partial index.
// A newer version may have written kinds that this one does not know: those wait for it.
// skip locked: what another engine is just claiming is not waited for. The lease is looked at again once the row is locked.
inline constexpr statement claim_due{"claim_due", R"sql(
with due as materialized (
  select o.id, r.tiktok_order_id, coalesce(o.shop_id, r.shop_id) as shop
  from outbox o left join orders r on r.id = o.order_id
  where o.state = 'open' and o.due_at <= $1::timestamptz and (o.lease_until is null or o.lease_until <= $1::timestamptz)
    and coalesce((select q.until is not null from order_attention q where q.order_id = o.order_id and q.kind = 'quarantined'
      limit 1), true)
    and (not o.writes or (not coalesce(r.held, false)
      and not exists (select from outbox e where e.order_id = o.order_id and e.writes and e.id < o.id
        and e.state in ('open','waiting'))
      and not exists (select from outbox e where e.order_id = o.order_id and e.writes and e.id < o.id
        and e.state = 'withdrawn' and e.lease_until > $1::timestamptz)))
    and o.kind in ('fetch_detail','mark_shipped')
  order by o.due_at, o.id limit $2::int8 for update of o skip locked)
update outbox o set attempts = o.attempts + 1, lease_owner = $3::text, lease_until = $4::timestamptz
from due where o.id = due.id
returning o.id, o.order_id, due.tiktok_order_id, due.shop, o.kind, o.ref, o.payload, o.attempts,
  (extract(epoch from o.due_at) * 1000000)::int8)sql"};
// What waits for something else than time is looked at when its time comes.
inline constexpr statement next_due{"next_due", R"sql(
select least(
  (select (extract(epoch from o.due_at) * 1000000)::int8 from outbox o
   where o.state = 'open' and o.lease_until is null and o.due_at > $1::timestamptz
     and o.kind in ('fetch_detail','mark_shipped')
   order by o.due_at limit 1),
  (select (extract(epoch from min(greatest(lease_until, due_at))) * 1000000)::int8 from outbox
   where lease_until is not null and state = 'open' and greatest(lease_until, due_at) > $1::timestamptz)))sql"};

// --- which engines live (liveness.hpp) ---
// Shared: a connection that replaces a broken one must not wait until the server notices that the old one is gone.
inline constexpr statement hold_presence{"hold_presence",
    "select pg_try_advisory_lock_shared(hashtextextended($1::text, 7237971092416135522))"};
// Not where nobody could see the lock (a server that only pretends to have them): nobody may be missed there.
inline constexpr statement note_presence{"note_presence", R"sql(
insert into engines(name, server) select $1::text, pg_postmaster_start_time()
where exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::int8 << 32 | l.objid::int8) = hashtextextended($1::text, 7237971092416135522))
on conflict (name) do update set server = excluded.server, since = now())sql"};
inline constexpr statement known_engines{"known_engines", R"sql(
select e.name, not exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::int8 << 32 | l.objid::int8) = hashtextextended(e.name, 7237971092416135522)) as missing from engines e)sql"};
// Only who held its lock on this server can have lost it by ending: after a failover everybody's is gone. What somebody else is
// just writing is left for the next look. A withdrawn call may have reached TikTok, and the next write of its order reads nothing
// first: that lease lasts its time.
inline constexpr statement free_leases{"free_leases", R"sql(
with gone as materialized (
  select e.name from engines e where e.name = $1::text and e.server = pg_postmaster_start_time()
    and not exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())
      and (l.classid::int8 << 32 | l.objid::int8) = hashtextextended($1::text, 7237971092416135522))),
leased as materialized (
  select o.id from gone join outbox o on o.lease_owner = gone.name where o.state = 'open' and o.lease_until is not null
  for update of o skip locked),
held as materialized (select s.id from gone join shops s on s.lease_owner = gone.name for update of s skip locked),
promises as (update outbox o set lease_owner = null, lease_until = null from leased where o.id = leased.id returning 1),
shops as (update shops s set lease_owner = null, lease_until = null from held where s.id = held.id returning 1)
select (select count(*) from promises), (select count(*) from shops))sql"};
inline constexpr statement forget_engine{"forget_engine", R"sql(
delete from engines e where e.name = $1::text
  and not exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::int8 << 32 | l.objid::int8) = hashtextextended($1::text, 7237971092416135522))
  and (e.server <> pg_postmaster_start_time() or (not exists (select from shops where lease_owner = $1::text)
    and not exists (select from outbox o where o.state = 'open' and o.lease_until is not null and o.lease_owner = $1::text)))
returning true)sql"};

// --- what was committed (event_pages.hpp) ---
// Everything below the oldest transaction that is still open is there for good. Of an epoch, or of the newest if that is older:
// its last event; and whether anything is committed above it. `offset 0` keeps the planner from reading another index from its
// end, here and below.
inline constexpr statement feed_end{"feed_end", R"sql(
select this.epoch, this.until::text::int8, x.xid::text::int8, l.order_id, l.seq,
  exists(select from order_events h where (h.epoch, h.xid) >= (this.epoch, this.until))
from (select max(epoch) as epoch, pg_snapshot_xmin(pg_current_snapshot()) as until from feed_epochs) this
left join lateral (
  select e.xid from order_events e
  where e.epoch = least($1::int8, this.epoch) and (e.epoch, e.xid) < (this.epoch, this.until)
  order by e.epoch desc, e.xid desc limit 1) x on true
left join lateral (
  select e.order_id, e.seq from (
    select order_id, seq from order_events where epoch = least($1::int8, this.epoch) and xid = x.xid offset 0) e -- by its key
  order by e.order_id desc, e.seq desc limit 1) l on true)sql"};
inline constexpr statement events_after{"events_after", R"sql(
select e.seq, (extract(epoch from e.at) * 1000000)::int8, e.type, e.source, e.actor, e.from_state, e.to_state, e.detail,
  e.input_id, e.epoch, e.xid::text::int8, e.order_id, o.tiktok_order_id
from order_events e join orders o on o.id = e.order_id
where (e.epoch, e.xid) >= ($1::int8, $2::text::xid8) and (e.epoch, e.xid) < ($5::int8, $6::text::xid8)
  and (e.epoch, e.xid, e.order_id, e.seq) > ($1::int8, $2::text::xid8, $3::uuid, $4::int8)
order by e.epoch, e.xid, e.order_id, e.seq limit $7::int8)sql"};

// --- what others committed (change_feed.hpp) ---
// What a snapshot did not see is what its transactions in progress wrote, and all later ones: exact, in whatever order they
// commit, and however long the oldest of them lasts. Transactions of an older epoch may have numbers of another server.
inline constexpr statement changed_since{"changed_since", R"sql(
select pg_current_snapshot(), pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::text::pg_snapshot), c.*
from (select 1) as always left join (
  select o.tiktok_order_id, max(e.seq) from (
    select order_id, seq, xid from order_events
    where epoch = (select max(epoch) from feed_epochs) and xid >= pg_snapshot_xmax($1::text::pg_snapshot)
    union all
    select w.order_id, w.seq, w.xid from pg_snapshot_xip($1::text::pg_snapshot) as t(xid) cross join lateral (
      select order_id, seq, xid from order_events
      where epoch = (select max(epoch) from feed_epochs) and xid = t.xid offset 0) w) e -- by its key
  join orders o on o.id = e.order_id where e.xid::text::int8 <> all($2::int8[]) group by o.tiktok_order_id) c on true)sql"};

// --- at start ---
inline constexpr statement insert_policy{"insert_policy",
    "insert into policies(body) select $1::jsonb where not exists (select from policies where body = $1::jsonb)"
    " on conflict (body) do nothing"};
inline constexpr statement policy_version{"policy_version", "select version from policies where body = $1::jsonb"};
inline constexpr statement upsert_shops{"upsert_shops", R"sql(
insert into shops as s (id, region, cipher) select * from unnest($1::text[], $2::text[], $3::text[]) as a(id) order by a.id
on conflict (id) do update set region = excluded.region, cipher = excluded.cipher, updated_at = now()
where s.region <> excluded.region or s.cipher <> excluded.cipher)sql"};
inline constexpr statement any_user{"any_user", "select exists (select from users)"};
inline constexpr statement insert_user{"insert_user",
    "insert into users(name, role, password_hash) values ($1::text, $2::text, $3::text)"};
inline constexpr statement insert_token{"insert_token",
    "insert into api_tokens(token_hash, user_name, role) values ($1::text, $2::text, $3::text)"};
inline constexpr statement all_tokens{"all_tokens",
    "select t.token_hash, t.user_name, t.role from api_tokens t join users u on u.name = t.user_name"
    " where t.revoked_at is null and u.disabled_at is null"};
inline constexpr statement all_sessions{"all_sessions",
    "select token_hash, user_name, csrf_token, (extract(epoch from created_at) * 1000000)::int8,"
    " (extract(epoch from expires_at) * 1000000)::int8 from sessions"};
inline constexpr statement all_users{"all_users", "select name, role, password_hash from users where disabled_at is null"};

} // namespace orderly::postgres::sql
// clang-format on
