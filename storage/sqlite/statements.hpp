#pragma once
// Every SQL statement that writes, or serves a write, and runs more than once, but those of one short write (short_writes.cpp); a
// reader's stand in reader.cpp. Parameters are bound from left to right.

#include <string_view>

// clang-format off
namespace orderly::sqlite::sql {

using text = std::string_view;

// --- transactions -------------------------------------------------------------------------------------------------
inline constexpr text write_ahead_log = "pragma journal_mode=wal";
inline constexpr text begin_write = "begin immediate";
inline constexpr text begin_read = "begin";
inline constexpr text commit = "commit";
inline constexpr text rollback = "rollback";
inline constexpr text begin_unit = "savepoint unit";
inline constexpr text undo_unit = "rollback to unit";
inline constexpr text end_unit = "release unit";
inline constexpr text schema_version = "select coalesce(max(version), 0) from schema_migrations";
inline constexpr text record_migration = "insert into schema_migrations(version) values (?)";

// --- orders -------------------------------------------------------------------------------------------------------
inline constexpr text stored_version = "select rowid, id, version from orders where tiktok_order_id = ?";
inline constexpr text insert_order = R"(
  insert into orders(state, failure, held, version, updated_at, closed_at, shop_id, tiktok_status, tiktok_update_time,
    due_at, facts, order_data, id, tiktok_order_id, created_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
inline constexpr text update_order = R"(
  update orders set state = ?, failure = ?, held = ?, version = ?, updated_at = ?, closed_at = ?, shop_id = ?,
    tiktok_status = ?, tiktok_update_time = ?, due_at = ?, facts = ?
  where rowid = ?)";
inline constexpr text update_order_and_document = R"(
  update orders set state = ?, failure = ?, held = ?, version = ?, updated_at = ?, closed_at = ?, shop_id = ?,
    tiktok_status = ?, tiktok_update_time = ?, due_at = ?, facts = ?, order_data = ?
  where rowid = ?)";
inline constexpr text insert_event = R"(
  insert into order_events(order_id, seq, at, type, source, actor, from_state, to_state, detail, input_id)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
inline constexpr text raise_attention = R"(
  insert into order_attention(order_id, kind, since, detail) values (?, ?, ?, ?)
  on conflict(order_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail,
    assignee = null, snoozed_until = null
  where until is not null)";
inline constexpr text clear_attention = R"(
  update order_attention set until = ? where order_id = ? and kind = ? and until is null)";
// Attention apart from an order's commit: for those that are stored.
inline constexpr text note_order = R"(
  insert into order_attention(order_id, kind, since, detail) select id, ?2, ?3, ?4 from orders where tiktok_order_id = ?1
  on conflict(order_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail,
    assignee = null, snoozed_until = null
  where until is not null)";
inline constexpr text clear_note_of_order = R"(
  update order_attention set until = ?3
  where order_id = (select id from orders where tiktok_order_id = ?1) and kind = ?2 and until is null)";
inline constexpr text note_shop = R"(
  insert into shop_attention(shop_id, kind, since, detail) select id, ?2, ?3, ?4 from shops where id = ?1
  on conflict(shop_id, kind) do update set since = excluded.since, until = null, detail = excluded.detail,
    assignee = null, snoozed_until = null
  where until is not null)";
inline constexpr text clear_note_of_shop = R"(
  update shop_attention set until = ?3 where shop_id = ?1 and kind = ?2 and until is null)";

// --- inputs -------------------------------------------------------------------------------------------------------
inline constexpr text input_standing = "select outcome, id from inputs where dedupe_key = ? and order_ref = ?";
inline constexpr text insert_input = R"(
  insert into inputs(id, delivery_id, policy_version, decided_on, decided_at, outcome, answer, events, dedupe_key,
    order_ref, received_at, source, actor, shop_id, type, notification_id, raw, raw_hash)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
// A redelivery that decides a pending row gives it its own id, which the events name.
inline constexpr text decide_pending_input = R"(
  update inputs set deliveries = deliveries + (id <> ?1), id = ?1, delivery_id = ?2, policy_version = ?3,
    decided_on = ?4, decided_at = ?5, outcome = ?6, answer = ?7, events = ?8
  where dedupe_key = ?9 and order_ref = ?10)";
inline constexpr text count_delivery = R"(
  update inputs set deliveries = deliveries + 1 where dedupe_key = ? and order_ref = ?)";
// A dead letter follows its input to the id of the redelivery that decided it.
inline constexpr text readdress_dead_letter = "update dead_letters set input_id = ?1 where input_id = ?2";
inline constexpr text insert_dead_letter = R"(
  insert into dead_letters(input_id, cause, first_at, last_at) values (?1, ?2, ?3, ?3)
  on conflict(input_id) do update set count = count + 1, cause = excluded.cause, last_at = max(last_at, excluded.last_at),
    redriven_at = null)";
inline constexpr text dead_input = R"(
  select i.id, i.delivery_id, i.dedupe_key, i.order_ref, i.received_at, i.source, i.actor, i.shop_id, i.type,
    i.notification_id, i.raw
  from dead_letters d join inputs i on i.id = d.input_id where d.id = ? and i.outcome = 'dead')";
