#pragma once
// TikTok's answer envelope (sheet 7.1) and its refusals (sheet 7.2).

#include "tools/sandbox/http.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace orderly::sandbox {

struct refusal {
  std::int64_t code = 0;
  unsigned http_status = 200; ///< business refusals come with 200, the gateway's with 4xx
  std::string message;
};

response answer_with(boost::json::object data, const std::string& request_id);
response answer_with(const refusal& why, const std::string& request_id);

} // namespace orderly::sandbox
