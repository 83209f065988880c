#pragma once
// What the routes under /api/v1 have in common: reading a query, printing an answer.

#include "base/result.hpp"
#include "domain/ports/reads.hpp"
#include "net/api/route_call.hpp"
#include "net/http/problem.hpp"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

http_response json_response(int status, const json::object& body);

/// Admission of whatever goes to the engine; while draining or without a place it answers 503 itself and gives null.
admitted_ptr place_for(const route_call& call);

/// An order's UUID or its TikTok order id.
std::optional<order_key> order_key_from(std::string_view text);
/// `{id}` of the call's path. Errors: order_not_found.
result<order_key> order_named_in(const route_call& call);

/// A parameter of a route's query.
struct query_parameter {
  std::string_view name;
  std::string allowed;                        ///< in words, for who sent something else
  std::function<bool(std::string_view)> take; ///< false: not one of those
};
/// Errors: invalid_field with `field`, `found`, `allowed`, for what is unknown, wrong or given twice.
result<void> read_query(const request_target& target, const std::vector<query_parameter>& known);
struct page_query {
  std::size_t limit = 50; ///< 1..200
  std::string cursor;
};
/// @param others what a list takes beside `limit` and `cursor`. Errors: those of read_query; invalid_cursor.
result<page_query> read_page_query(const request_target& target, std::initializer_list<query_parameter> others = {});

/// Prints a read's result, or its error.
template <class T, class Print>
reply<T> reply_with(const responder_ptr& to, Print print) {
  return [to, print = std::move(print)](result<T> got) { to->answer(got ? print(*got) : problem(got.error())); };
}

} // namespace orderly
