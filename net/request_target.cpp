#include "net/request_target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace orderly {

result<request_target> parse_target(std::string_view target) {
  const auto parsed = boost::urls::parse_origin_form(target);
  if (!parsed)
    return error{error_code::bad_request, "The request target is not a path with an optional query.", {}};
  request_target out;
  for (std::string segment : parsed->segments())
    out.path.push_back(std::move(segment));
  boost::urls::encoding_opts decode;
  decode.space_as_plus = true;
  for (const auto& parameter : parsed->params(decode))
    out.query.emplace_back(parameter.key, parameter.value);
  return out;
}

} // namespace orderly
