#pragma once
// Who a request of the admin listener comes from: a bearer token, or else a session.

#include "net/api/api_context.hpp"
#include "net/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// Cookies know no port: two engines on one host would end each other's sessions. Under TLS nobody without TLS can have set it
/// (RFC 6265bis, 4.1.3).
std::string session_cookie_name(const http_request& request);
/// What the browser sent under that name; nothing when it came twice, since one of them was put there by somebody else.
std::string_view session_id_of(const http_request& request);

/// Whose bearer token the request carries.
std::optional<principal> token_user(const api_context& with, const http_request& request);

struct caller {
  principal who;
  std::optional<timestamp> session_ends; ///< at the latest; nothing: a token was shown
};
/// A request with an Authorization header is judged by it alone. A cookie alone opens nothing: the page sends its CSRF token with
/// reads too. Errors: unauthorized; forbidden, for an unsafe request with another session's CSRF token.
result<caller> caller_of(const api_context& with, const http_request& request);

/// May change something (RFC 9110, 9.2.1).
bool is_unsafe(std::string_view method);

} // namespace orderly