inline constexpr text revive_input = R"(
  update inputs set outcome = 'pending', policy_version = null, decided_on = null, decided_at = null, answer = null
  where dedupe_key = ? and order_ref = ?)";
inline constexpr text mark_redriven = "update dead_letters set redriven_at = ? where id = ?";

// --- the outbox ---------------------------------------------------------------------------------------------------
inline constexpr text open_promise = R"(
  insert into outbox(order_id, kind, ref, writes, payload, state, due_at, last_error, attempts)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10)
  on conflict(order_id, kind, ref) where state in ('open','waiting') do update set state = ?6, due_at = ?7,
    payload = case when ?5 = '{}' then payload else ?5 end, last_error = coalesce(?8, last_error),
    lease_owner = case when ?9 then lease_owner end, lease_until = case when ?9 then lease_until end
  where ?10 = 0 or attempts = ?10)";
inline constexpr text settle_promise = R"(
  update outbox set state = ?1, last_error = coalesce(?2, last_error),
    -- A withdrawn call may be under way: its lease keeps the next write of the order waiting.
    lease_owner = case when ?1 = 'withdrawn' then lease_owner end,
    lease_until = case when ?1 = 'withdrawn' then lease_until end
  where order_id = ?3 and kind = ?4 and ref = ?5 and state in ('open','waiting'))";
// A quarantined order could not be told what its calls led to: they would be made again at the end of each lease.
// Else only writes to TikTok wait: for their order's hold, and for every earlier write of the order (DECISIONS "Outbox").
// A newer version may have written kinds that this one does not know: those wait for it.
inline constexpr text claimable = R"(
  select o.id, o.order_id, r.tiktok_order_id, coalesce(o.shop_id, r.shop_id), o.kind, o.ref, o.payload,
    o.attempts + 1, o.due_at
  from outbox o left join orders r on r.id = o.order_id
  where o.state = 'open' and o.due_at <= ?1 and (o.lease_until is null or o.lease_until <= ?1)
    and o.kind in ('fetch_detail','mark_shipped')
    and (o.writes = 0 or (coalesce(r.held, 0) = 0
      and not exists (select 1 from outbox e where e.order_id = o.order_id and e.writes = 1 and e.id < o.id
        and (e.state in ('open','waiting') or (e.state = 'withdrawn' and e.lease_until > ?1)))))
    and not exists (select 1 from order_attention q
      where q.order_id = o.order_id and q.kind = 'quarantined' and q.until is null)
  order by o.due_at, o.id limit ?2)";
inline constexpr text lease = R"(
  update outbox set attempts = attempts + 1, lease_owner = ?, lease_until = ? where id = ?)";
// What waits for something else than time is looked at when its time comes.
inline constexpr text next_unleased = R"(
  select o.due_at from outbox o
  where o.state = 'open' and o.lease_until is null and o.due_at > ?1 and o.kind in ('fetch_detail','mark_shipped')
  order by o.due_at limit 1)";
inline constexpr text next_lease_end = R"(
  select min(max(lease_until, due_at)) from outbox
  where lease_until is not null and state = 'open' and max(lease_until, due_at) > ?1)";
// A withdrawn call may have reached TikTok, and the next write of its order reads nothing first: that lease lasts its time.
inline constexpr text void_leases = R"(
  update outbox set lease_owner = null, lease_until = null where lease_until is not null and state <> 'withdrawn')";

inline constexpr text void_shop_leases = R"(
  update shops set lease_owner = null, lease_until = null where lease_until is not null)";

// --- why an order does not move ------------------------------------------------------------------------------------
inline constexpr text attention_of_order = R"(
  select kind, since from order_attention where order_id = ? and until is null order by kind)";
inline constexpr text unkept_promises = R"(
  select id, kind, state, due_at, attempts, lease_until, last_error from outbox
  where order_id = ? and state in ('open','waiting') order by id)";
inline constexpr text latest_of_each_type = R"(
  select seq, at, type, source, actor, from_state, to_state, detail, input_id from order_events
  where order_id = ?1 and seq in (select max(seq) from order_events where order_id = ?1 group by type)
  order by seq desc)";

// --- at start -----------------------------------------------------------------------------------------------------
inline constexpr text insert_policy = "insert into policies(body) values (?) on conflict(body) do nothing";
inline constexpr text policy_version = "select version from policies where body = ?";
inline constexpr text upsert_shop = R"(
  insert into shops(id, region, cipher) values (?, ?, ?)
  on conflict(id) do update set region = excluded.region, cipher = excluded.cipher, updated_at = excluded.created_at
  where region <> excluded.region or cipher <> excluded.cipher)";
inline constexpr text any_user = "select exists (select 1 from users)";
inline constexpr text insert_user = "insert into users(name, role, password_hash) values (?, ?, ?)";
inline constexpr text insert_token = "insert into api_tokens(token_hash, user_name, role) values (?, ?, ?)";
inline constexpr text all_tokens = R"(
  select t.token_hash, t.user_name, t.role from api_tokens t join users u on u.name = t.user_name
  where t.revoked_at is null and u.disabled_at is null)";
inline constexpr text all_sessions = "select token_hash, user_name, csrf_token, created_at, expires_at from sessions";
inline constexpr text all_users = "select name, role, password_hash from users where disabled_at is null";

} // namespace orderly::sqlite::sql
// clang-format on
