#include "tools/orderly/remote/connection.hpp"

#include "config/secret_file.hpp"
#include "tools/orderly/remote/engine_address.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>

namespace orderly {
namespace {

using std::chrono::steady_clock;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

result<std::string> token_of(const connection_options& options) {
  auto token = environment("ORDERLY_TOKEN");
  if (!options.token_file.empty()) {
    std::string problem;
    auto secret = read_secret(options.token_file, problem);
    if (!secret)
      return error{error_code::bad_config, "--token-file " + options.token_file + ": " + problem, {}};
    token = *std::move(secret);
  }
  if (std::any_of(token.begin(), token.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return error{error_code::bad_config, "ORDERLY_TOKEN has characters that no token has", {}};
  return token;
}

reply reply_of(http_client_outcome outcome) {
  reply out;
  if (!outcome.response) {
    out.failure = outcome.failure.empty() ? "no answer" : outcome.failure;
    out.unknown = outcome.left;
    return out;
  }
  out.status = outcome.response->status;
  out.body = std::move(outcome.response->body);
  auto parsed = parse_json(out.body);
  if (parsed && parsed->is_object())
    out.answer = std::move(parsed->get_object());
  else
    out.failure = "answered " + std::to_string(out.status) + " with something that no engine answers";
  const auto code = error_code_from(string_at(out.answer, "code"));
  out.unknown = out.status >= 500 && (!code || input_fate_of(*code) == input_fate::unknown);
  return out;
}

bool says_later(const reply& what) {
  return what.status == 503 || what.status == 429 || what.status == 502 || what.status == 504;
}

} // namespace

result<std::unique_ptr<connection>> connection::open(const connection_options& options) {
  auto url = options.url.empty() ? environment("ORDERLY_URL") : options.url;
  auto base = engine_address(url.empty() ? default_engine : url);
  if (!base)
    return base.error();
  auto token = token_of(options);
  if (!token)
    return token.error();
  auto client = make_http_client({.base = *base, .connections = 1, .max_response = std::size_t{64} << 20});
  if (!client)
    return error{error_code::bad_config, "the engine's URL \"" + url + "\" is none", {}};
  return std::unique_ptr<connection>{new connection{*std::move(base), *std::move(token), *std::move(client)}};
}

std::vector<std::pair<std::string, std::string>> connection::headers() const {
  std::vector<std::pair<std::string, std::string>> out{{"Accept", "application/json"}};
  if (has_token())
    out.emplace_back("Authorization", "Bearer " + token_);
  return out;
}

void connection::ask(const std::string& target, std::chrono::seconds patience, std::function<void(reply)> done) {
  http_client_call call;
  call.build = [target, headers = headers()] { return std::optional{http_client_request{"GET", target, headers, {}}}; };
  call.repeatable = true;
  call.deadline = steady_clock::now() + patience;
  call.done = [done = std::move(done)](http_client_outcome outcome) { done(reply_of(std::move(outcome))); };
  client_->send(std::move(call));
}

reply connection::get(const std::string& target) {
  std::promise<reply> promised;
  ask(target, std::chrono::seconds{20}, [&promised](reply came) { promised.set_value(std::move(came)); });
  return promised.get_future().get();
}

reply connection::post(const command_request& what) {
  std::promise<reply> promised;
  http_client_call call;
  call.build = [&what, headers = headers()]() mutable {
    auto sent = headers;
    sent.emplace_back("Idempotency-Key", what.key);
    sent.emplace_back("Content-Type", "application/json");
    return std::optional{http_client_request{"POST", what.target, std::move(sent), what.body}};
  };
  call.repeatable = true; // by its key
  call.deadline = steady_clock::now() + std::chrono::seconds{20};
  call.done = [&promised](http_client_outcome outcome) { promised.set_value(reply_of(std::move(outcome))); };
  client_->send(std::move(call));
  return promised.get_future().get();
}

reply connection::command(const command_request& what, const std::function<void()>& waits) {
  const auto until = steady_clock::now() + std::chrono::seconds{60};
  std::chrono::milliseconds pause{250};
  bool unknown = false;
  for (;;) {
    auto came = post(what);
    const bool settled = !came.unknown && !(unknown && (came.status == 0 || says_later(came)));
    if (settled)
      return came;
    if (!std::exchange(unknown, true))
      waits();
    if (came.status == 500 || steady_clock::now() + pause > until) {
      came.unknown = true;
      return came;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{2000});
  }
}

exit_code exit_code_of(const reply& what) {
  if (what.good())
    return exit_code::done;
  if (what.status == 401 || what.status == 403)
    return exit_code::no_permission;
  if (!what.failure.empty() || says_later(what))
    return exit_code::unavailable;
  return what.status >= 500 ? exit_code::internal : exit_code::refused;
}

} // namespace orderly
