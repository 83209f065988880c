#pragma once
// Operators: they ship, hold, release, note, fail and retry, each wish under an Idempotency-Key, and ask again until they know.

#include "domain/order/input.hpp"
#include "tests/sim/front_door.hpp"
#include "tests/sim/listing.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly::sim {

struct wish {
  std::string key;
  tiktok_order_id order;
  input_body body;
  int tries = 0;
  bool under_way = false;
  bool ready = true;          ///< to be asked again; in the calm after the storm once a moment
  std::optional<answer> told; ///< that is final
};

class people {
public:
  people(stage& on, const orderly::test::memory_tables& stored) : on_(on), stored_(stored) {}

  /// A new wish, or an older one again.
  std::shared_ptr<wish> next(const std::map<std::string, listing>& orders);
  std::shared_ptr<wish> want(const std::string& order, input_body body);
  /// The same key with another body: must be refused.
  input spoilt(const wish& of, id_source& ids, timestamp now) const;
  [[nodiscard]] input input_of(const wish& of, id_source& ids, timestamp now) const;
  void heard(wish& of, const answer* told);
  /// Those whose outcome somebody still waits to hear.
  [[nodiscard]] std::vector<std::shared_ptr<wish>> undecided() const;
  [[nodiscard]] const std::vector<std::shared_ptr<wish>>& all() const { return wishes_; }

private:
  input_body draw(const listing& order);

  stage& on_;
  const orderly::test::memory_tables& stored_;
  std::vector<std::shared_ptr<wish>> wishes_;
};

} // namespace orderly::sim
