#include "net/api/admin_site.hpp"

#include "base/log.hpp"
#include "net/api/console_route.hpp"
#include "net/api/routes.hpp"
#include "net/http/forwarded.hpp"
#include "net/http/problem.hpp"
#include "net/http/text.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace orderly {
namespace {

bool is_api(const request_target& target) { return target.path.size() >= 2 && target.path[0] == "api" && target.path[1] == "v1"; }

/// RFC 9110, 8.3.1: parameters may follow.
bool says_json(const http_request& request) {
  const auto sent = request.header("Content-Type");
  const auto type = sent.value.substr(0, sent.value.find_first_of("; \t"));
  return sent.count == 1 && std::equal(type.begin(), type.end(), json_type.begin(), json_type.end(),
                                       [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

/// A page without a session asks as nobody all the time: that is no news.
std::optional<refusal> told_of(const http_request& request, error_code why) {
  switch (why) {
  case error_code::misdirected_request: return refusal::misdirected;
  case error_code::forbidden: return refusal::forbidden;
  case error_code::unauthorized: return request.header("Authorization") ? std::optional{refusal::token} : std::nullopt;
  default: return std::nullopt;
  }
}

/// H17. What a page of ours needs beyond it says its own answer.
constexpr std::array<standing_header, 4> on_every_answer{
    {{"X-Content-Type-Options", "nosniff"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Content-Security-Policy", "default-src 'none'"},
     {"Strict-Transport-Security", "max-age=31536000"}}}; // the last under TLS only

class admin_site final : public http_site {
public:
  explicit admin_site(api_context_ptr with) : with_(std::move(with)) {}
  [[nodiscard]] std::string_view name() const override { return "admin"; }
  [[nodiscard]] std::span<const standing_header> standing_headers(bool over_tls) const override {
    return std::span{on_every_answer}.first(on_every_answer.size() - (over_tls ? 0 : 1));
  }

  [[nodiscard]] http_route find(const http_request& request) override {
    tell_of_unnamed_proxy(request);
    if (!with_->names.contain(request))
      return refuse(request, "misdirected",
                    {error_code::misdirected_request,
                     "\"" + shown(request.authority) + "\" is no name of this listener; see admin.hosts.",
                     {}});
    auto target = parse_target(request.target);
    if (!target)
      return answers("unknown", problem(target.error()));
    const auto* path = index_.find(target->path);
    const auto at = path ? path->row_of(request.method) : std::nullopt;
    const auto* row = at ? &routes_[*at] : nullptr;
    // Nobody who is unknown learns which paths there are.
    const bool is_open = row ? is_open_to(*row, request) : !is_api(*target);
    auto by = is_open ? result<caller>{caller{}} : caller_of(*with_, request);
    if (!by)
      return refuse(request, name_of(by.error().code), by.error());
    const bool by_token = !is_open && !by->session_ends;
    if (is_unsafe(request.method)) {
      if (!by_token && !is_from_own_page(request))
        return refuse(request, "cross_origin", {error_code::forbidden, "The request comes from a page of another origin.", {}});
      if (request.has_body && !says_json(request))
        return refuse(request, "media_type", {error_code::unsupported_media_type, {}, {}});
    }
    if (!row)
      return no_row(request, path);
    if (!is_open && by->who.role < *row->needs)
      return needs_role(request, *row, by->who);
    return serve_row(*row, *path, std::move(*target), std::move(*by));
  }

private:
  /// Once: whoever sends the header again says nothing new.
  void tell_of_unnamed_proxy(const http_request& request) {
    if (request.peer_is_proxy || !request.header("X-Forwarded-For") || told_of_proxy_.exchange(true))
      return;
    log(log_level::warn, "proxy.unnamed",
        "A request with X-Forwarded-For came from a peer that http.trusted_proxies does not name: what it says is not believed, "
        "and this is not told again",
        {{"peer", request.peer}});
  }

  [[nodiscard]] bool is_open_to(const api_route& row, const http_request& request) const {
    return !row.needs || (row.open_to_loopback && with_->metrics_open_to_loopback && from_loopback(request));
  }

  /// Before a route.
  [[nodiscard]] http_route refuse(const http_request& request, std::string_view reason, const error& why) const {
    with_->http->meter.rejected(reason);
    if (const auto what = told_of(request, why.code))
      with_->refusals->tell(*what, client_of(request, with_->http->proxies), {{"reason", reason}});
    return answers(why.code == error_code::unauthorized ? "unauthorized" : "refused", problem(why));
  }

  [[nodiscard]] http_route needs_role(const http_request& request, const api_route& row, const principal& who) const {
    const std::string name{name_of(*row.needs)};
    with_->refusals->tell(refusal::forbidden, client_of(request, with_->http->proxies),
                          {{"reason", "role"}, {"user", who.user}, {"role", name_of(who.role)}, {"route", row.label}});
    return answers(row.label, problem(error_code::forbidden, "Acting needs the role " + name + ".", {{"role", name}}));
  }

  [[nodiscard]] static http_route no_row(const http_request& request, const route_index::entry* path) {
    if (path)
      return wrong_method(path->label, path->allow);
    auto page = console_route(request);
    return page ? std::move(*page) : no_such_path();
  }

  [[nodiscard]] http_route serve_row(const api_route& row, const route_index::entry& path, request_target target,
                                     caller by) const {
    return {row.label, row.time(*with_),
            [this, path = &path, serve = row.serve, target = std::move(target), by = std::move(by)](const http_request& r,
                                                                                                    const responder_ptr& to) {
              serve({with_, r, target, *path, by, to});
            },
            row.max_body};
  }

  const api_context_ptr with_;
  std::atomic<bool> told_of_proxy_{false};
  const std::vector<api_route> routes_ = admin_routes();
  const route_index index_ = index_of(routes_);
};

} // namespace

std::vector<api_route> admin_routes() {
  std::vector<api_route> all;
  for (const auto rows_of : admin_resources)
    for (const auto& row : rows_of())
      all.push_back(row);
  return all;
}

std::unique_ptr<http_site> make_admin_site(api_context_ptr with) { return std::make_unique<admin_site>(std::move(with)); }

} // namespace orderly
