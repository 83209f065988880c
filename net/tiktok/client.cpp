#include "net/tiktok/client.hpp"

#include "base/log.hpp"
#include "base/published.hpp"
#include "net/client/http_client.hpp"
#include "net/http/message.hpp"
#include "net/http/meter.hpp"
#include "net/tiktok/request.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace orderly {
namespace {

using std::chrono::steady_clock;

/// One call, through at most one repeat with a corrected clock.
struct tiktok_call {
  shop_id of;
  tiktok_request request;
  std::function<void(tiktok_answer, timestamp requested_at)> done;
  steady_clock::time_point began, deadline;
  timestamp requested_at{};
  bool clock_corrected = false;
  std::optional<shop_obstacle> obstacle = {}; ///< to the last attempt
  std::chrono::seconds pause{0};              ///< in which the last attempt fell
};
using tiktok_call_ptr = std::shared_ptr<tiktok_call>;

/// In which a shop's calls of one endpoint are not sent.
struct call_pause {
  timestamp from{}, until{};
};

/// A detail of more ids than one call may carry, chunk by chunk.
struct detail_fetch {
  shop_id from;
  std::vector<tiktok_order_id> ids;
  std::size_t next = 0;
  detail_reply reply;
  std::function<void(detail_reply)> done;
};
using detail_fetch_ptr = std::shared_ptr<detail_fetch>;

class http_tiktok_client final : public tiktok_client {
public:
  http_tiktok_client(const tiktok_client_options& options, const shop_directory& shops, const clock& time, metrics& measured)
      : options_(options), secret_(options.app_secret), shops_(shops), time_(time), measured_(measured),
        calls_(measured, "orderly_tiktok_calls_total", "Calls to TikTok Shop, by what the answer means", {"endpoint", "class"}) {}

  void start(std::unique_ptr<http_client> http) { http_ = std::move(http); }

  void sign_with(std::string app_secret) override { secret_.replace(std::move(app_secret)); }
  void fetch_orders(const shop_id& from, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) override {
    next_chunk(std::make_shared<detail_fetch>(detail_fetch{from, std::move(ids), 0, {}, std::move(done)}));
  }
  void mark_shipped(const shop_id& of, shipment parcel, std::function<void(shipment_reply)> done) override {
    start_call(of, shipment_request(parcel),
               [done = std::move(done)](const tiktok_answer& answer, timestamp) { done(read_shipment(answer)); });
  }

private:
  void next_chunk(const detail_fetch_ptr& fetch) {
    const auto first = fetch->ids.begin() + static_cast<std::ptrdiff_t>(fetch->next);
    const auto count = std::min(max_ids_per_call, fetch->ids.size() - fetch->next);
    fetch->next += count;
    start_call(fetch->from, detail_request({first, first + static_cast<std::ptrdiff_t>(count)}),
               [this, fetch](tiktok_answer answer, timestamp requested_at) {
                 add_chunk(*fetch, read_detail(std::move(answer)), requested_at);
                 if (fetch->reply.outcome.result == call_class::ok && fetch->next < fetch->ids.size())
                   return next_chunk(fetch);
                 fetch->done(std::move(fetch->reply));
               });
  }
  /// The oldest request time stands for all: a detail must never look newer than it is.
  static void add_chunk(detail_fetch& fetch, detail_reply chunk, timestamp requested_at) {
    auto& reply = fetch.reply;
    reply.requested_at = fetch.next <= max_ids_per_call ? requested_at : std::min(reply.requested_at, requested_at);
    reply.outcome = std::move(chunk.outcome);
    for (auto& order : chunk.orders)
      reply.orders.push_back(std::move(order));
  }

