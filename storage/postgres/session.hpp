#pragma once
// One connection, with this program's settings and its prepared statements; and what its failures mean.

#include "base/result.hpp"
#include "storage/postgres/binary.hpp"
#include "storage/postgres/pqxx_compat.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

namespace orderly::postgres {

/// Where to connect: libpq's key=value form, with time-outs and keep-alives where the URL names none.
struct database {
  std::string options;
  std::string password; ///< kept out of messages
  /// What every session's search_path is pinned to. Empty until schema_in_force() has told it (schema.hpp).
  std::string schema;
};
/// Of `storage.schema`.
inline constexpr const char* default_schema = "public";

/// Errors: bad_config, when libpq cannot read the URL.
result<database> database_from(const std::string& url);

enum class access { write, read, migrate };

/// A statement that is prepared once a connection. Both texts are literals.
struct statement {
  const char* name;
  const char* sql;
};

class session {
public:
  /// Throws what libpqxx throws.
  session(const database& where, access how);

  pqxx::connection& raw() { return *connection_; }
  [[nodiscard]] bool is_open() const { return connection_->is_open(); }
  /// Before each use. A plan that was made while a table was empty may read all of it, and the server keeps
  /// it until it analyses the table: so plans are made anew while tables can have doubled, and now and then
  /// later.
  void refresh_plans();
  pqxx::result run(pqxx::transaction_base& in, const statement& what, const std::vector<std::string>& parameters);
  pqxx::result run(pqxx::transaction_base& in, const statement& what, rows& with) { return run(in, what, with.take()); }
  pqxx::result run(pqxx::transaction_base& in, const statement& what, const values& with) { return run(in, what, with.all()); }

private:
  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::errorhandler> quiet_;
  std::unordered_set<const char*> prepared_;
  std::uint64_t uses_ = 0;
};

/// What a failed statement says about the world.
enum class trouble {
  refused, ///< the server holds these values against us; the connection is fine
  again,   ///< deadlock or serialisation failure: the same again at once
  unknown, ///< lost while committing
  failed   ///< the server or the way to it
};
trouble trouble_of(const std::exception& caught);
/// The server's words, in one line.
std::string message_of(const std::exception& caught);
error error_of(const std::exception& caught, const database& where);

/// A port's connection: made on first use, thrown away whole after a failure, so that nothing of a broken one
/// lives on.
class connected {
public:
  connected(database where, access how) : where_(std::move(where)), how_(how) { over(); }

protected:
  session& over() {
    if (!session_ || !session_->is_open())
      session_ = std::make_unique<session>(where_, how_);
    return *session_;
  }
  /// Runs `f(session)`, which returns a result; deadlocks and serialisation failures at once again; no
  /// exception gets past it.
  template <class F>
  auto guarded(F&& f) noexcept -> decltype(f(std::declval<session&>())) {
    for (int attempt = 1;; ++attempt) {
      try {
        over().refresh_plans();
        return f(*session_);
      } catch (const std::exception& caught) {
        const auto what = trouble_of(caught);
        if (what == trouble::again && attempt < max_attempts)
          continue;
        if (what != trouble::refused)
          session_.reset();
        return error_of(caught, where_);
      }
    }
  }

private:
  static constexpr int max_attempts = 10;
  database where_;
  access how_;
  std::unique_ptr<session> session_;
};

} // namespace orderly::postgres
