// Health and metrics: about the process, not about orders.

#include "net/api/routes.hpp"

#include <array>

namespace orderly {
namespace {

constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

void serve_live(const route_call& call) { call.to->answer(health::live()); }
void serve_ready(const route_call& call) { call.to->answer(call.with->http->state.ready()); }

void serve_metrics(const route_call& call) { call.to->answer({200, prometheus_text, call.with->measured.render(), {}}); }

constexpr std::array<api_route, 3> table{{
    {live_row, immediately, serve_live},
    {ready_row, immediately, serve_ready},
    {{"GET", "/metrics", role::viewer, "metrics", "Prometheus metrics"}, immediately, serve_metrics, {}, true},
}};

} // namespace

std::span<const api_route> process_routes() { return table; }

} // namespace orderly
