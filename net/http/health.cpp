#include "net/http/health.hpp"

namespace orderly {
namespace {

http_response not_ready(std::string_view why) {
  std::string body = R"({"status":"not_ready","reason":")";
  body += why;
  body += "\"}\n";
  return {503, json_type, std::move(body), {{"Retry-After", "1"}}};
}

} // namespace

http_response health::live() { return {200, json_type, "{\"status\":\"live\"}\n", {}}; }

http_response health::ready() {
  if (draining_)
    return not_ready("draining");
  if (!engine_ready_())
    return not_ready("storage");
  return {200, json_type, "{\"status\":\"ready\"}\n", {}};
}

} // namespace orderly
