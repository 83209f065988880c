#pragma once
// The part of an event's detail that changes facts. Members:
//   shop_id, shop_region, posted_hash          text
//   status + update_time                       the newest known status
//   unknown_status + update_time               a word that no table has
//   shop_claimed, shop_confirmed               true, beside the shop: a person named it, TikTok says so too
//   had_on_hold                                true
//   detail                                     the whole extract; requested_at alone moves only its time of asking
//   address_changed_at                         seconds
//   address_masked                             true; until a detail with a clear address, or another address
//   packages, cancellations, returns           those that changed, by id
//   detail_wanted_at                           microseconds, or null when nothing is wanted any more
//   fetch_attempts                             number
// Of the others `addresses_renewed` says that the document took from an equal detail what is no content.

#include "domain/order/facts.hpp"

namespace orderly {

/// Total: what is not there, or has a wrong type, changes nothing.
void patch_facts(facts& f, const json::object& patch);

} // namespace orderly
