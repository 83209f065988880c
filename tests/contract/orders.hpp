#pragma once
// Units of work as the engine would commit them: short to write, every field filled.

#include "storage/store.hpp"

#include <string>
#include <vector>

namespace orderly::test {

/// Microseconds after a fixed moment.
timestamp at(std::int64_t micros);

/// Ids that grow, the same in every run.
uuid next_id();

std::shared_ptr<const input> make_input(const std::string& order, const std::string& key, timestamp when = at(0),
                                        std::string raw = "{}");
input_record recorded(std::shared_ptr<const input> what, input_outcome outcome = input_outcome::applied);

/// A unit that makes the order: version 1, one event `created`, one input.
order_unit creation(const std::string& order, const std::string& key, timestamp when = at(0));
/// A unit on top of `held` with one event `fact_updated`, one input and the version after.
order_unit next_step(const order& held, const std::string& key, timestamp when = at(0));
/// Another event in the unit, by its first input.
event& add_event(order_unit& unit, event_type type, json::object detail = {});
/// A unit that writes an input and nothing else.
order_unit only_input(const order& held, const std::string& key, input_outcome outcome, timestamp when = at(0));

/// Commits one unit; its verdict. Fails the test when the store cannot.
commit_verdict commit(store_writer& into, const order_unit& unit);
/// Creates the order; what is stored.
order stored(store_writer& into, const std::string& order, timestamp when = at(0));
/// What is stored of one order now, or why it cannot be told.
result<loaded_order> try_load(order_queries& from, const load_request& what);
/// What is stored of one order now.
loaded_order load(order_queries& from, const std::string& order, std::vector<std::string> keys = {}, bool with_document = false);

} // namespace orderly::test
