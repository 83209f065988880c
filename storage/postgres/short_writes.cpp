// What store_writer does beside the group commit, each in a transaction of its own.

#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/postgres/writer.hpp"
#include "storage/row_reading.hpp"

#include <boost/json/serialize.hpp>

namespace orderly::postgres {
namespace {

void write_note(session& over, pqxx::transaction_base& in, const attention_note& note) {
  const bool of_order = !note.order.empty();
  values asked;
  asked.text(of_order ? note.order.str() : note.shop.str()).text(note.kind).at(note.at);
  if (note.raised)
    over.run(in, of_order ? sql::note_order : sql::note_shop, asked.json(json::serialize(note.detail)));
  else
    over.run(in, of_order ? sql::clear_note_of_order : sql::clear_note_of_shop, asked);
}

class short_writer final : public writer {
public:
  short_writer(database where, std::shared_ptr<notifier> tells, std::shared_ptr<own_commits> own,
               std::shared_ptr<heartbeat> lives)
      : writer(std::move(where), std::move(tells), std::move(own)), heartbeat_(std::move(lives)) {}

  result<void> note(std::span<const attention_note> notes) override {
    if (notes.empty())
      return {};
    return guarded([&](session& over) -> result<void> {
      pqxx::work together{over.raw()};
      for (const auto& one : notes)
        write_note(over, together, one);
      together.commit();
      return {};
    });
  }

  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override {
    if (dead_letters.empty())
      return std::vector<input>{};
    return guarded([&](session& over) -> result<std::vector<input>> {
      values asked;
      asked.integers(dead_letters).at(now);
      pqxx::work together{over.raw()};
      std::vector<input_row> revived;
      for (const auto& row : over.run(together, sql::redrive, asked))
        revived.push_back(read_input_row(row_view{row}));
      together.commit();
      return oldest_first(inputs_from(std::move(revived)));
    });
  }

  result<claimed_rows> claim(const claim_request& what) override {
    heartbeat_->announce(what.owner);
    return guarded([&](session& over) -> result<claimed_rows> { return claim_rows(over, what); });
  }

  result<void> upsert_shops(std::span<const shop> shops) override {
    return guarded([&](session& over) -> result<void> {
      rows all{type::text, type::text, type::text};
      for (const auto& s : shops)
        all.text(s.id.str()).text(s.region).text(s.cipher);
      pqxx::work one{over.raw()};
      over.run(one, sql::upsert_shops, all);
      one.commit();
      return {};
    });
  }

  result<bool> hold_shop(const shop_lease& lease) override {
    static constexpr statement hold{"hold_shop", R"sql(
with held as (
  update shops set lease_owner = $2::text, lease_until = $4::timestamptz
  where id = $1::text and (lease_owner is null or lease_owner = $2::text or lease_until <= $3::timestamptz) returning id)
select exists (select from shops where id = $1::text), exists (select from held))sql"};
    heartbeat_->announce(lease.owner);
    return guarded([&](session& over) -> result<bool> {
      pqxx::nontransaction at_once{over.raw()};
      const auto outcome =
          over.run(at_once, hold, values{}.text(lease.shop.str()).text(lease.owner).at(lease.now).at(lease.until));
      if (!flag_at(outcome[0], 0))
        return error{error_code::not_found, "no shop has the id " + lease.shop.str(), {}};
      return flag_at(outcome[0], 1);
    });
  }

  result<void> release_shop(const shop_id& shop, const std::string& owner) override {
    static constexpr statement release{
        "release_shop", "update shops set lease_owner = null, lease_until = null where id = $1::text and lease_owner = $2::text"};
    return guarded([&](session& over) -> result<void> {
      pqxx::nontransaction at_once{over.raw()};
      over.run(at_once, release, values{}.text(shop.str()).text(owner));
      return {};
    });
  }

  result<void> add_token(const stored_token& token) override {
    return guarded([&](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      over.run(alone, sql::insert_token, values{}.text(token.hash).text(token.user).text(token.role));
      alone.commit();
      return {};
    });
  }

  result<void> revoke_token(const std::string& hash) override {
    static constexpr statement revoke{
        "revoke_token",
        "update api_tokens set revoked_at = now() where token_hash = $1::text and revoked_at is null returning 1"};
    return guarded([&](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      if (over.run(alone, revoke, values{}.text(hash)).empty())
        return error{error_code::not_found, "no such token is in force", {}};
      alone.commit();
      return {};
    });
  }

  result<void> open_session(const stored_session& session_row) override {
    static constexpr statement forget{"forget_sessions", "delete from sessions where expires_at <= $1::timestamptz"};
    static constexpr statement open{"open_session", R"sql(
insert into sessions(token_hash, user_name, csrf_token, created_at, expires_at)
values ($1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz))sql"};
    return guarded([&](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      over.run(alone, forget, values{}.at(session_row.created_at));
      values row;
      row.text(session_row.hash).text(session_row.user).text(session_row.csrf_hash);
      over.run(alone, open, row.at(session_row.created_at).at(session_row.until));
      alone.commit();
      return {};
    });
  }

  result<void> extend_session(const std::string& hash, timestamp until) override {
    static constexpr statement extend{
        "extend_session",
        "update sessions set expires_at = $2::timestamptz where token_hash = $1::text and expires_at < $2::timestamptz"};
    return guarded([&](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      over.run(alone, extend, values{}.text(hash).at(until));
      alone.commit();
      return {};
    });
  }

  result<void> end_session(const std::string& hash) override {
    static constexpr statement end{"end_session", "delete from sessions where token_hash = $1::text"};
    return guarded([&](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      over.run(alone, end, values{}.text(hash));
      alone.commit();
      return {};
    });
  }

  result<void> probe() override {
    static constexpr statement write_nothing{"probe", "update schema_migrations set version = version where version = 1"};
    return guarded([](session& over) -> result<void> {
      pqxx::work alone{over.raw()};
      over.run(alone, write_nothing, values{});
      alone.commit();
      return {};
    });
  }

private:
  std::shared_ptr<heartbeat> heartbeat_; ///< of whoever leases something
};

} // namespace

std::unique_ptr<store_writer> make_writer(database where, std::shared_ptr<notifier> tells, std::shared_ptr<own_commits> own,
                                          std::shared_ptr<heartbeat> lives) {
  return std::make_unique<short_writer>(std::move(where), std::move(tells), std::move(own), std::move(lives));
}

} // namespace orderly::postgres
