// What store_writer does beside the group commit, each in a transaction of its own.

#include "storage/sqlite/input_writes.hpp"
#include "storage/sqlite/order_writes.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"

namespace orderly::sqlite {
namespace {

class short_writer final : public writer {
public:
  using writer::writer;

  result<void> note(std::span<const attention_note> notes) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction all{to, transaction::kind::write};
      for (const auto& one : notes)
        write_note(to, one);
      all.commit();
      return {};
    });
  }

  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override {
    return in_turn([&](connection& to) -> result<std::vector<input>> {
      std::vector<input_row> revived;
      transaction all{to, transaction::kind::write};
      for (const auto id : dead_letters)
        redrive_input(to, id, now, revived);
      if (!revived.empty())
        all.commit();
      return oldest_first(inputs_from(std::move(revived)));
    });
  }

  result<claimed_rows> claim(const claim_request& what) override {
    return in_turn([&](connection& to) -> result<claimed_rows> { return claim_rows(to, what); });
  }

  result<void> upsert_shops(std::span<const shop> shops) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction all{to, transaction::kind::write};
      for (const auto& s : shops)
        to.use(sql::upsert_shop).text(s.id.str()).text(s.region).text(s.cipher).run();
      all.commit();
      return {};
    });
  }

  // Only one engine can be here, so leases on shops matter to what runs within it.
  result<bool> hold_shop(const shop_lease& lease) override {
    return in_turn([&](connection& to) -> result<bool> {
      transaction alone{to, transaction::kind::write};
      {
        auto known = to.use("select exists (select 1 from shops where id = ?)");
        known.text(lease.shop.str()).step();
        if (known.integer_at(0) == 0)
          return error{error_code::not_found, "no shop has the id " + lease.shop.str(), {}};
      }
      auto hold = to.use(R"(
        update shops set lease_owner = ?2, lease_until = ?3
        where id = ?1 and (lease_owner is null or lease_owner = ?2 or lease_until <= ?4))");
      const auto changed = hold.text(lease.shop.str()).text(lease.owner).at(lease.until).at(lease.now).run();
      alone.commit();
      return changed > 0;
    });
  }

  result<void> release_shop(const shop_id& shop, const std::string& owner) override {
    return in_turn([&](connection& to) -> result<void> {
      auto release = to.use("update shops set lease_owner = null, lease_until = null where id = ? and lease_owner = ?");
      release.text(shop.str()).text(owner).run();
      return {};
    });
  }

  result<void> add_token(const stored_token& token) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      to.use(sql::insert_token).text(token.hash).text(token.user).text(token.role).run();
      alone.commit();
      return {};
    });
  }

  result<void> revoke_token(const std::string& hash) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      auto revoke = to.use(R"(
        update api_tokens set revoked_at = cast(strftime('%s','now') as integer) * 1000000
        where token_hash = ? and revoked_at is null)");
      if (revoke.text(hash).run() == 0)
        return error{error_code::not_found, "no such token is in force", {}};
      alone.commit();
      return {};
    });
  }

  result<void> open_session(const stored_session& session) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      to.use("delete from sessions where expires_at <= ?").at(session.created_at).run();
      auto open =
          to.use("insert into sessions(token_hash, user_name, csrf_token, created_at, expires_at) values (?, ?, ?, ?, ?)");
      open.text(session.hash).text(session.user).text(session.csrf_hash).at(session.created_at).at(session.until).run();
      alone.commit();
      return {};
    });
  }

  result<void> extend_session(const std::string& hash, timestamp until) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      to.use("update sessions set expires_at = ?2 where token_hash = ?1 and expires_at < ?2").text(hash).at(until).run();
      alone.commit();
      return {};
    });
  }

  result<void> end_session(const std::string& hash) override {
    return in_turn([&](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      to.use("delete from sessions where token_hash = ?").text(hash).run();
      alone.commit();
      return {};
    });
  }

  result<void> probe() override {
    return in_turn([](connection& to) -> result<void> {
      transaction alone{to, transaction::kind::write};
      to.use("update schema_migrations set version = version where version = 1").run();
      alone.commit();
      return {};
    });
  }
};

} // namespace

std::unique_ptr<store_writer> make_writer(database where, std::shared_ptr<log_keeper> keeper) {
  return std::make_unique<short_writer>(std::move(where), std::move(keeper));
}

} // namespace orderly::sqlite
