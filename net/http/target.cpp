#include "net/http/target.hpp"

#include "net/http/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace orderly {

result<request_target> parse_target(std::string_view target) {
  const auto parsed = boost::urls::parse_origin_form(target);
  if (!parsed)
    return error{error_code::bad_request, "The request target is not a path with an optional query.", {}};
  const error not_utf8{error_code::bad_request, "The request target is not UTF-8.", {}};
  request_target out;
  for (std::string segment : parsed->segments()) {
    if (!is_utf8(segment))
      return not_utf8;
    out.path.push_back(std::move(segment));
  }
  boost::urls::encoding_opts decode;
  decode.space_as_plus = true;
  for (const auto& parameter : parsed->params(decode)) {
    if (!is_utf8(parameter.key) || !is_utf8(parameter.value))
      return not_utf8;
    out.query.emplace_back(parameter.key, parameter.value);
  }
  return out;
}

} // namespace orderly
