#pragma once
// The search of orders (sheet 4.1): what is asked for, and which order that finds.

#include "tools/sandbox/envelope.hpp"
#include "tools/sandbox/http.hpp"
#include "tools/sandbox/order.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderly::sandbox {

struct search_request {
  std::optional<tiktok_status> order_status;
  std::optional<std::string> shipping_type, buyer_user_id;
  std::optional<bool> is_buyer_request_cancel;
  std::optional<std::vector<std::string>> warehouse_ids;
  std::optional<std::int64_t> create_ge, create_lt, update_ge, update_lt;
  std::size_t page_size = 20, offset = 0;
  bool by_update = false, ascending = false;

  [[nodiscard]] bool matches(const order& one) const {
    const auto is_warehouse = [](const std::string& id) { return id == warehouse_of_all; };
    return (!order_status || one.status == *order_status) && (!buyer_user_id || one.user_id == *buyer_user_id) &&
           (!shipping_type || *shipping_type == shipping_type_of_all) &&
           (!is_buyer_request_cancel || *is_buyer_request_cancel == cancel_requested_of_all) &&
           (!warehouse_ids || std::any_of(warehouse_ids->begin(), warehouse_ids->end(), is_warehouse)) &&
           (!create_ge || one.create_time >= *create_ge) && (!create_lt || one.create_time < *create_lt) &&
           (!update_ge || one.update_time >= *update_ge) && (!update_lt || one.update_time < *update_lt);
  }
};

std::optional<refusal> read_page(const request& call, search_request& into);
/// Every filter counts; whatever else is given is a mistake of the caller.
std::optional<refusal> read_filters(const request& call, search_request& into);
/// What read_page takes for the page that begins there.
std::string page_token_at(std::size_t offset);

} // namespace orderly::sandbox
