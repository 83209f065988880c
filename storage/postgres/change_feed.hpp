#pragma once
// What has been committed since the last look, by any engine. A notification says when to look; a look each
// second is the truth.

#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

#include <string>

namespace orderly::postgres {

class feed final : public change_feed, private connected {
public:
  /// Throws when the server cannot be reached.
  explicit feed(database where);

  result<std::vector<changed_order>> wait(std::chrono::milliseconds patience) override;

private:
  void listen(session& on);
  std::vector<changed_order> look(session& on);

  std::string position_; ///< the snapshot of the last look, as PostgreSQL writes it
  int listening_ = 0;    ///< the server process that knows that we listen; another one is a new connection
};

} // namespace orderly::postgres
