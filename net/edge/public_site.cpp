#include "net/edge/public_site.hpp"

#include "net/edge/webhooks.hpp"
#include "net/http/target.hpp"

namespace orderly {
namespace {

class public_site final : public http_site {
public:
  explicit public_site(edge_ptr shared) : shared_(std::move(shared)) {}
  [[nodiscard]] std::string_view name() const override { return "public"; }

  [[nodiscard]] http_route find(const http_request& request) override {
    if (path_of(request.target) != "/webhooks/tiktok") {
      auto health = health_route(shared_, request);
      return health ? std::move(*health) : no_such_path();
    }
    if (request.method != "POST")
      return wrong_method("webhooks", "POST");
    return {"webhooks", shared_->options.webhook_deadline, webhook_unavailable,
            [this](const http_request& r, const responder_ptr& to) { receive_webhook(shared_, r, to); }};
  }

private:
  edge_ptr shared_;
};

} // namespace

std::unique_ptr<http_site> make_public_site(edge_ptr shared) { return std::make_unique<public_site>(std::move(shared)); }

std::optional<http_route> health_route(const edge_ptr& shared, const http_request& request) {
  const auto path = path_of(request.target);
  const bool ready = path == "/readyz";
  if (!ready && path != "/healthz")
    return std::nullopt;
  const std::string_view label = ready ? "readyz" : "healthz";
  if (request.method != "GET" && request.method != "HEAD")
    return wrong_method(label, "GET, HEAD");
  return answers(label, ready ? shared->state.ready() : health::live());
}

} // namespace orderly
