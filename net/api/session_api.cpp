// /api/v1/session: log in, who am I, log out.

#include "net/api/api_parts.hpp"
#include "net/api/caller.hpp"
#include "net/api/command_body.hpp"
#include "net/api/routes.hpp"
#include "net/http/forwarded.hpp"

#include <array>

namespace orderly {
namespace {

constexpr std::size_t max_login_body = 4096; // bytes, read before anybody is known

json::object session_body(const api_context& with, const principal& who, const std::optional<timestamp>& ends_at) {
  return {{"user", json::object{{"name", who.user}, {"role", name_of(who.role)}}},
          {"first_password", with.access.has_first_password()},
          {"expires_at", ends_at ? json::value(to_rfc3339(*ends_at)) : json::value(nullptr)},
          {"server_time", to_rfc3339(with.http->time.now())},
          {"build", ORDERLY_VERSION}};
}

/// Session cookie: it goes with the browser, and the server ends it earlier.
std::string cookie(const std::string& name, std::string_view value, std::string_view more = {}) {
  const auto* secure = name.starts_with("__Host-") ? "; Secure" : "";
  return name + '=' + std::string{value} + std::string{more} + secure + "; HttpOnly; SameSite=Strict; Path=/";
}

/// A name is not told: it may be a password that was typed into the wrong field.
void tell_of_failed_login(const api_context& with, const std::string& client, error_code why) {
  if (why == error_code::unauthorized || why == error_code::too_many_requests || why == error_code::forbidden)
    with.refusals->tell(refusal::login, client, {{"reason", name_of(why)}});
}

void serve_login(const route_call& call) {
  auto client = client_of(call.request, call.with->http->proxies);
  if (!over_tls(call.request) && !from_loopback(call.request)) { // the password would cross a network in clear text
    tell_of_failed_login(*call.with, client, error_code::forbidden);
    return call.to->answer(problem(error_code::forbidden, "Without TLS a log-in is taken from this machine only; a proxy that "
                                                          "adds it stands in http.trusted_proxies and sets X-Forwarded-Proto."));
  }
  auto asked = read_login(*call.request.body);
  if (!asked)
    return call.to->answer(problem(asked.error()));
  call.with->access.log_in(std::move(asked->name), std::move(asked->password),
                           [with = call.with, name = session_cookie_name(call.request), client = std::move(client),
                            to = call.to](result<new_login> made) {
                             if (!made) {
                               tell_of_failed_login(*with, client, made.error().code);
                               return to->answer(problem(made.error()));
                             }
                             auto body = session_body(*with, made->session.who, made->session.ends_at);
                             body["csrf_token"] = made->csrf_token;
                             auto out = json_response(200, body);
                             out.headers.emplace_back("Set-Cookie", cookie(name, made->id));
                             to->answer(std::move(out));
                           });
}

void serve_session(const route_call& call) {
  call.to->answer(json_response(200, session_body(*call.with, call.by.who, call.by.session_ends)));
}

void serve_logout(const route_call& call) {
  if (!call.by.session_ends)
    return call.to->answer(problem(error_code::not_found, "A token has no session to end."));
  call.with->access.log_out(session_id_of(call.request),
                            [name = session_cookie_name(call.request), to = call.to](const result<void>& done) {
                              if (!done)
                                return to->answer(problem(done.error()));
                              to->answer({204, {}, {}, {{"Set-Cookie", cookie(name, {}, "; Max-Age=0")}}});
                            });
}

answer_time login_time(const api_context&) {
  return {std::chrono::seconds{10},
          [] { return problem(error_code::storage_unavailable, "The session could not be written in time."); }};
}

constexpr std::array<api_route, 3> table{{
    {{"POST", "/api/v1/session", {}, "session", "Logs in by name and password"}, login_time, serve_login, max_login_body},
    {{"GET", "/api/v1/session", role::viewer, "session", "Who asks, and until when"}, immediately, serve_session},
    {{"DELETE", "/api/v1/session", role::viewer, "session", "Logs out"}, login_time, serve_logout},
}};

} // namespace

std::span<const api_route> session_routes() { return table; }

} // namespace orderly
