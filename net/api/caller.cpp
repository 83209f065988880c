#include "net/api/caller.hpp"

#include "net/http/forwarded.hpp"

#include <algorithm>
#include <utility>

namespace orderly {
namespace {

bool is_bearer(std::string_view word) {
  constexpr std::string_view bearer = "bearer ";
  if (word.size() <= bearer.size())
    return false;
  for (std::size_t i = 0; i < bearer.size(); ++i) // the scheme's case does not matter (RFC 9110, 11.1)
    if ((word[i] | 0x20) != (bearer[i] | 0x20))
      return false;
  return true;
}

/// Takes the next pair of "a=b; c=d" off.
std::string_view next_cookie(std::string_view& rest) {
  const auto end = std::min(rest.find(';'), rest.size());
  auto pair = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  pair.remove_prefix(std::min(pair.find_first_not_of(" \t"), pair.size()));
  return pair;
}

} // namespace

std::string session_cookie_name(const http_request& request) {
  return (over_tls(request) ? "__Host-orderly_session_" : "orderly_session_") + std::to_string(request.local_port);
}

std::string_view session_id_of(const http_request& request) {
  const auto sent = request.header("Cookie");
  if (sent.count != 1)
    return {};
  const auto wanted = session_cookie_name(request) + '=';
  std::string_view found;
  for (auto rest = sent.value; !rest.empty();) {
    const auto pair = next_cookie(rest);
    if (!pair.starts_with(wanted))
      continue;
    if (!found.empty())
      return {};
    found = pair.substr(wanted.size());
  }
  return found;
}

std::optional<principal> token_user(const api_context& with, const http_request& request) {
  const auto authorization = request.header("Authorization");
  if (authorization.count != 1 || !is_bearer(authorization.value))
    return std::nullopt;
  return with.access.find_token(authorization.value.substr(7));
}

result<caller> caller_of(const api_context& with, const http_request& request) {
  const error nobody{error_code::unauthorized, {}, {}};
  if (request.header("Authorization")) {
    auto who = token_user(with, request);
    if (!who)
      return nobody;
    return caller{std::move(*who), std::nullopt};
  }
  const auto id = session_id_of(request);
  const auto csrf_token = request.header("X-CSRF-Token");
  if (id.empty() || csrf_token.count != 1)
    return nobody;
  auto session = with.access.find_session(id, csrf_token.value);
  if (session)
    return caller{std::move(session->who), session->ends_at};
  if (session.error().code == error_code::forbidden && is_unsafe(request.method))
    return session.error();
  return nobody;
}

bool is_unsafe(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

} // namespace orderly
