// The promises: how a commit changes them, and how the worker leases those that are due.

#include "base/log.hpp"
#include "storage/order_row.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace orderly::sqlite {
namespace {

/// A row that is due; nothing when it cannot be read: it was written by another program, and the others must not wait for it.
std::optional<outbox_row> read_row(const statement& row) {
  outbox_row out;
  out.id = row.integer_at(0);
  out.order = order_id{row.id_at(1)};
  out.tiktok_order = tiktok_order_id{std::string{row.text_at(2)}};
  out.shop = shop_id{std::string{row.text_at(3)}};
  const auto kind = promise_kind_from(row.text_at(4));
  auto payload = stored_object(row.text_at(6), "payload of outbox row " + std::to_string(out.id));
  if (!kind || !payload) {
    log(log_level::error, "outbox.unreadable", "a promise cannot be read and is not kept", {{"row", out.id}});
    return std::nullopt;
  }
  out.kind = *kind;
  out.ref = row.text_at(5);
  out.payload = *std::move(payload);
  out.attempt = static_cast<int>(row.integer_at(7));
  out.due_at = row.time_at(8);
  return out;
}

struct due_rows {
  std::vector<std::int64_t> ids; ///< of those too that cannot be read: leased, they do not come first again in the next claim
  std::vector<outbox_row> readable;
};

due_rows find_due(connection& over, const claim_request& what) {
  due_rows due;
  auto query = over.use(sql::claimable);
  query.at(what.now).integer(static_cast<std::int64_t>(what.limit));
  while (query.step()) {
    due.ids.push_back(query.integer_at(0));
    if (auto row = read_row(query))
      due.readable.push_back(*std::move(row));
  }
  std::sort(due.readable.begin(), due.readable.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return due;
}

/// When the next row can become claimable by the passing of time alone. What is due and waits for a hold's end or for an earlier
/// write is not counted: the commit that frees it wakes the worker.
std::optional<timestamp> next_due(connection& over, timestamp now) {
  std::optional<timestamp> next;
  const auto take = [&](statement query) {
    if (query.step() && !query.is_null(0))
      next = std::min(next.value_or(timestamp::max()), query.time_at(0));
  };
  take(std::move(over.use(sql::next_unleased).at(now)));
  take(std::move(over.use(sql::next_lease_end).at(now)));
  return next;
}

} // namespace

claimed_rows claim_rows(connection& over, const claim_request& what) {
  claimed_rows claimed;
  transaction all{over, transaction::kind::write};
  auto due = find_due(over, what);
  for (const auto id : due.ids)
    over.use(sql::lease).text(what.owner).at(what.lease_until).integer(id).run();
  claimed.rows = std::move(due.readable);
  claimed.next_due = due.ids.size() == what.limit ? what.now : next_due(over, what.now);
  if (!due.ids.empty())
    all.commit();
  return claimed;
}

void write_promise(connection& over, const uuid& order, const promise_change& change) {
  const auto kind = name_of(change.kind);
  const auto state = name_of(change.state);
  if (change.state != promise_state::open && change.state != promise_state::waiting) {
    over.use(sql::settle_promise).text(state).text_or_null(change.last_error).id(order).text(kind).text(change.ref).run();
    return;
  }
  const auto payload = json::serialize(change.payload);
  auto write = over.use(sql::open_promise);
  write.id(order).text(kind).text(change.ref).integer(is_write(change.kind) ? 1 : 0).text(payload).text(state);
  change.state == promise_state::open ? write.at(change.due_at) : write.null();
  write.text_or_null(change.last_error).integer(change.keep_lease ? 1 : 0).integer(change.attempt).run();
}

} // namespace orderly::sqlite
