#include "actors/order/order_choice.hpp"

#include <algorithm>

namespace orderly {
namespace {

std::optional<double> key_of(const actor_view& one, actor_sort by) {
  const auto number = [](const auto& value) { return value ? std::optional{static_cast<double>(*value)} : std::nullopt; };
  switch (by) {
  case actor_sort::mailbox: return number(one.mailbox);
  case actor_sort::oldest: return one.oldest_ms;
  case actor_sort::handled: return one.handled_per_s;
  case actor_sort::restarts: break;
  }
  return static_cast<double>(one.restarts);
}

} // namespace

bool actor_order::comes_before(const actor_view& a, std::string_view a_id, const actor_view& b, std::string_view b_id) const {
  if (what_.marked_first) {
    const bool marked = a.phase == actor_phase::quarantined, other = b.phase == actor_phase::quarantined;
    if (marked != other)
      return marked;
  }
  const auto x = key_of(a, what_.by), y = key_of(b, what_.by);
  if (x.has_value() != y.has_value())
    return x.has_value();
  if (x && *x != *y)
    return what_.greatest_first ? *x > *y : *x < *y;
  return a_id < b_id;
}

void order_choice::take(actor_view one, std::string_view id) {
  if (what_.limit == 0)
    return;
  const actor_order before{what_};
  const bool full = kept_.size() >= what_.limit;
  if (full && !before.comes_before(one, id, kept_.front(), kept_.front().id))
    return;
  if (full) {
    std::pop_heap(kept_.begin(), kept_.end(), before);
    kept_.pop_back();
  }
  one.id = id;
  kept_.push_back(std::move(one));
  std::push_heap(kept_.begin(), kept_.end(), before);
}

std::vector<actor_view> order_choice::finish() {
  std::sort(kept_.begin(), kept_.end(), actor_order{what_});
  return std::move(kept_);
}

} // namespace orderly
