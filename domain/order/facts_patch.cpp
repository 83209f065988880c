#include "domain/order/facts_patch.hpp"

#include "domain/order/facts_json.hpp"

namespace orderly {
namespace {

/// A newer known status makes an older unknown word history.
void patch_status(facts& f, const json::object& patch) {
  const auto status = tiktok_status_from(string_at(patch, "status"));
  if (!status)
    return;
  f.status = status_fact{*status, from_seconds(int_at(patch, "update_time").value_or(0))};
  if (f.unknown_status_at <= f.status->update_time) {
    f.unknown_status.clear();
    f.unknown_status_at = {};
  }
}

void patch_unknown_status(facts& f, const json::object& patch) {
  const auto word = string_at(patch, "unknown_status");
  if (word.empty())
    return;
  f.unknown_status = word;
  f.unknown_status_at = from_seconds(int_at(patch, "update_time").value_or(0));
}

void patch_detail(facts& f, const json::object& patch) {
  if (const auto* body = object_at(patch, "detail"))
    if (auto detail = detail_fact_from(*body)) {
      f.detail = std::move(*detail);
      f.address_masked = f.address_masked && !f.detail->address_clear;
    }
  if (const auto asked = int_at(patch, "requested_at"); asked && f.detail)
    f.detail->requested_at = from_micros(*asked);
}

void patch_timed(std::map<std::string, timed_fact>& all, const json::object& patch, std::string_view key) {
  field_reader in{patch};
  for (auto& [id, fact] : timed_facts_from(in, key))
    all[id] = fact;
}

void patch_shop(facts& f, const json::object& patch) {
  if (const auto shop = string_at(patch, "shop_id"); !shop.empty()) {
    if (f.shop.str() != shop)
      f.shop_region.clear();
    f.shop = shop_id{std::string{shop}};
    f.shop_claimed = false;
  }
  f.shop_claimed = f.shop_claimed || bool_at(patch, "shop_claimed").value_or(false);
  f.shop_confirmed = f.shop_confirmed || bool_at(patch, "shop_confirmed").value_or(false);
  if (const auto region = string_at(patch, "shop_region"); !region.empty())
    f.shop_region = region;
}

void patch_fetch(facts& f, const json::object& patch) {
  if (const auto* wanted = patch.if_contains("detail_wanted_at"))
    f.detail_wanted_at = wanted->is_int64() ? std::optional{from_micros(wanted->get_int64())} : std::nullopt;
  if (const auto attempts = int_at(patch, "fetch_attempts"))
    f.fetch_attempts = static_cast<int>(*attempts);
}

} // namespace

void patch_facts(facts& f, const json::object& patch) {
  patch_shop(f, patch);
  if (const auto hash = string_at(patch, "posted_hash"); !hash.empty())
    f.posted_hash = hash;
  patch_status(f, patch);
  patch_unknown_status(f, patch);
  f.had_on_hold = f.had_on_hold || bool_at(patch, "had_on_hold").value_or(false);
  patch_detail(f, patch);
  if (const auto changed = int_at(patch, "address_changed_at")) {
    f.address_changed_at = from_seconds(*changed);
    f.address_masked = false; // of the address before
  }
  f.address_masked = f.address_masked || bool_at(patch, "address_masked").value_or(false);
  patch_timed(f.packages, patch, "packages");
  patch_timed(f.cancellations, patch, "cancellations");
  patch_timed(f.returns, patch, "returns");
  patch_fetch(f, patch);
}

} // namespace orderly
