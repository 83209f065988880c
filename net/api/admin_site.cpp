#include "net/api/admin_site.hpp"

#include "net/api/actors_api.hpp"
#include "net/api/orders_api.hpp"
#include "net/edge/public_site.hpp"
#include "net/http/problem.hpp"
#include "net/http/target.hpp"

namespace orderly {
namespace {

constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

bool is_bearer(std::string_view word) {
  constexpr std::string_view bearer = "bearer ";
  if (word.size() <= bearer.size())
    return false;
  for (std::size_t i = 0; i < bearer.size(); ++i) // the scheme's case does not matter (RFC 9110, 11.1)
    if ((word[i] | 0x20) != (bearer[i] | 0x20))
      return false;
  return true;
}

class admin_site final : public http_site {
public:
  explicit admin_site(edge_ptr shared) : shared_(shared), orders_(std::move(shared)) {}
  [[nodiscard]] std::string_view name() const override { return "admin"; }

  [[nodiscard]] http_route find(const http_request& request) override {
    if (auto route = health_route(shared_, request))
      return std::move(*route);
    if (path_of(request.target) == "/metrics")
      return metrics_route(request);
    const auto target = parse_target(request.target);
    if (!target)
      return answers("unknown", problem(target.error()));
    const auto& path = target->path;
    if (path.size() < 2 || path[0] != "api" || path[1] != "v1")
      return no_such_path();
    const auto who = user_of(request);
    if (!who) {
      shared_->meter.rejected("unauthorized");
      return answers("unauthorized", problem(error_code::unauthorized));
    }
    if (path.size() >= 3 && path[2] == "orders")
      return orders_.find(request, *target, {path.begin() + 3, path.end()}, *who);
    if (path.size() >= 3 && path[2] == "actors")
      return actors_route(shared_, request, {path.begin() + 3, path.end()}, *who);
    if (path.size() >= 3 && path[2] == "dead-letters")
      return dead_letters_route(shared_, request, *target, {path.begin() + 3, path.end()}, *who);
    return no_such_path();
  }

private:
  [[nodiscard]] std::optional<principal> user_of(const http_request& request) const {
    const auto authorization = request.authorization.value_or("");
    return is_bearer(authorization) ? shared_->parts.who(authorization.substr(7)) : std::nullopt;
  }
  [[nodiscard]] http_route metrics_route(const http_request& request) const {
    if (request.method != "GET" && request.method != "HEAD")
      return wrong_method("metrics", "GET, HEAD");
    if (!request.from_loopback && !user_of(request))
      return answers("metrics", problem(error_code::unauthorized));
    return answers("metrics", {200, prometheus_text, shared_->parts.measured.render(), {}});
  }

  edge_ptr shared_;
  orders_api orders_;
};

} // namespace

std::unique_ptr<http_site> make_admin_site(edge_ptr shared) { return std::make_unique<admin_site>(std::move(shared)); }

} // namespace orderly
