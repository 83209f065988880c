#include "tests/support/memory_writer.hpp"

#include "storage/input_row.hpp"
#include "storage/order_row.hpp"
#include "storage/unit_check.hpp"

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

} // namespace

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

result<void> memory_writer::upsert_shops(std::span<const shop> shops) {
  std::lock_guard alone(of_.mutex_);
  for (const auto& s : shops) {
    auto& row = of_.tables_.shops[s.id];
    row.region = s.region;
    row.cipher = s.cipher;
  }
  return {};
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
