// The promises: how a commit changes them, and how the worker leases those that are due.

#include "base/log.hpp"
#include "storage/order_row.hpp"
#include "storage/postgres/batch.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/postgres/writer.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace orderly::postgres {
namespace {

bool opens(const promise_change& change) { return change.state == promise_state::open || change.state == promise_state::waiting; }

rows opened_rows() {
  using t = type;
  return {t::integer, t::uuid, t::text, t::text, t::boolean, t::json, t::text, t::time, t::text, t::integer};
}

/// Changes of which no two are of one promise.
struct promise_step {
  rows opened = opened_rows(), opened_keeping = opened_rows();
  rows settled{type::uuid, type::text, type::text, type::text, type::text};

  void add(const promised& one) {
    const auto& change = *one.change;
    if (!opens(change)) {
      settled.id(one.order)
          .text(name_of(change.kind))
          .text(change.ref)
          .text(name_of(change.state))
          .text_or_null(change.last_error);
      return;
    }
    auto& into = change.keep_lease ? opened_keeping : opened;
    into.integer(static_cast<std::int64_t>(into.count())).id(one.order).text(name_of(change.kind)).text(change.ref);
    into.flag(is_write(change.kind)).json(json::serialize(change.payload)).text(name_of(change.state));
    change.state == promise_state::open ? into.at(change.due_at) : into.null();
    into.text_or_null(change.last_error).integer(change.attempt);
  }
  void run(session& over, pqxx::transaction_base& in) {
    if (!opened.empty())
      over.run(in, sql::open_promises, opened);
    if (!opened_keeping.empty())
      over.run(in, sql::open_promises_keeping_leases, opened_keeping);
    if (!settled.empty())
      over.run(in, sql::settle_promises, settled);
  }
};

/// A row that was due; nothing when it cannot be read: another program wrote it, and the others must not wait
/// for it.
std::optional<outbox_row> read_row(const pqxx::row& row) {
  outbox_row out;
  out.id = integer_at(row, 0);
  out.order = order_id{id_at(row, 1)};
  out.tiktok_order = tiktok_order_id{owned_at(row, 2)};
  out.shop = shop_id{owned_at(row, 3)};
  const auto kind = promise_kind_from(text_at(row, 4));
  auto payload = stored_object(text_at(row, 6), "payload of outbox row " + std::to_string(out.id));
  if (!kind || !payload) {
    log(log_level::error, "outbox.unreadable", "a promise cannot be read and is not kept", {{"row", out.id}});
    return std::nullopt;
  }
  out.kind = *kind;
  out.ref = owned_at(row, 5);
  out.payload = *std::move(payload);
  out.attempt = static_cast<int>(integer_at(row, 7));
  out.due_at = time_at(row, 8);
  return out;
}

} // namespace

void write_promises(session& over, pqxx::transaction_base& in, std::span<const promised> all) {
  std::vector<promise_step> steps;
  std::map<uuid, stepper> sequences;
  for (const auto& one : all) {
    const auto& change = *one.change;
    const auto at = sequences[one.order].step_of(std::string{name_of(change.kind)} + '/' + change.ref, change.keep_lease);
    steps.resize(std::max(steps.size(), at + 1));
    steps[at].add(one);
  }
  for (auto& step : steps)
    step.run(over, in);
}

claimed_rows claim_rows(session& over, const claim_request& what) {
  claimed_rows claimed;
  pqxx::nontransaction at_once{over.raw()};
  values asked;
  asked.at(what.now).integer(static_cast<std::int64_t>(what.limit)).text(what.owner).at(what.lease_until);
  const auto leased = over.run(at_once, sql::claim_due, asked);
  for (const auto& row : leased)
    if (auto due = read_row(row))
      claimed.rows.push_back(*std::move(due));
  std::sort(claimed.rows.begin(), claimed.rows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  claimed.next_due = static_cast<std::size_t>(leased.size()) == what.limit
                         ? what.now
                         : maybe_time_at(over.run(at_once, sql::next_due, values{}.at(what.now))[0], 0);
  return claimed;
}

} // namespace orderly::postgres
