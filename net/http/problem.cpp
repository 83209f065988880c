#include "net/http/problem.hpp"

#include <boost/json/serialize.hpp>

namespace orderly {
namespace {

constexpr std::string_view problem_type = "application/problem+json";

} // namespace

http_response problem(const error& e) {
  const bool hide = is_message_hidden(e.code);
  boost::json::object body;
  body["type"] = "urn:orderly:problem:" + std::string{name_of(e.code)};
  body["title"] = title_of(e.code);
  body["status"] = http_status_of(e.code);
  body["code"] = name_of(e.code);
  if (!hide && !e.message.empty())
    body["detail"] = e.message;
  if (!hide)
    for (const auto& member : e.details) // never over the standard members
      if (!body.contains(member.key()))
        body[member.key()] = member.value();
  http_response out{http_status_of(e.code), problem_type, boost::json::serialize(body), {}};
  if (out.status == 503 || out.status == 429)
    out.headers.emplace_back("Retry-After", "1");
  if (out.status == 401)
    out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

} // namespace orderly
