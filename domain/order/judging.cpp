#include "domain/order/judging.hpp"

#include <algorithm>

namespace orderly {
namespace {

bool has_been_observed(const facts& f) {
  return f.status || f.detail || !f.unknown_status.empty() || f.detail_wanted_at || f.address_changed_at || !f.packages.empty() ||
         !f.cancellations.empty() || !f.returns.empty();
}

} // namespace

bool has_left_the_seller(const facts& f) {
  const bool is_late = f.status && f.status->status >= tiktok_status::awaiting_collection && !says(f, tiktok_status::cancelled);
  return is_late || (f.detail && f.detail->delivery_time);
}

bool detail_is_current(const facts& f) {
  if (!f.detail)
    return false;
  if (!f.status || f.detail->update_time != f.status->update_time)
    return !f.status || f.detail->update_time > f.status->update_time;
  return rank_of(tiktok_status_from(f.detail->status)) >= static_cast<int>(f.status->status);
}

bool detail_is_as_complete_as_allowed(const facts& f) {
  if (!detail_is_current(f) || f.detail->lines.empty())
    return false;
  if (!f.unknown_status.empty() && f.detail->update_time < f.unknown_status_at)
    return false;
  return !f.status || must_wait(f) || address_is_enough(f);
}

bool needs_no_address(const facts& f) {
  const bool tiktok_ships =
      f.detail && (f.detail->shipping == shipping_type::tiktok || f.detail->shipping == shipping_type::tiktok_digital ||
                   f.detail->fulfillment == fulfillment_type::by_tiktok);
  return tiktok_ships || is_closed(f) || f.erased;
}

bool address_is_enough(const facts& f) { return f.detail->address_clear || f.address_masked || needs_no_address(f); }

std::vector<line_item_id> uncancelled_lines(const facts& f) {
  std::vector<line_item_id> open;
  if (f.detail)
    for (const auto& line : f.detail->lines)
      if (!line.cancelled())
        open.push_back(line.id);
  return open;
}

bool has_nothing_to_ship(const facts& f) { return f.detail && !f.detail->lines.empty() && uncancelled_lines(f).empty(); }

bool all_lines_accepted(const facts& f) {
  const auto open = uncancelled_lines(f);
  const auto accepted = [&](const auto& id) { return std::binary_search(f.accepted_lines.begin(), f.accepted_lines.end(), id); };
  return f.order_accepted || (!open.empty() && std::all_of(open.begin(), open.end(), accepted));
}

bool is_known_to_tiktok(const facts& f) { return has_been_observed(f) || (!f.shop.empty() && f.posted_hash.empty()); }

} // namespace orderly
