#include "tests/support/memory_writer.hpp"

#include <algorithm>

namespace orderly::test {

namespace {

bool is_unsettled(const memory_promise& p) { return p.state == promise_state::open || p.state == promise_state::waiting; }

} // namespace

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

} // namespace orderly::test
