#include "domain/order/event.hpp"

#include "base/names.hpp"

namespace orderly {
namespace {

constexpr std::array<std::string_view, 14> names{
    "created",       "transitioned",     "refused",       "detail_updated",   "fact_updated",      "note",  "held", "released",
    "report_queued", "report_succeeded", "report_failed", "attention_raised", "attention_cleared", "erased"};

} // namespace

std::string_view name_of(event_type type) { return name_tables::name_in(names, type); }
std::optional<event_type> event_type_from(std::string_view name) { return name_tables::value_in<event_type>(names, name); }

} // namespace orderly
