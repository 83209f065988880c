#include "storage/postgres/postgres_store.hpp"

#include "storage/postgres/admin.hpp"
#include "storage/postgres/change_feed.hpp"
#include "storage/postgres/connection_budget.hpp"
#include "storage/postgres/heartbeat.hpp"
#include "storage/postgres/migrations.hpp"
#include "storage/postgres/notifier.hpp"
#include "storage/postgres/own_commits.hpp"
#include "storage/postgres/pooler.hpp"
#include "storage/postgres/reader.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/postgres/writer.hpp"

#include <algorithm>

namespace orderly::postgres {
namespace {

constexpr int oldest_server = 140000;
// More writers side by side than this only queue up at the server's one log.
constexpr std::size_t lanes = 8;

/// Runs `f`, which returns a result; no exception gets past it.
template <class F>
auto caught(const database& where, F&& f) noexcept -> decltype(f()) {
  try {
    return f();
  } catch (const std::exception& e) {
    return error_of(e, where);
  }
}

class postgres_store final : public store {
public:
  explicit postgres_store(database where)
      : where_(std::move(where)), notifier_(std::make_shared<notifier>(where_)), heartbeat_(std::make_shared<heartbeat>(where_)) {
  }

  result<std::unique_ptr<store_writer>> open_writer() override {
    return caught(where_,
                  [&]() -> result<std::unique_ptr<store_writer>> { return make_writer(where_, notifier_, own_, heartbeat_); });
  }
  result<std::unique_ptr<order_queries>> open_reader() override {
    return caught(where_, [&]() -> result<std::unique_ptr<order_queries>> { return make_reader(where_); });
  }
  result<std::unique_ptr<store_admin>> open_admin() override { return make<store_admin, admin>(access::write); }
  result<std::unique_ptr<access_reader>> open_access() override { return make<access_reader, admin>(access::read); }
  result<std::unique_ptr<change_feed>> open_changes() override { return make<change_feed, feed>(own_, heartbeat_); }
  [[nodiscard]] std::size_t max_lanes() const override { return lanes; }

private:
  template <class Port, class Connection, class... With>
  result<std::unique_ptr<Port>> make(With&&... with) {
    return caught(where_, [&]() -> result<std::unique_ptr<Port>> {
      return std::unique_ptr<Port>{std::make_unique<Connection>(where_, std::forward<With>(with)...)};
    });
  }
  database where_;
  std::shared_ptr<notifier> notifier_;
  std::shared_ptr<own_commits> own_ = std::make_shared<own_commits>();
  std::shared_ptr<heartbeat> heartbeat_;
};

result<void> refuse_unsafe(session& over, bool allow_unsafe) {
  pqxx::nontransaction look{over.raw()};
  const auto settings = look.exec("select current_setting('server_version_num')::int, current_setting('server_version'), "
                                  "current_setting('fsync'), current_setting('server_encoding')")[0];
  if (settings[0].as<int>() < oldest_server)
    return error{error_code::bad_config,
                 std::string{"storage.url: the server is PostgreSQL "} + settings[1].c_str() + "; 14 or newer is needed",
                 {}};
  if (const auto encoding = settings[3].as<std::string>(); encoding != "UTF8")
    return error{error_code::bad_config,
                 "storage.url: the database's encoding is " + encoding +
                     "; UTF8 is needed (create database ... encoding 'UTF8' template template0)",
                 {}};
  if (settings[2].as<std::string>() == "off" && !allow_unsafe)
    return error{error_code::bad_config,
                 "storage.url: the server runs with fsync=off and would lose answered webhooks; set fsync=on "
                 "there, or "
                 "storage.allow_unsafe here if that does not matter",
                 {}};
  return {};
}

result<void> refuse_too_few(const database& where, const store_options& options) {
  if (options.lanes == 0)
    return {};
  const auto first = connect(where.options);
  const auto quiet = make_quiet(*first);
  return refuse_too_few_connections(*first, {std::min(options.lanes, lanes), options.readers});
}

} // namespace

result<std::unique_ptr<store>> open(const store_options& options) {
  auto where = database_from(options.url);
  if (!where)
    return where.error();
  const auto ready = caught(*where, [&]() -> result<void> {
    if (auto enough = refuse_too_few(*where, options); !enough)
      return enough;
    auto schema = schema_in_force(*where, options.schema);
    if (!schema)
      return schema.error();
    where->schema = *std::move(schema);
    if (auto direct = refuse_transaction_pooler(*where); !direct)
      return direct;
    session over{*where, access::migrate};
    if (auto safe = refuse_unsafe(over, options.allow_unsafe); !safe)
      return safe;
    if (auto seen = refuse_hidden_rows(over); !seen)
      return seen;
    return migrate(over);
  });
  if (!ready)
    return ready.error();
  return std::unique_ptr<store>{std::make_unique<postgres_store>(*std::move(where))};
}

} // namespace orderly::postgres
