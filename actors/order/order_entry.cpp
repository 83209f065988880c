#include "actors/order/order_entry.hpp"

#include <algorithm>

namespace orderly {

answer kept_as_pending() {
  answer a;
  a.outcome = input_outcome::pending;
  return a;
}

std::shared_ptr<const input_record> as_pending(const input_ptr& what) {
  auto record = std::make_shared<input_record>();
  record->what = what;
  record->outcome = input_outcome::pending;
  record->answer = kept_as_pending();
  return record;
}

void death_record::add(actor_time at, const input_id& blamed) {
  age(at);
  recent_.push_back({at, blamed});
}

void death_record::age(actor_time now) {
  std::erase_if(recent_, [&](const death& d) { return now - d.at > std::chrono::minutes{1}; });
}

bool death_record::calls_for_quarantine() const {
  return recent_.size() >= 3 &&
         std::any_of(recent_.begin(), recent_.end(), [&](const death& d) { return d.blamed != recent_.front().blamed; });
}

} // namespace orderly
