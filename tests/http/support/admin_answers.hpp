#pragma once
// What the tests of the admin listener ask with and how they read its answers.

#include "base/json.hpp"
#include "tests/http/support/running_server.hpp"
#include "tests/support/catch.hpp"

namespace orderly::test {

inline const header_list op_token{{"Authorization", "Bearer op-token"}};

inline json::object body_of(const std::optional<raw_response>& got) {
  REQUIRE(got);
  return parse_json(got->body).value().as_object();
}

/// The problem's `code`; the standard members are checked on the way.
inline std::string problem_code(const std::optional<raw_response>& got, int status) {
  REQUIRE(got);
  CHECK(got->status == status);
  CHECK(got->headers.at("content-type") == "application/problem+json");
  const auto body = body_of(got);
  CHECK(body.at("status").as_int64() == status);
  const std::string code{string_at(body, "code")};
  CHECK(string_at(body, "type") == "urn:orderly:problem:" + code);
  CHECK_FALSE(string_at(body, "title").empty());
  return code;
}

inline order sample_order(std::string tiktok_id, order_state state = order_state::processing, std::int64_t version = 7) {
  order o;
  o.id = order_id{*uuid_from("0190a000-0000-7000-8000-0000000000" + tiktok_id.substr(tiktok_id.size() - 2))};
  o.tiktok_id = tiktok_order_id{tiktok_id};
  o.state = state;
  o.version = version;
  o.created_at = from_micros(1'789'000'000'000'000);
  o.updated_at = from_micros(1'789'000'001'000'000);
  o.facts.shop = shop_id{"7494049642642441621"};
  o.facts.status = status_fact{tiktok_status::awaiting_shipment, from_seconds(1789482600)};
  return o;
}

inline const std::string known_id = "576461413038785752", transitions = "/api/v1/orders/" + known_id + "/transitions";

} // namespace orderly::test
