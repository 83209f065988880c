#include "storage/input_row.hpp"
#include "storage/order_row.hpp"
#include "storage/unit_check.hpp"
#include "tests/support/memory_store.hpp"

#include <algorithm>
#include <set>

namespace orderly::test {

namespace {

using results = std::vector<unit_result>;

bool is_text(const std::string& value) { return value.find('\0') == std::string::npos; }
bool can_hold(const input& in) {
  return is_text(in.dedupe_key) && is_text(in.order.str()) && is_text(in.actor) && is_text(in.shop.str()) && is_text(in.type) &&
         is_text(in.notification_id);
}

bool is_unsettled(const memory_promise& p) { return p.state == promise_state::open || p.state == promise_state::waiting; }

} // namespace

class memory_writer final : public store_writer {
public:
  explicit memory_writer(memory_store& of) : of_(of) {}

  result<results> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;
  result<void> note(std::span<const attention_note> notes) override;
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override;
  result<claimed_rows> claim(const claim_request& what) override;
  result<bool> hold_shop(const shop_lease& lease) override;
  result<void> release_shop(const shop_id& shop, const std::string& owner) override;
  result<void> add_token(const stored_token& token) override;
  result<void> revoke_token(const std::string& hash) override;
  result<void> open_session(const stored_session& session) override;
  result<void> extend_session(const std::string& hash, timestamp until) override;
  result<void> end_session(const std::string& hash) override;
  result<void> probe() override { return {}; }

private:
  unit_result commit_one(const order_unit& unit);
  /// Why the unit cannot be written whatever else is done; empty when it can.
  std::string refusal_of(const order_unit& unit, const memory_order* stored) const;
  void write_order(const order_unit& unit, memory_order* stored);
  void write_input(const input_record& record, std::int64_t events);
  void write_promise(const memory_order& of, const promise_change& change);
  void write_dead_letter(const input_id& input, const input_record& record);
  void count_delivery(const input_place& at);
  void record_one(const input_record& record);
  static void note_one(std::map<std::string, memory_attention>& in, const attention_note& note);
  bool is_claimable(const memory_promise& p, timestamp now) const;
  bool is_blocked(const memory_promise& p, timestamp now) const;
  std::optional<timestamp> next_due(timestamp now) const;