  void start_call(const shop_id& of, tiktok_request request, std::function<void(tiktok_answer, timestamp)> done) {
    const auto now = steady_clock::now();
    attempt(std::make_shared<tiktok_call>(tiktok_call{of, std::move(request), std::move(done), now, now + options_.timeout}));
  }
  void attempt(const tiktok_call_ptr& call) {
    http_->send({[this, call] { return build(*call); }, !call->request.is_write, call->deadline,
                 [this, call](http_client_outcome out) { on_outcome(call, std::move(out)); }});
  }
  std::optional<http_client_request> build(tiktok_call& call) const {
    call.requested_at = time_.now();
    const auto of = shops_.find(call.of);
    call.obstacle = of ? of->obstacle : shop_obstacle::not_connected;
    call.pause = rest_of_pause(call);
    if (call.obstacle || call.pause.count() > 0)
      return std::nullopt;
    const auto at = std::chrono::floor<std::chrono::seconds>(call.requested_at) + clock_offset_;
    return http_client_request{
        call.request.method,
        signed_target(call.request, of->app, *secret_.now(), of->cipher, at),
        {{"x-tts-access-token", of->access_token}, {"content-type", "application/json"}, {"accept", "application/json"}},
        call.request.body};
  }
  /// Retry-After is about a shop's calls of one endpoint: whatever would be asked before it ends is not sent.
  [[nodiscard]] std::chrono::seconds rest_of_pause(const tiktok_call& call) const {
    const auto found = pauses_.find({call.of, call.request.endpoint});
    if (found == pauses_.end() || call.requested_at < found->second.from) // then the clock has been set back since
      return std::chrono::seconds{0};
    const auto rest = found->second.until - call.requested_at;
    return std::max(std::chrono::ceil<std::chrono::seconds>(rest), std::chrono::seconds{0});
  }
  void note_pause(const tiktok_call& call, const call_outcome& outcome) {
    const bool of_endpoint = outcome.result == call_class::back_off || outcome.result == call_class::outcome_unknown;
    if (!of_endpoint || outcome.retry_after.count() == 0) // what is said of one order holds up no other
      return;
    const auto now = time_.now();
    auto& kept = pauses_[{call.of, call.request.endpoint}];
    kept = {now, now < kept.from ? now + outcome.retry_after : std::max(kept.until, now + outcome.retry_after)};
  }
  void on_outcome(const tiktok_call_ptr& call, http_client_outcome out) {
    tiktok_answer answer = out.response ? read_answer(out.response->status, out.response->body, out.response->retry_after,
                                                      call->request.is_write, time_.now())
                                        : unanswered(*call, out);
    if (answer.outcome.result == call_class::clock_skew && out.response && correct_clock(*call, out.response->date))
      return attempt(call);
    if (out.response)
      note_pause(*call, answer.outcome);
    count(*call, answer.outcome);
    call->done(std::move(answer), call->requested_at);
  }
  static tiktok_answer unanswered(const tiktok_call& call, const http_client_outcome& out) {
    tiktok_answer answer;
    if (call.obstacle) {
      answer.outcome = not_called(*call.obstacle);
      return answer;
    }
    if (call.pause.count() > 0) {
      answer.outcome = {call_class::back_off, 0, 0, "TikTok asked to wait", "", call.pause};
      return answer;
    }
    answer.outcome.message = out.failure;
    answer.outcome.result = out.left ? classify_call(0, 0, out.failure, call.request.is_write) : call_class::back_off;
    return answer;
  }
  /// True when the call is worth a second attempt: TikTok's clock is known now (sheet 8, case 13).
  bool correct_clock(tiktok_call& call, const std::string& date) {
    const auto theirs = from_http_date(date);
    if (call.clock_corrected || !theirs)
      return false;
    call.clock_corrected = true;
    clock_offset_ = std::chrono::floor<std::chrono::seconds>(*theirs) - std::chrono::floor<std::chrono::seconds>(time_.now());
    log(log_level::warn, "tiktok.clock_corrected", "TikTok refused our timestamp; its clock is used from now on",
        {{"offset_s", clock_offset_.count()}});
    return true;
  }
  void count(const tiktok_call& call, const call_outcome& outcome) {
    calls_.add({call.request.endpoint, name_of(outcome.result)});
    auto seconds =
        measured_.histogram("orderly_tiktok_call_seconds", "Calls to TikTok Shop, waiting for a connection included",
                            {.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}, {{"endpoint", std::string{call.request.endpoint}}});
    seconds.observe(std::chrono::duration<double>(steady_clock::now() - call.began).count());
  }

  const tiktok_client_options options_;
  published<std::string> secret_; // that of the options is the start's
  const shop_directory& shops_;
  const clock& time_;
  metrics& measured_;
  counter_family calls_;
  // On the HTTP client's thread only.
  std::chrono::seconds clock_offset_{0};
  std::map<std::pair<shop_id, std::string_view>, call_pause> pauses_; // by shop and endpoint
  std::unique_ptr<http_client> http_;                                // last: its end answers every call
};

} // namespace

result<std::unique_ptr<tiktok_client>> make_tiktok_client(const tiktok_client_options& options, const shop_directory& shops,
                                                          const clock& time, metrics& measured) {
  auto http =
      make_http_client({.base = options.api_base, .connections = options.connections, .queue_limit = options.queue_limit});
  if (!http)
    return http.error();
  auto client = std::make_unique<http_tiktok_client>(options, shops, time, measured);
  client->start(std::move(*http));
  return std::unique_ptr<tiktok_client>{std::move(client)};
}

} // namespace orderly
