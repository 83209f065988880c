#pragma once
// TikTok's order object (sheet 4.3): the extract that decide() uses, and how a fresh one joins the held one.

#include "domain/order/facts.hpp"

namespace orderly {

/// Errors: invalid_field when `id` or `update_time` cannot be used.
result<detail_fact> extract_detail(const json::object& order, timestamp requested_at);

/// The document to hold after `fresh` arrived: fresh wins, but masked or absent personal data never overwrites clear data
/// already held, unless `erased` (DESIGN section 2; sheet 4.3 availability rules).
json::object merge_detail(const json::object& held, const json::object& fresh, bool erased);

/// Empty or containing a star, as a person's own address may (DECISIONS "Detail").
bool is_masked(std::string_view field);

/// Hex SHA-256 of the canonical object without the detail-only fields of sheet 4.2, which a search lacks, and without the signed
/// addresses of pictures and documents, which are others at every read.
std::string content_hash(const json::object& order);

} // namespace orderly