  memory_tables& t() const { return of_.tables_; }
  memory_store& of_;
};

result<results> memory_writer::commit(std::span<const order_unit> units) {
  std::lock_guard alone(of_.mutex_);
  results told(units.size());
  for (const auto* unit : in_lock_order(units))
    told[static_cast<std::size_t>(unit - units.data())] = commit_one(*unit);
  return told;
}

/// Looks before it writes: a unit that cannot be committed leaves nothing to undo.
unit_result memory_writer::commit_one(const order_unit& unit) {
  const auto found = t().orders.find(unit.order);
  auto* const stored = found == t().orders.end() ? nullptr : &found->second;
  if (is_fenced(unit) && !fence_holds(unit, stored ? std::optional{stored->row.version} : std::nullopt))
    return {commit_verdict::conflict, {}};
  for (const auto& record : unit.inputs) // nobody can look for it
    if (!is_text(record.what->dedupe_key))
      return {commit_verdict::refused, "a text holds a NUL character"};
  for (const auto& record : unit.inputs)
    if (const auto at = t().inputs.find({record.what->dedupe_key, record.what->order});
        at != t().inputs.end() && at->second.outcome != input_outcome::pending)
      return {commit_verdict::conflict, {}};
  if (auto why = refusal_of(unit, stored); !why.empty())
    return {commit_verdict::refused, std::move(why)};
  write_order(unit, stored);
  for (const auto& record : unit.inputs)
    write_input(record, events_caused_by(record, unit.events));
  const auto now = t().orders.find(unit.order);
  for (const auto& change : unit.promises)
    write_promise(now->second, change);
  for (const auto& key : unit.repeated_keys)
    count_delivery({key, unit.order});
  if (of_.watch.unit_committed)
    of_.watch.unit_committed(unit, now == t().orders.end() ? nullptr : &now->second);
  return {};
}

std::string memory_writer::refusal_of(const order_unit& unit, const memory_order* stored) const {
  if (auto flaw = flaw_of(unit); !flaw.empty())
    return flaw;
  std::set<input_place> seen;
  for (const auto& record : unit.inputs) {
    const input_place at{record.what->dedupe_key, record.what->order};
    if (!can_hold(*record.what))
      return "a text holds a NUL character";
    if (!seen.insert(at).second && !t().inputs.contains(at))
      return "one input stands twice in a unit";
  }
  if (!stored && !unit.after && !unit.promises.empty())
    return "a promise of an order that is not stored";
  if (!stored && unit.after)
    for (const auto& [id, other] : t().orders)
      if (other.row.id == unit.after->id)
        return "the id is another order's";
  return "";
}

void memory_writer::write_order(const order_unit& unit, memory_order* stored) {
  if (!unit.after)
    return;
  auto& to = stored ? *stored : t().orders[unit.order];
  const auto before = std::exchange(to.row, *unit.after);
  if (stored) {
    to.row.id = before.id;
    to.row.created_at = before.created_at;
  }
  if (unit.document)
    to.document = *unit.document;
  for (const auto& e : unit.events) {
    to.events.push_back({e, t().next_pos++});
    if (const auto change = attention_of(e)) {
      attention_note note;
      note.kind = change->kind;
      note.raised = change->raised;
      note.at = e.at;
      note.detail = e.detail;
      note_one(to.attention, note);
    }
  }
  if (!unit.events.empty())
    t().commits.push_back({unit.order, to.row.version});
}

/// A redelivery that decides a pending row gives it its own id, which the events name; its dead letter follows.
void memory_writer::write_input(const input_record& record, std::int64_t events) {
  const auto [at, is_new] = t().inputs.try_emplace({record.what->dedupe_key, record.what->order});
  auto& row = at->second;
  const auto before = is_new ? std::nullopt : std::optional{row.outcome};
  if (is_new) {
    row.what = *record.what;
    row.what.body = {};
    row.raw_hash = sha256(*record.what->raw);
  } else if (row.what.id != record.what->id) {
    for (auto& [id, letter] : t().dead_letters)
      if (letter.input == row.what.id)
        letter.input = record.what->id;
    row.what.id = record.what->id;
    row.what.delivery = record.what->delivery;
    ++row.deliveries;
  }
  row.outcome = record.outcome;
  row.events = events;
  if (record.outcome != input_outcome::pending) {
    row.policy_version = record.policy_version;
    row.decided_on = record.decided_on;
    row.decided_at = record.decided_at;
    row.answer = record.answer;
  }
  if (record.dead)
    write_dead_letter(record.what->id, record);
  if (of_.watch.input_written)
    of_.watch.input_written(row, before);
}

void memory_writer::write_dead_letter(const input_id& input, const input_record& record) {
  const auto at = std::max(record.what->received_at, record.decided_at);
  for (auto& [id, letter] : t().dead_letters)
    if (letter.input == input) {
      ++letter.count;
      letter.cause = *record.dead;
      letter.last_at = std::max(letter.last_at, at);
      letter.redriven_at = std::nullopt;
      return;
    }
  t().dead_letters[t().next_dead_letter++] = {input, *record.dead, 1, at, at, std::nullopt};
}

void memory_writer::count_delivery(const input_place& at) {
  if (const auto found = t().inputs.find(at); found != t().inputs.end())
    ++found->second.deliveries;
}

void memory_writer::write_promise(const memory_order& of, const promise_change& change) {
  const auto held = std::find_if(t().outbox.begin(), t().outbox.end(), [&](const auto& row) {
    const auto& p = row.second;
    return p.order == of.row.id && p.kind == change.kind && p.ref == change.ref && is_unsettled(p);
  });
  const bool opens = change.state == promise_state::open || change.state == promise_state::waiting;
  if (held == t().outbox.end() && !opens)
    return;
  auto& p = held != t().outbox.end() ? held->second : t().outbox[t().next_promise];
  if (held == t().outbox.end()) {
    p.id = t().next_promise++;
    p.order = of.row.id;
    p.tiktok_order = of.row.tiktok_id;
    p.kind = change.kind;
    p.ref = change.ref;
    p.attempts = opens ? change.attempt : 0;
  } else if (opens && change.attempt != 0 && p.attempts != change.attempt) {
    return; // claimed again since
  }
  p.state = change.state;
  if (!change.last_error.empty())
    p.last_error = change.last_error;
  if (opens) {
    p.due_at = change.state == promise_state::open ? std::optional{change.due_at} : std::nullopt;
    if (!change.payload.empty())
      p.payload = change.payload;
  }
  // A withdrawn call may be under way: its lease keeps the next write of the order waiting.
  if (opens ? !change.keep_lease : change.state != promise_state::withdrawn) {
    p.lease_owner.clear();
    p.lease_until = std::nullopt;
  }
}

result<void> memory_writer::record(std::span<const input_record> inputs) {
  std::lock_guard alone(of_.mutex_);
  for (const auto& one : inputs)
    if (!can_hold(*one.what))
      return error{error_code::refused_by_store, "a text holds a NUL character", {}};
  for (const auto& one : inputs)
    record_one(one);
  return {};
}

void memory_writer::record_one(const input_record& record) {
  const input_place at{record.what->dedupe_key, record.what->order};
  const auto found = t().inputs.find(at);
  const bool pending = found != t().inputs.end() && found->second.outcome == input_outcome::pending;
  if (found == t().inputs.end() || (pending && record.outcome != input_outcome::pending)) {
    write_input(record, 0);
    return;
  }
  if (found->second.what.id == record.what->id)
    return; // the same once more, after an answer that was lost
  count_delivery(at);
  if (found->second.outcome == input_outcome::dead && record.dead)
    write_dead_letter(found->second.what.id, record);
}

void memory_writer::note_one(std::map<std::string, memory_attention>& in, const attention_note& note) {
  const auto found = in.find(note.kind);
  const bool open = found != in.end() && !found->second.until;
  if (note.raised && !open)
    in[note.kind] = {note.at, std::nullopt, note.detail};
  if (!note.raised && open)
    found->second.until = note.at;
}

result<void> memory_writer::note(std::span<const attention_note> notes) {
  std::lock_guard alone(of_.mutex_);
  for (const auto& one : notes)
    if (!is_text(one.kind) || !is_text(one.order.str()) || !is_text(one.shop.str()))
      return error{error_code::refused_by_store, "a text holds a NUL character", {}};
  for (const auto& one : notes) {
    if (!one.order.empty()) {
      if (const auto found = t().orders.find(one.order); found != t().orders.end())
        note_one(found->second.attention, one);
    } else if (t().shops.contains(one.shop)) {
      std::map<std::string, memory_attention> held;
      const std::pair key{one.shop, one.kind};
      if (const auto found = t().shop_attention.find(key); found != t().shop_attention.end())
        held[one.kind] = found->second;
      note_one(held, one);
      if (!held.empty())
        t().shop_attention[key] = held[one.kind];
    }
  }
  return {};
}

result<std::vector<input>> memory_writer::redrive(std::span<const std::int64_t> dead_letters, timestamp now) {
  std::lock_guard alone(of_.mutex_);
  std::vector<input_row> revived;
  for (const auto id : dead_letters) {
    const auto letter = t().dead_letters.find(id);
    if (letter == t().dead_letters.end())
      continue;
    const auto found = std::find_if(t().inputs.begin(), t().inputs.end(), [&](const auto& row) {
      return row.second.what.id == letter->second.input && row.second.outcome == input_outcome::dead;
    });
    if (found == t().inputs.end())
      continue;
    auto& row = found->second;
    row.outcome = input_outcome::pending;
    row.policy_version = row.decided_on = std::nullopt;
    row.decided_at = std::nullopt;
    row.answer = std::nullopt;
    letter->second.redriven_at = now;
    revived.push_back({row.what, std::string{name_of(row.what.source)}});
    if (of_.watch.input_written)
      of_.watch.input_written(row, input_outcome::dead);
  }
  return oldest_first(inputs_from(std::move(revived)));
}

/// A quarantined order waits. Else only writes to TikTok do: for their order's hold, and for every earlier write of the order.
bool memory_writer::is_blocked(const memory_promise& p, timestamp now) const {
  const auto& order = t().orders.at(p.tiktok_order);
  if (order.quarantined_since())
    return true;
  if (!is_write(p.kind))
    return false;
  if (order.row.held)
    return true;
  return std::any_of(t().outbox.begin(), t().outbox.end(), [&](const auto& row) {
    const auto& e = row.second;
    return e.order == p.order && e.id < p.id && is_write(e.kind) &&
           (is_unsettled(e) || (e.state == promise_state::withdrawn && e.lease_until && *e.lease_until > now));
  });
}

bool memory_writer::is_claimable(const memory_promise& p, timestamp now) const {
  return p.state == promise_state::open && p.due_at <= now && (!p.lease_until || *p.lease_until <= now) && !is_blocked(p, now);
}

std::optional<timestamp> memory_writer::next_due(timestamp now) const {
  std::optional<timestamp> next;
  for (const auto& [id, p] : t().outbox) {
    if (p.state != promise_state::open)
      continue;
    const auto due = p.lease_until ? std::max(*p.lease_until, *p.due_at) : *p.due_at;
    if (due > now)
      next = std::min(next.value_or(timestamp::max()), due);
  }
  return next;
}

result<claimed_rows> memory_writer::claim(const claim_request& what) {
  std::lock_guard alone(of_.mutex_);
  std::vector<memory_promise*> due;
  for (auto& [id, p] : t().outbox)
    if (is_claimable(p, what.now))
      due.push_back(&p);
  std::stable_sort(due.begin(), due.end(), [](const auto* a, const auto* b) { return *a->due_at < *b->due_at; });
  due.resize(std::min(due.size(), what.limit));
  std::sort(due.begin(), due.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  claimed_rows claimed;
  for (auto* p : due) {
    p->lease_owner = what.owner;
    p->lease_until = what.lease_until;
    claimed.rows.push_back({p->id, p->order, p->tiktok_order, t().orders.at(p->tiktok_order).row.facts.shop, p->kind, p->ref,
                            p->payload, ++p->attempts, *p->due_at});
  }
  claimed.next_due = due.size() == what.limit ? what.now : next_due(what.now);
  return claimed;
}

result<bool> memory_writer::hold_shop(const shop_lease& lease) {
  std::lock_guard alone(of_.mutex_);
  const auto found = t().shops.find(lease.shop);
  if (found == t().shops.end())
    return error{error_code::not_found, "no shop has the id " + lease.shop.str(), {}};
  auto& row = found->second;
  const bool free = row.lease_owner.empty() || row.lease_owner == lease.owner || *row.lease_until <= lease.now;
  if (free) {
    row.lease_owner = lease.owner;
    row.lease_until = lease.until;
  }
  return free;
}

result<void> memory_writer::release_shop(const shop_id& shop, const std::string& owner) {
  std::lock_guard alone(of_.mutex_);
  if (const auto found = t().shops.find(shop); found != t().shops.end() && found->second.lease_owner == owner)
    found->second.lease_owner.clear();
  return {};
}

result<void> memory_writer::add_token(const stored_token& token) {
  std::lock_guard alone(of_.mutex_);
  if (!t().users.contains(token.user) || !t().tokens.try_emplace(token.hash, memory_token{token, false}).second)
    return error{error_code::refused_by_store, "no such user, or the token is stored already", {}};
  return {};
}

result<void> memory_writer::revoke_token(const std::string& hash) {
  std::lock_guard alone(of_.mutex_);
  const auto found = t().tokens.find(hash);
  if (found == t().tokens.end() || std::exchange(found->second.revoked, true))
    return error{error_code::not_found, "no such token is in force", {}};
  return {};
}

result<void> memory_writer::open_session(const stored_session& session) {
  std::lock_guard alone(of_.mutex_);
  if (!t().users.contains(session.user) || t().sessions.contains(session.hash))
    return error{error_code::refused_by_store, "no such user, or the session is stored already", {}};
  std::erase_if(t().sessions, [&](const auto& each) { return each.second.until <= session.created_at; });
  t().sessions.emplace(session.hash, session);
  return {};
}

result<void> memory_writer::extend_session(const std::string& hash, timestamp until) {
  std::lock_guard alone(of_.mutex_);
  if (const auto found = t().sessions.find(hash); found != t().sessions.end())
    found->second.until = std::max(found->second.until, until);
  return {};
}

result<void> memory_writer::end_session(const std::string& hash) {
  std::lock_guard alone(of_.mutex_);
  t().sessions.erase(hash);
  return {};
}

std::unique_ptr<store_writer> make_memory_writer(memory_store& of) { return std::make_unique<memory_writer>(of); }

} // namespace orderly::test
