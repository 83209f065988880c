#include "net/api/own_names.hpp"

#include "net/http/forwarded.hpp"

#include <algorithm>

namespace orderly {

own_names::own_names(const std::string& listen, const std::vector<std::string>& hosts) {
  auto bound = parse_authority(listen.substr(0, listen.rfind(':'))); // its port may be 0
  if (bound)
    bound_ = std::move(bound->host);
  for (const auto& host : hosts)
    if (auto known = parse_authority(host))
      hosts_.push_back(std::move(*known));
}

bool own_names::contain(const http_request& request) const {
  const auto asked = parse_authority(request.authority);
  if (!asked)
    return false;
  const auto same_host = asked->host == request.local_host || asked->host == "localhost" || asked->host == bound_;
  if (same_host && asked->port.value_or(80) == request.local_port)
    return true;
  const auto port = asked->port.value_or(over_tls(request) ? 443 : 80); // a browser leaves it out
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const authority& each) { return each.host == asked->host && each.port.value_or(port) == port; });
}

bool is_from_own_page(const http_request& request) {
  if (const auto site = request.header("Sec-Fetch-Site"); site && site.value != "same-origin" && site.value != "none")
    return false;
  const auto sent = request.header("Origin");
  if (!sent)
    return true;
  const auto origin = parse_http_origin(sent.value);
  const auto asked = parse_authority(request.authority);
  if (origin && over_tls(request) && origin->default_port != 443)
    return false; // a page that anybody on its way may have written
  return sent.count == 1 && origin && asked && origin->at.host == asked->host &&
         origin->at.port.value_or(origin->default_port) == asked->port.value_or(origin->default_port);
}

} // namespace orderly
