#include "tools/sandbox/envelope.hpp"

#include <boost/json/serialize.hpp>

namespace orderly::sandbox {
namespace json = boost::json;

response answer_with(json::object data, const std::string& request_id) {
  response made;
  made.body =
      json::serialize(json::object{{"code", 0}, {"message", "Success"}, {"request_id", request_id}, {"data", std::move(data)}});
  return made;
}

response answer_with(const refusal& why, const std::string& request_id) {
  response made;
  made.status = why.http_status;
  made.body =
      json::serialize(json::object{{"code", why.code}, {"message", why.message}, {"request_id", request_id}, {"data", nullptr}});
  return made;
}

} // namespace orderly::sandbox
