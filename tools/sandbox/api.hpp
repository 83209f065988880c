#pragma once
// The Open API of the shop: what a call must carry (sheet 2), and the endpoints that are served.

#include "tools/sandbox/shop.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderly::sandbox {

/// For gates, faults, limits and the ledger: "detail", "search", "mark_shipped", "providers", "shops", or "" for an unknown path.
std::string endpoint_of(const request& call);

class api {
public:
  api(shop& floor, ledger& book) : shop_(floor), ledger_(book) {}
  /// Route, signature, token, cipher and query are what they must be.
  [[nodiscard]] bool is_valid(const request& call) const;
  /// Verifies the call and carries it out.
  response answer(const request& call);
  /// The rate limit of the endpoint is used up: the 429 to give, else nothing. Counts the call.
  [[nodiscard]] bool over_limit(const std::string& endpoint);
  response refuse(const request& call, const refusal& why);

private:
  response detail(const request& call, const std::string& request_id);
  response search(const request& call, const std::string& request_id);
  response mark_shipped(const request& call, const std::string& request_id);
  response refuse(const request& call, const refusal& why, const std::string& request_id);

  shop& shop_;
  ledger& ledger_;
  struct window {
    std::int64_t second = 0;
    unsigned used = 0;
  };
  std::map<std::string, window> used_;
};

} // namespace orderly::sandbox
