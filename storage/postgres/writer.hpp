#pragma once
// The writing connection: commits units and records inputs; the short writes are in short_writes.cpp.

#include "storage/postgres/heartbeat.hpp"
#include "storage/postgres/notifier.hpp"
#include "storage/postgres/own_commits.hpp"
#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

#include <memory>

namespace orderly::postgres {

class writer : public store_writer, protected connected {
public:
  /// Throws when the server cannot be reached.
  writer(database where, std::shared_ptr<notifier> tells, std::shared_ptr<own_commits> own)
      : connected(std::move(where), access::write), notifier_(std::move(tells)), own_(std::move(own)) {}

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;

private:
  std::shared_ptr<notifier> notifier_;
  std::shared_ptr<own_commits> own_;
};

/// With the short writes. Throws when the server cannot be reached.
std::unique_ptr<store_writer> make_writer(database where, std::shared_ptr<notifier> tells, std::shared_ptr<own_commits> own,
                                          std::shared_ptr<heartbeat> lives);

/// Leases and returns what may be called now; in outbox.cpp.
claimed_rows claim_rows(session& over, const claim_request& what);

} // namespace orderly::postgres
