#pragma once
// libpqxx 6.4 (Debian 12) and 7 (Debian 13) behind one face; nothing else asks for the version. What either
// of them calls deprecated here has no replacement in the other.

#include <pqxx/pqxx>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace orderly::postgres {

#if PQXX_VERSION_MAJOR >= 7
using snapshot_transaction = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::write_policy::read_only>;
#else
using snapshot_transaction = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;
#endif

/// A connection that breaks stays broken, and that prints nothing by itself.
inline std::unique_ptr<pqxx::connection> connect(const std::string& options) {
  auto made = std::make_unique<pqxx::connection>(options);
#if PQXX_VERSION_MAJOR < 7
  made->inhibit_reactivation(true);
#endif
  return made;
}

/// Suppresses what libpqxx would print to stderr; must be destroyed before the connection.
inline std::unique_ptr<pqxx::errorhandler> make_quiet(pqxx::connection& over) {
  return std::make_unique<pqxx::quiet_errorhandler>(over);
}

/// Runs a prepared statement whose parameters are all in PostgreSQL's binary format.
inline pqxx::result exec_binary(pqxx::transaction_base& in, const char* name, const std::vector<std::string>& parameters) {
#if PQXX_VERSION_MAJOR >= 7
  pqxx::params with;
  for (const auto& p : parameters)
    with.append(std::basic_string_view<std::byte>{reinterpret_cast<const std::byte*>(p.data()), p.size()});
  return in.exec_prepared(name, with);
#else
  std::vector<pqxx::binarystring> with;
  with.reserve(parameters.size());
  for (const auto& p : parameters)
    with.emplace_back(p.data(), p.size());
  return in.exec_prepared(name, pqxx::prepare::make_dynamic_params(with));
#endif
}

/// The number of notifications that arrived within `patience`. Throws pqxx::broken_connection.
inline int await_notifications(pqxx::connection& over, std::chrono::microseconds patience) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  return over.await_notification(seconds.count(), static_cast<long>((patience - seconds).count()));
}

} // namespace orderly::postgres

#pragma GCC diagnostic pop
