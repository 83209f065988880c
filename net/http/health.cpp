#include "net/http/health.hpp"

namespace orderly {
namespace {

http_response not_ready(std::string_view why) {
  http_response out{503, json_type, R"({"status":"not_ready","reason":")", {{"Retry-After", "1"}}};
  out.body += why;
  out.body += "\"}\n";
  return out;
}

} // namespace

http_response health::live() { return {200, json_type, "{\"status\":\"live\"}\n", {}}; }

http_response health::ready() {
  if (draining_)
    return not_ready("draining");
  if (!engine_ready_())
    return not_ready(was_ready_ ? "storage" : "starting");
  was_ready_ = true;
  return {200, json_type, "{\"status\":\"ready\"}\n", {}};
}

} // namespace orderly
