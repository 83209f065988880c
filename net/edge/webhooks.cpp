#include "net/edge/webhooks.hpp"

#include "domain/order/delivery.hpp"
#include "domain/tiktok/webhook_topic.hpp"
#include "net/http/request_trace.hpp"
#include "net/tiktok/signing.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t largest_alarm = 64 << 10; // bytes

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::string_view reason_of(signature_check check) {
  switch (check) {
  case signature_check::missing: return "signature_missing";
  case signature_check::malformed: return "signature_malformed";
  default: return "signature_wrong";
  }
}

std::string_view outcome_label(const std::vector<answer>& answers) {
  if (!is_durable(answers))
    return "unavailable";
  return name_of(answers.front().outcome);
}

/// Kept by the engine until it answers.
struct waiting_webhook {
  edge_ptr with;
  responder_ptr to;
  admitted_ptr place;
  std::string_view topic;
  std::vector<trace_ptr> traces;
};

/// The body of a stranger is parsed once a second at most: enough to notice that a shop's webhooks are refused (a rotated
/// secret), too seldom to be a way to keep this machine busy.
void tell_of_bad_signature(const edge_ptr& with, const std::string& body) {
  if (body.size() > largest_alarm || !with->signature_alarm.now(with->http->time.now()))
    return;
  if (const auto parsed = parse_webhook(body); !parsed.shop.empty())
    with->actors.signature_failed(parsed.shop);
}

void turn_away(const edge_ptr& with, const responder_ptr& to) {
  with->http->meter.rejected(with->http->state.draining() ? "draining" : "overloaded");
  to->answer(webhook_unavailable());
}

} // namespace

signature_check check_signature(const http_request& request, std::string_view app_key, const std::vector<std::string>& secrets) {
  const auto sent = request.header("Authorization");
  const auto authorization = sent.count == 1 ? sent.value : std::string_view{};
  unsigned matches = 0;
  for (const auto& secret : secrets)
    matches |= verify_webhook(app_key, secret, *request.body, authorization) ? 1u : 0u;
  if (matches != 0)
    return signature_check::good;
  if (authorization.empty() && sent.count <= 1)
    return signature_check::missing;
  const bool well_formed = authorization.size() == 64 && std::all_of(authorization.begin(), authorization.end(), is_lower_hex);
  return well_formed ? signature_check::wrong : signature_check::malformed;
}

bool is_durable(const std::vector<answer>& answers) {
  return !answers.empty() && std::all_of(answers.begin(), answers.end(),
                                         [](const answer& a) { return !a.refusal || is_stored(input_fate_of(a.refusal->code)); });
}

http_response webhook_unavailable() { return {503, {}, {}, {{"Retry-After", "1"}}}; }

void receive_webhook(const edge_ptr& with, const http_request& request, const responder_ptr& to) {
  const auto check = check_signature(request, with->app_key, *with->secrets.now());
  if (check != signature_check::good) {
    with->http->meter.rejected(reason_of(check));
    tell_of_bad_signature(with, *request.body);
    return to->answer({401, {}, {}, {}});
  }
  auto since = trace_of(request, with->ids.next());
  since.stamp(trace_stage::verified);
  if (with->http->state.draining() || with->gate->full())
    return turn_away(with, to);
  auto parsed = parse_webhook(*request.body);
  const auto topic = topic_name(parsed.topic);
  auto what = delivery_of(std::move(parsed), request.body, with->http->time.now(), since.id(), with->ids);
  since.stamp(trace_stage::parsed);
  auto place = admit(with->gate, what.inputs_at_once());
  if (!place)
    return turn_away(with, to);
  since.stamp(trace_stage::admitted);
  auto waiting = std::make_shared<waiting_webhook>(waiting_webhook{with, to, std::move(place), topic, begin_traces(what, since)});
  with->orders.post(std::move(what), [waiting](std::vector<answer> answers) {
    waiting->with->http->meter.webhook(waiting->topic, outcome_label(answers));
    replied(waiting->traces, waiting->with->http->meter);
    waiting->to->answer(is_durable(answers) ? http_response{} : webhook_unavailable());
  });
}

} // namespace orderly
