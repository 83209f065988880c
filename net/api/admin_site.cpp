#include "net/api/admin_site.hpp"

#include "net/api/console_route.hpp"
#include "net/api/routes.hpp"
#include "net/http/problem.hpp"

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

bool is_api(const request_target& target) { return target.path.size() >= 2 && target.path[0] == "api" && target.path[1] == "v1"; }

http_route needs_role(const api_route& row) {
  const std::string name{name_of(*row.needs)};
  return answers(row.label, problem(error_code::forbidden, "Acting needs the role " + name + ".", {{"role", name}}));
}

class admin_site final : public http_site {
public:
  explicit admin_site(api_context_ptr with) : with_(std::move(with)) {}
  [[nodiscard]] std::string_view name() const override { return "admin"; }

  /// Nobody without a token learns which paths there are.
  [[nodiscard]] http_route find(const http_request& request) override {
    auto target = parse_target(request.target);
    if (!target)
      return answers("unknown", problem(target.error()));
    if (!is_api(*target))
      return find_row(request, std::move(*target), {});
    auto who = user_of(*with_, request);
    if (who)
      return find_row(request, std::move(*target), std::move(*who));
    with_->http->meter.rejected("unauthorized");
    return answers("unauthorized", problem(error_code::unauthorized));
  }

private:
  [[nodiscard]] http_route find_row(const http_request& request, request_target target, principal who) const {
    const auto* path = index_.find(target.path);
    if (!path) {
      auto page = console_route(request);
      return page ? std::move(*page) : no_such_path();
    }
    const auto at = path->row_of(request.method);
    if (!at)
      return wrong_method(path->label, path->allow);
    const auto& row = routes_[*at];
    if (row.needs && who.role < *row.needs)
      return needs_role(row);
    return {row.label, row.time(*with_),
            [this, path, serve = row.serve, target = std::move(target), who = std::move(who)](const http_request& r,
                                                                                              const responder_ptr& to) {
              serve({with_, r, target, *path, who, to});
            }};
  }

  const api_context_ptr with_;
  const std::vector<api_route> routes_ = admin_routes();
  const route_index index_ = index_of(routes_);
};

} // namespace

std::vector<api_route> admin_routes() {
  std::vector<api_route> all;
  for (const auto rows : {process_routes(), order_routes(), actor_routes(), dead_letter_routes()})
    all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

std::unique_ptr<http_site> make_admin_site(api_context_ptr with) { return std::make_unique<admin_site>(std::move(with)); }

std::optional<principal> user_of(const api_context& with, const http_request& request) {
  const auto authorization = request.header("Authorization");
  if (authorization.count != 1 || !is_bearer(authorization.value))
    return std::nullopt;
  return with.who(authorization.value.substr(7));
}

} // namespace orderly
