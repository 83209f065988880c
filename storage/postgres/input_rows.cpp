// Inputs as rows, for those of a unit and for those without an order.

#include "base/digest.hpp"
#include "storage/postgres/batch.hpp"

#include <boost/json/serialize.hpp>

namespace orderly::postgres {

rows input_rows(bool counted) {
  using t = type;
  if (counted)
    return {t::text, t::text, t::uuid,    t::uuid,  t::integer, t::integer, t::time,
            t::text, t::json, t::integer, t::time,  t::text,    t::text,    t::text,
            t::text, t::text, t::bytes,   t::bytes, t::integer};
  return {t::text,    t::text, t::uuid, t::uuid, t::integer, t::integer, t::time, t::text,  t::json,
          t::integer, t::time, t::text, t::text, t::text,    t::text,    t::text, t::bytes, t::bytes};
}

void add_input(rows& into, const input_record& record, std::int64_t events) {
  const auto& what = *record.what;
  into.text(what.dedupe_key).text(what.order.str()).id(what.id.value).id(what.delivery);
  if (record.outcome == input_outcome::pending)
    into.null().null().null().text(name_of(record.outcome)).null();
  else
    into.integer(record.policy_version)
        .integer(record.decided_on)
        .at(record.decided_at)
        .text(name_of(record.outcome))
        .json(json::serialize(to_json(record.answer)));
  into.integer(events)
      .at(what.received_at)
      .text(name_of(what.source))
      .text_or_null(what.actor)
      .text_or_null(what.shop.str());
  into.text(what.type).text_or_null(what.notification_id);
  into.bytes(record.keep_raw ? std::string_view{*what.raw} : std::string_view{});
  const auto hash = sha256(*what.raw);
  into.bytes({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

} // namespace orderly::postgres
