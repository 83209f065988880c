#include "net/edge/public_site.hpp"

#include "net/edge/webhooks.hpp"
#include "net/http/target.hpp"

#include <array>

namespace orderly {
namespace {

answer_time webhook_time(const edge& with) { return {with.webhook_deadline, webhook_unavailable}; }
answer_time health_time(const edge&) { return at_once(); }

void serve_live(const edge_ptr&, const http_request&, const responder_ptr& to) { to->answer(health::live()); }
void serve_ready(const edge_ptr& with, const http_request&, const responder_ptr& to) { to->answer(with->http->state.ready()); }

constexpr std::array<public_route, 3> table{{
    {webhook_row, webhook_time, receive_webhook},
    {live_row, health_time, serve_live},
    {ready_row, health_time, serve_ready},
}};

class public_site final : public http_site {
public:
  explicit public_site(edge_ptr with) : with_(std::move(with)) {}
  [[nodiscard]] std::string_view name() const override { return "public"; }

  [[nodiscard]] http_route find(const http_request& request) override {
    const auto* path = index_.find_literal(path_of(request.target));
    if (!path)
      return no_such_path();
    const auto at = path->row_of(request.method);
    if (!at)
      return wrong_method(path->label, path->allow);
    const auto& row = table[*at];
    return {row.label, row.time(*with_),
            [this, serve = row.serve](const http_request& r, const responder_ptr& to) { serve(with_, r, to); }};
  }

private:
  const edge_ptr with_;
  const route_index index_ = index_of(table);
};

} // namespace

std::span<const public_route> public_routes() { return table; }

std::unique_ptr<http_site> make_public_site(edge_ptr with) { return std::make_unique<public_site>(std::move(with)); }

} // namespace orderly
