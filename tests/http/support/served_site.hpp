#pragma once
// A listener of its own for what a test serves: HTTP without webhooks and without an API.

#include "net/http/listener.hpp"
#include "tests/http/support/raw_http.hpp"
#include "tests/support/manual_clock.hpp"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

namespace orderly::test {

using site_handlers = std::map<std::string, std::function<void(const http_request&, const responder_ptr&)>, std::less<>>;

class served_site {
public:
  explicit served_site(site_handlers handlers, std::size_t threads = 1, http_limits limits = {})
      : context(std::make_shared<http_context>(limits, clock, measured, [] { return true; })) {
    auto made = make_listener("127.0.0.1:0", threads, std::make_unique<site>(std::move(handlers)), context);
    if (!made)
      throw std::runtime_error(to_string(made.error()));
    http = std::move(*made);
    http->start();
  }

  [[nodiscard]] double metric(const std::string& name) const {
    const auto text = measured.render();
    const auto at = text.find('\n' + name + ' ');
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }
  [[nodiscard]] std::string address() const { return http->address(); }

  manual_clock clock;
  metrics measured;
  http_context_ptr context;
  std::unique_ptr<listener> http;

private:
  static http_response never_late() { return {503, {}, {}, {}}; }

  struct site final : http_site {
    explicit site(site_handlers of) : handlers(std::move(of)) {}
    [[nodiscard]] std::string_view name() const override { return "test"; }
    [[nodiscard]] http_route find(const http_request& request) override {
      const auto found = handlers.find(request.target);
      if (found == handlers.end())
        return no_such_path();
      return {"tested", {std::chrono::milliseconds{500}, never_late}, found->second};
    }
    site_handlers handlers;
  };
};

} // namespace orderly::test
