#pragma once
// Packages, cancellations and returns as JSON: in the `facts` column and, a few at a time, in events.

#include "domain/order/facts.hpp"
#include "domain/order/json_fields.hpp"

namespace orderly {

json::object timed_facts_to_json(const std::map<std::string, timed_fact>& all);
std::map<std::string, timed_fact> timed_facts_from(field_reader& from, std::string_view key);

} // namespace orderly
